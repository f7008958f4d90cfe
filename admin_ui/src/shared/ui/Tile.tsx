import { useState } from 'react'

import { tileOf } from '../palette'

interface TileProps {
  name: string
  seed: string
  image?: string
  size?: number
  round?: boolean
}

const LETTER = /[\p{L}\p{N}]/u

function initialOf(name: string): string {
  const letter = [...name].find((sign) => LETTER.test(sign)) ?? [...name][0] ?? '?'
  return letter.toUpperCase()
}

/** A coloured tile with the initial of a name, or the portrait where there is one. */
export function Tile({ name, seed, image = '', size = 36, round = true }: TileProps) {
  const [broken, setBroken] = useState('')
  const box = { width: size, height: size, borderRadius: round ? '50%' : 8 }
  if (image && image !== broken) {
    return (
      <img
        className="s-tile"
        src={image}
        alt=""
        style={box}
        loading="lazy"
        referrerPolicy="no-referrer"
        onError={() => setBroken(image)}
      />
    )
  }
  return (
    // The letter is drawn by the style sheet: as text it would be read out, and be part of a button's visible label.
    <span
      className="s-tile"
      aria-hidden="true"
      data-initial={initialOf(name)}
      style={{ ...box, background: tileOf(seed), fontSize: size * 0.44 }}
    />
  )
}
