/** All that a list shows stands in its address: filters, order, columns, page, page size and which row is open. */
import { useMemo } from 'react'
import { useLocation, useNavigate } from 'react-router'

import { readFilters, writeFilters, type FilterValues } from '../lib/filters'

export const SIZES = [20, 50, 100] as const

/** Which page of what: gone with a change of what is asked for. */
const PLACE = ['cursor', 'open', 'id'] as const

interface Asked {
  filter: string | undefined
  sort: string | undefined
  cursor: string | undefined
  limit: number
}

/** The pages walked through to this one, by the cursor of each ('' is the first); the browser keeps it with the address. */
interface Walk {
  trail?: string[]
  /** This entry of the history is there since a row was opened on a narrow screen: to close is to go back. */
  opened?: boolean
}

/** The page size that an address asks for, the smallest for any other. */
export function sizeOf(params: URLSearchParams): number {
  const said = Number(params.get('limit'))
  return SIZES.find((size) => size === said) ?? SIZES[0]
}

/** The address of the same list asked for otherwise: at its first page, nothing open. */
export function askedOtherwise(params: URLSearchParams, changes: FilterValues): URLSearchParams {
  const none = Object.fromEntries(PLACE.map((name) => [name, undefined]))
  return writeFilters(params, { ...none, ...changes })
}

/** The named filters as they are in exactly one of the views, by its key; '' where none is. */
export function viewOf(values: FilterValues, views: readonly { key: string; values: FilterValues }[]): string {
  const told = (all: FilterValues): string =>
    JSON.stringify(Object.entries(all).filter(([name, value]) => name !== 'q' && value?.length).sort())
  return views.find((view) => told(view.values) === told(values))?.key ?? ''
}

export type ListAddress = ReturnType<typeof useListAddress>

/** `named`: the filters that a list has beside `filter`, as `useFilters` takes them; `path` is the list's own. */
export function useListAddress(path: string, named: readonly string[]) {
  const navigate = useNavigate()
  const here = useLocation()
  const params = useMemo(() => new URLSearchParams(here.search), [here.search])
  const walk = (here.state ?? {}) as Walk
  const known = named.join('|')
  const values = useMemo(() => readFilters(params, known.split('|')), [params, known])
  const cursor = params.get('cursor') ?? undefined
  const trail = walk.trail ?? []
  const go = (next: URLSearchParams, replace: boolean, state: Walk = {}): void =>
    void navigate({ pathname: path, search: next.toString() }, { replace, state })
  const change = (changes: FilterValues): void => go(askedOtherwise(params, changes), true)
  const nothing = Object.fromEntries(known.split('|').map((name) => [name.replace('[]', ''), undefined]))
  const asked: Asked = {
    filter: params.get('filter') ?? undefined,
    sort: params.get('sort') ?? undefined,
    cursor,
    limit: sizeOf(params),
  }
  const kept: Walk = walk.trail ? { trail: walk.trail } : {}
  const inPath = here.pathname.startsWith(`${path}/`) ? decodeURIComponent(here.pathname.slice(path.length + 1)) : undefined
  return {
    path,
    params,
    values,
    asked,
    /** What is asked for but for the page of it: another one begins at the top. */
    scope: JSON.stringify([values, asked]),
    active: Object.keys(values).length > 0 || asked.filter !== undefined,
    one: (name: string) => (typeof values[name] === 'string' ? values[name] : undefined),
    many: (name: string) => (Array.isArray(values[name]) ? values[name] : []),
    change,
    /** These named filters and no others. */
    only: (wanted: FilterValues) => change({ ...nothing, filter: undefined, view: undefined, ...wanted }),
    hrefOnly: (wanted: FilterValues) => ({
      pathname: path,
      search: askedOtherwise(params, { ...nothing, filter: undefined, view: undefined, ...wanted }).toString(),
    }),
    clear: () => change({ ...nothing, filter: undefined, view: undefined }),
    /** Which page it is; unknown where the address came without its history. */
    page: cursor && !walk.trail ? null : trail.length + 1,
    next: (to: string) => go(askedOtherwise(params, { cursor: to }), false, { trail: [...trail, cursor ?? ''] }),
    previous: () => go(askedOtherwise(params, { cursor: trail.at(-1) }), false, { trail: trail.slice(0, -1) }),
    /** Addresses of before say `id`, or have it in their path. */
    opened: params.get('open') ?? params.get('id') ?? inPath ?? null,
    hrefOpen: (id: string | number) => ({
      pathname: path,
      search: writeFilters(params, { id: undefined, open: String(id) }).toString(),
    }),
    /** `apart`: the row has the screen to itself, so that the browser's own way back closes it. */
    open: (id: string | number, apart = false) =>
      go(writeFilters(params, { id: undefined, open: String(id) }), !apart, apart ? { ...kept, opened: true } : walk),
    /** From one opened row to another: the way back leads past both. */
    step: (id: string | number) => go(writeFilters(params, { id: undefined, open: String(id) }), true, walk),
    close: () =>
      walk.opened ? void navigate(-1) : go(writeFilters(params, { id: undefined, open: undefined }), true, kept),
  }
}
