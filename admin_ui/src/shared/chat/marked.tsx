import { Fragment, type ReactNode } from 'react'

// What the rules and the search overlook between two characters: blanks, emoji, invisible joiners.
const LOOSE = String.raw`[\s\p{Extended_Pictographic}\u{1f3fb}-\u{1f3ff}\u200b-\u200f\ufe0f]*`

function pattern(words: readonly string[]): RegExp | null {
  const parts = words
    .map((word) => [...word.replaceAll(/\s+/g, '')].map((sign) => sign.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)).join(LOOSE))
    .filter(Boolean)
  return parts.length ? new RegExp(`(${parts.join('|')})`, 'giu') : null
}

/** The text with every one of these words marked, as they were written. */
export function marked(text: string, words: readonly string[]): ReactNode {
  const wanted = pattern(words)
  if (!wanted) return text
  return text.split(wanted).map((part, place) => (
    // Parts at odd places are what was found; they have no other name than their place.
    <Fragment key={place}>{place % 2 ? <mark>{part}</mark> : part}</Fragment>
  ))
}
