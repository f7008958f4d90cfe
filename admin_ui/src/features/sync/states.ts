import type { SyncState } from '@/api/types'
import type { Tone } from '@/shared/palette'

export const SYNC_TONE: Record<SyncState, Tone> = { waiting: 'plain', running: 'info', done: 'good', failed: 'bad' }

export const isUnderWay = (state: SyncState): boolean => state === 'waiting' || state === 'running'

/** How far a step is, in whole per cent; `done` counts what was handled, `outstanding` what is known to be left. */
export function percentOf(step: { state: SyncState; done: number; outstanding: number }): number {
  if (step.state === 'done') return 100
  const all = step.done + step.outstanding
  // A step under way never shows 100: the pages to come are not known yet.
  return all === 0 ? 0 : Math.min(99, Math.floor((step.done / all) * 100))
}
