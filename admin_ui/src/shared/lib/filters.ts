/** Filters that live in the address, so that a list can be bookmarked, shared and walked back to. */
import { useCallback, useMemo, useState } from 'react'
import { useSearchParams } from 'react-router'

export type FilterValues = Record<string, string | string[] | undefined>

/** Read the named filters; names ending in `[]` take several values. */
export function readFilters(params: URLSearchParams, names: readonly string[]): FilterValues {
  const values: FilterValues = {}
  for (const name of names) {
    if (name.endsWith('[]')) {
      const all = params.getAll(name.slice(0, -2))
      if (all.length) values[name.slice(0, -2)] = all
    } else {
      const one = params.get(name)
      if (one) values[name] = one
    }
  }
  return values
}

/** The address with these filters changed; whatever else it holds stays. */
export function writeFilters(params: URLSearchParams, changes: FilterValues): URLSearchParams {
  const next = new URLSearchParams(params)
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name)
    for (const item of Array.isArray(value) ? value : [value]) if (item) next.append(name, item)
  }
  return next
}

export interface Filters {
  values: FilterValues
  one: (name: string) => string | undefined
  many: (name: string) => string[]
  change: (changes: FilterValues) => void
  clear: () => void
  /** These filters and no others; one step, since two changes in a row would not see each other. */
  only: (values: FilterValues) => void
  active: boolean
}

export function useFilters(names: readonly string[]): Filters {
  const [params, setParams] = useSearchParams()
  const known = names.join('|')
  const values = useMemo(() => readFilters(params, known.split('|')), [params, known])
  const change = useCallback(
    (changes: FilterValues) => setParams((before) => writeFilters(before, changes), { replace: true }),
    [setParams],
  )
  const only = useCallback(
    (wanted: FilterValues) => {
      const none = Object.fromEntries(known.split('|').map((name) => [name.replace('[]', ''), undefined]))
      change({ ...none, ...wanted })
    },
    [change, known],
  )
  return {
    values,
    one: (name) => (typeof values[name] === 'string' ? values[name] : undefined),
    many: (name) => (Array.isArray(values[name]) ? values[name] : []),
    change,
    clear: () => only({}),
    only,
    active: Object.keys(values).length > 0,
  }
}

export interface Cursor {
  cursor: string | undefined
  page: number
  next: (cursor: string) => void
  previous: () => void
}

/** Walk a cursor-paged list forth and back; other filters (`scope`) begin at the first page again. */
export function useCursor(scope: unknown): Cursor {
  const name = JSON.stringify(scope)
  const [walked, setWalked] = useState<{ name: string; stack: string[] }>({ name, stack: [] })
  const stack = walked.name === name ? walked.stack : []
  return {
    cursor: stack.at(-1),
    page: stack.length + 1,
    next: (cursor) => setWalked({ name, stack: [...stack, cursor] }),
    previous: () => setWalked({ name, stack: stack.slice(0, -1) }),
  }
}
