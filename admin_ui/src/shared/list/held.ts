/** New rows wait until they are asked for: what somebody points at stays where it is. */
import { useState } from 'react'

interface Held<Row> {
  rows: readonly Row[]
  /** How many came that are not shown yet. */
  waiting: number
}

type Key<Row> = (row: Row) => string | number

/**
 * What to show of a page that was fetched anew: the rows of before in the order of now, each as it is now; what came above
 * one of them waits. What came below all of them is shown, since it moves nothing. `limit` is the size of the page: of a
 * full one the rows that the new ones pushed out stay too.
 */
export function hold<Row>(before: readonly Row[], now: readonly Row[], key: Key<Row>, limit: number): Held<Row> {
  const known = new Set(before.map(key))
  const last = now.map((row) => known.has(key(row))).lastIndexOf(true)
  if (last < 0) return { rows: now, waiting: 0 }
  const shown = now.filter((row, at) => at > last || known.has(key(row)))
  const waiting = now.length - shown.length
  if (!waiting || now.length < limit) return { rows: shown, waiting }
  const there = new Set(now.map(key))
  const pushed = before.filter((row) => !there.has(key(row))).slice(-waiting)
  return { rows: [...shown, ...pushed], waiting }
}

interface Shown<Row> extends Held<Row> {
  scope: string
  from: readonly Row[] | undefined
}

/** The rows to show of a query's page; `show` lets the waiting ones in. `scope` names what is asked for. */
export function useHeld<Row>(now: readonly Row[] | undefined, scope: string, key: Key<Row>, limit: number) {
  const [shown, setShown] = useState<Shown<Row>>({ scope, from: now, rows: now ?? [], waiting: 0 })
  let current = shown
  if (now && (shown.from !== now || shown.scope !== scope)) {
    const held = shown.scope === scope && shown.rows.length ? hold(shown.rows, now, key, limit) : { rows: now, waiting: 0 }
    current = { ...held, scope, from: now }
    setShown(current)
  }
  return { rows: current.rows, waiting: current.waiting, show: () => setShown({ scope, from: now, rows: now ?? [], waiting: 0 }) }
}
