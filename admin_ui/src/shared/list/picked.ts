/** Which rows of a list are chosen: by number on any page, or all that it is narrowed to but for some. */
import { useState } from 'react'

interface Choice {
  scope: string
  all: boolean
  /** Those chosen; of all, those left out. */
  ids: ReadonlySet<string>
}

export type Picked = ReturnType<typeof usePicked>

/** `scope`: what the list is narrowed to; under another one nothing is chosen. */
export function usePicked(scope: string) {
  const nothing: Choice = { scope, all: false, ids: new Set() }
  const [chosen, setChosen] = useState(nothing)
  const now = chosen.scope === scope ? chosen : nothing
  const has = (id: string): boolean => now.all !== now.ids.has(id)
  const put = (ids: readonly string[], on: boolean): void => {
    const next = new Set(now.ids)
    for (const id of ids) {
      if (on === now.all) next.delete(id)
      else next.add(id)
    }
    setChosen({ ...now, ids: next })
  }
  return {
    all: now.all,
    ids: now.ids,
    has,
    put,
    everything: () => setChosen({ scope, all: true, ids: new Set() }),
    clear: () => setChosen(nothing),
    /** How many of so many. */
    count: (total: number) => (now.all ? Math.max(0, total - now.ids.size) : now.ids.size),
  }
}
