import { TONES, type Tone } from '../palette'
import { useMode } from '../theme'

/** The state of a row in one word, behind a dot of a colour that agrees with it. */
export function Dot({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className="l-dot" style={{ color: TONES[useMode()][tone].text }}>
      <span>{children}</span>
    </span>
  )
}
