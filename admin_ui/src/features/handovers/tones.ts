import type { HandoverState, ItemState } from '@/api/types'
import type { Tone } from '@/shared/palette'

export const STATE_TONE: Record<HandoverState, Tone> = { open: 'warn', running: 'info', done: 'good', closed: 'plain' }

export const ITEM_STATES: readonly ItemState[] = [
  'unassigned', 'planned', 'requested', 'unknown', 'waiting', 'done', 'refused', 'successor_full', 'failed', 'gone',
]

export const ITEM_TONE: Record<ItemState, Tone> = {
  unassigned: 'warn',
  planned: 'plain',
  requested: 'info',
  unknown: 'warn',
  waiting: 'info',
  done: 'good',
  refused: 'bad',
  successor_full: 'bad',
  failed: 'bad',
  gone: 'plain',
}

/** What can be given to a successor now. */
export const ASSIGNABLE: ReadonlySet<ItemState> = new Set(['unassigned', 'refused', 'successor_full', 'failed'])
