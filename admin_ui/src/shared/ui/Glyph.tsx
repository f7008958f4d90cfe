const PATHS = {
  empty: 'M8 26l6-14h20l6 14v12H8zM8 26h10l2 5h8l2-5h10',
  broken: 'M24 8l18 31H6zM24 20v9M24 33.500v.5',
  locked: 'M12 22h24v18H12zM17 22v-6a7 7 0 0 1 14 0v6M24 29v5',
} as const

export type GlyphName = keyof typeof PATHS

/** The line drawing of an empty, broken or locked page. */
export function Glyph({ name }: { name: GlyphName }) {
  return (
    <svg className="s-glyph" viewBox="0 0 48 48" width="48" height="48" aria-hidden="true">
      <path d={PATHS[name]} fill="none" stroke="currentColor" strokeWidth="2" strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  )
}
