/** Ask every second what changed, and make the lists concerned fetch again. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import type { Schemas } from './client'
import { meKey } from './me'

type Pulse = Schemas['Pulse']

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

export const delayAfter = (failures: number): number =>
  failures === 0 ? BEAT : Math.min(SLOWEST, BEAT * 2 ** failures)

type Heard = { kind: 'pulse'; pulse: Pulse; etag: string | null } | { kind: 'same' } | { kind: 'signed-out' }

async function listen(since: string, etag: string | null, signal: AbortSignal): Promise<Heard> {
  const headers: Record<string, string> = etag ? { 'If-None-Match': etag } : {}
  const answer = await fetch(`/api/v1/pulse?since=${encodeURIComponent(since)}`, { headers, signal, cache: 'no-store' })
  if (answer.status === 304) return { kind: 'same' }
  if (answer.status === 401) return { kind: 'signed-out' }
  if (!answer.ok) throw new Error(`pulse answered ${answer.status}`)
  return { kind: 'pulse', pulse: (await answer.json()) as Pulse, etag: answer.headers.get('ETag') }
}

/** One poll a second while the page is visible; slower after failures, silent while hidden. */
export function usePulse(enabled: boolean): PulseState {
  const queries = useQueryClient()
  const [state, setState] = useState<PulseState>({ ready: false, connected: true, alertsOpen: 0, tasksParked: 0 })

  useEffect(() => {
    if (!enabled) return
    let timer: ReturnType<typeof setTimeout> | undefined
    let since = ''
    let etag: string | null = null
    let failures = 0
    let busy = false
    const gone = new AbortController()

    const beat = async (): Promise<void> => {
      if (busy || document.hidden || gone.signal.aborted) return
      busy = true
      try {
        const heard = await listen(since, etag, gone.signal)
        // Signed out: the page may stay until somebody signs in over it, so there is no need to ask every second.
        failures = heard.kind === 'signed-out' ? failures + 1 : 0
        if (heard.kind === 'signed-out') {
          void queries.invalidateQueries({ queryKey: meKey })
        } else if (heard.kind === 'pulse') {
          const { pulse } = heard
          if (since) for (const topic of pulse.changed) void queries.invalidateQueries({ queryKey: [topic] })
          since = pulse.token
          etag = heard.etag
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
    schedule(0)
    return () => {
      gone.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onVisible)
      globalThis.removeEventListener('online', onVisible)
    }
  }, [enabled, queries])

  return state
}
