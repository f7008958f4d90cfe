/** Ask every second which of the shown lists changed, and make them fetch again. */
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { createContext, use, useEffect, useState } from 'react'

import type { Schemas } from './client'
import { meKey } from './me'
import { taken } from './opening'

type Pulse = Schemas['Pulse']
type Topic = Schemas['Topic']

/** A query whose key begins with one of these is kept up to date while somebody looks at it. */
const TOPICS: Readonly<Record<Topic, true>> = {
  alarms: true,
  alerts: true,
  broadcasts: true,
  callbacks: true,
  customers: true,
  groups: true,
  handovers: true,
  messages: true,
  rules: true,
  sync: true,
  tasks: true,
}

const BEAT = 1_000
const SLOWEST = 30_000
const FAILURES_UNTIL_TOLD = 2

export interface PulseState {
  /** The first answer is in: whatever a page fetches from now on is covered by the next pulse. */
  ready: boolean
  connected: boolean
  alertsOpen: number
  tasksParked: number
}

/** What the frame heard last, for the page in it. */
export const PulseContext = createContext<PulseState>({ ready: true, connected: true, alertsOpen: 0, tasksParked: 0 })

export const useHeard = (): PulseState => use(PulseContext)

export const delayAfter = (failures: number): number =>
  failures === 0 ? BEAT : Math.min(SLOWEST, BEAT * 2 ** failures)

type Heard = { kind: 'pulse'; pulse: Pulse; etag: string | null } | { kind: 'same' } | { kind: 'signed-out' }

/** The topics that somebody looks at now. */
function shown(queries: QueryClient): Set<Topic> {
  const active = queries.getQueryCache().getAll().filter((query) => query.getObserversCount() > 0)
  return new Set(active.map((query) => String(query.queryKey[0])).filter((key): key is Topic => key in TOPICS))
}

/** Of what nobody looks at nobody tells either: it is fetched again by who next looks. */
function forget(queries: QueryClient, topics: Set<Topic>): void {
  void queries.invalidateQueries({
    predicate: ({ queryKey: [key] }) => String(key) in TOPICS && !topics.has(key as Topic),
    refetchType: 'none',
  })
}

async function listen(since: string, topics: Set<Topic>, etag: string | null, signal: AbortSignal): Promise<Heard> {
  const headers: Record<string, string> = etag ? { 'If-None-Match': etag } : {}
  // To name none is to ask for all; the bell is told of anyhow.
  const asked = topics.size ? [...topics].sort() : ['alerts']
  const query = new URLSearchParams([['since', since], ...asked.map((topic) => ['topics', topic])])
  const answer = await fetch(`/api/v1/pulse?${query}`, { headers, signal, cache: 'no-store' })
  if (answer.status === 304) return { kind: 'same' }
  if (answer.status === 401) return { kind: 'signed-out' }
  if (!answer.ok) throw new Error(`pulse answered ${answer.status}`)
  return { kind: 'pulse', pulse: (await answer.json()) as Pulse, etag: answer.headers.get('ETag') }
}

/** One poll a second while the page is visible; slower after failures, silent while hidden. */
export function usePulse(enabled: boolean): PulseState {
  const queries = useQueryClient()
  const [begun] = useState(() => taken('pulse'))
  const [state, setState] = useState<PulseState>({
    ready: begun !== undefined,
    connected: true,
    alertsOpen: begun?.alerts_open ?? 0,
    tasksParked: begun?.tasks_parked ?? 0,
  })

  useEffect(() => {
    if (!enabled) return
    let timer: ReturnType<typeof setTimeout> | undefined
    let since = begun?.token ?? ''
    let etag: string | null = null
    let failures = 0
    let busy = false
    const gone = new AbortController()

    const beat = async (): Promise<void> => {
      if (busy || document.hidden || gone.signal.aborted) return
      busy = true
      try {
        const topics = shown(queries)
        forget(queries, topics)
        const heard = await listen(since, topics, etag, gone.signal)
        // Signed out: the page may stay until somebody signs in over it, so there is no need to ask every second.
        failures = heard.kind === 'signed-out' ? failures + 1 : 0
        if (heard.kind === 'signed-out') {
          void queries.invalidateQueries({ queryKey: meKey })
        } else if (heard.kind === 'pulse') {
          const { pulse } = heard
          if (since) for (const topic of pulse.changed) void queries.invalidateQueries({ queryKey: [topic] })
          // What came into view meanwhile was fetched at a moment that this answer says nothing of: ask from before it.
          if ([...shown(queries)].every((topic) => topics.has(topic))) {
            since = pulse.token
            etag = heard.etag
          }
          setState({
            ready: true,
            connected: true,
            alertsOpen: pulse.alerts_open,
            tasksParked: pulse.tasks_parked,
          })
        } else {
          setState((before) => (before.connected && before.ready ? before : { ...before, ready: true, connected: true }))
        }
      } catch {
        if (gone.signal.aborted) return
        failures += 1
        const connected = failures < FAILURES_UNTIL_TOLD
        setState((before) => ({ ...before, ready: true, connected }))
      } finally {
        busy = false
      }
      schedule(delayAfter(failures))
    }
    const schedule = (delay: number): void => {
      clearTimeout(timer)
      if (!gone.signal.aborted) timer = setTimeout(() => void beat(), delay)
    }
    const onVisible = (): void => {
      if (!document.hidden) schedule(0)
    }
    document.addEventListener('visibilitychange', onVisible)
    globalThis.addEventListener('online', onVisible)
    schedule(begun ? BEAT : 0)
    return () => {
      gone.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onVisible)
      globalThis.removeEventListener('online', onVisible)
    }
  }, [begun, enabled, queries])

  return state
}
