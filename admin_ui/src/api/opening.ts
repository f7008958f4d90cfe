/** What the document says of its opening: who is signed in, and how far the pulse is. Nothing where a dev server serves. */
import type { Schemas } from './client'

interface Opening {
  /** Nobody is null. */
  me?: Schemas['Me'] | null
  pulse?: Schemas['Pulse']
}

const text = document.getElementById('opening')?.textContent
const opening: Opening = text ? (JSON.parse(text) as Opening) : {}

/** Somebody signed in meanwhile: what the document says is of another. */
export function outdated(): void {
  delete opening.me
  delete opening.pulse
}

/** Takes what the document says of it: once, since it is true for the first who asks. */
export function taken<Name extends keyof Opening>(name: Name): Opening[Name] {
  const { [name]: said } = opening
  delete opening[name]
  return said
}
