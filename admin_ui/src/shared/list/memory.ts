/** What this browser remembers of a list: how dense it is and which columns it shows; of each visit, how far it was scrolled. */
import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import { useLocation } from 'react-router'

export const DENSITIES = ['compact', 'standard', 'roomy'] as const
export type Density = (typeof DENSITIES)[number]

interface Look {
  density: Density
  /** Keys in their order; none means those that the list shows at first. */
  columns: string[] | null
}

const nameOf = (list: string): string => `scrm.list.${list}`

function read(list: string): Look {
  try {
    const said = JSON.parse(globalThis.localStorage.getItem(nameOf(list)) ?? '{}') as Partial<Look>
    return {
      density: DENSITIES.find((one) => one === said.density) ?? 'standard',
      columns: Array.isArray(said.columns) ? said.columns.map(String) : null,
    }
  } catch {
    return { density: 'standard', columns: null }
  }
}

export function useLook(list: string): [Look, (changes: Partial<Look>) => void] {
  const [look, setLook] = useState(() => read(list))
  const change = (changes: Partial<Look>): void => {
    const next = { ...look, ...changes }
    globalThis.localStorage.setItem(nameOf(list), JSON.stringify(next))
    setLook(next)
  }
  return [look, change]
}

const SCROLLED = 'scrm.scrolled'
/** Visits whose place is remembered: more than anybody walks back. */
const VISITS = 60

function places(): [string, number][] {
  try {
    return JSON.parse(globalThis.sessionStorage.getItem(SCROLLED) ?? '[]') as [string, number][]
  } catch {
    return []
  }
}

function remember(visit: string, top: number): void {
  const others = places().filter(([key]) => key !== visit)
  globalThis.sessionStorage.setItem(SCROLLED, JSON.stringify([...others, [visit, top]].slice(-VISITS)))
}

/** Whoever comes back finds a list where it was; another page or other filters (`scope`) begin at the top. */
export function useScrollMemory(box: RefObject<HTMLElement | null>, scope: string, ready: boolean): void {
  const { key } = useLocation()
  const placed = useRef({ key: '', scope: '' })
  useLayoutEffect(() => {
    const list = box.current
    if (!ready || !list || placed.current.key === key) return
    const known = places().find(([visit]) => visit === key)
    if (known) list.scrollTo({ top: known[1] })
    else if (placed.current.scope !== scope) list.scrollTo({ top: 0 })
    placed.current = { key, scope }
  }, [box, key, ready, scope])
  useEffect(() => {
    const list = box.current
    if (!ready || !list) return
    // Read while the list is there: one that has been taken away stands at its top.
    let top = list.scrollTop
    const onScroll = (): void => {
      top = list.scrollTop
    }
    const leave = (): void => remember(key, top)
    list.addEventListener('scroll', onScroll, { passive: true })
    globalThis.addEventListener('pagehide', leave)
    return () => {
      leave()
      list.removeEventListener('scroll', onScroll)
      globalThis.removeEventListener('pagehide', leave)
    }
  }, [box, key, ready])
}
