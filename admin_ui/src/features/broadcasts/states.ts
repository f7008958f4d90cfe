import type { BroadcastState, RecipientStatus, Report } from '@/api/types'
import type { Tone } from '@/shared/palette'

export const STATES: readonly BroadcastState[] = [
  'draft', 'waiting_approval', 'scheduled', 'sending', 'paused', 'collecting', 'finished', 'cancelled',
]

export const STATE_TONE: Record<BroadcastState, Tone> = {
  draft: 'plain',
  planning: 'info',
  waiting_approval: 'warn',
  scheduled: 'info',
  sending: 'info',
  paused: 'warn',
  collecting: 'info',
  finished: 'good',
  cancelled: 'plain',
}

/** The report's bar from left to right: how far each has come, then what went wrong, then what has not begun. */
const RECIPIENT_STATES: readonly RecipientStatus[] = [
  'delivered', 'created', 'in_doubt', 'not_a_friend', 'quota_at_wecom', 'unsendable', 'refused', 'unconfirmed',
  'over_quota', 'cancelled', 'planned',
]

export const RECIPIENT_TONE: Record<RecipientStatus, Tone> = {
  delivered: 'good',
  created: 'info',
  planned: 'plain',
  in_doubt: 'warn',
  not_a_friend: 'bad',
  quota_at_wecom: 'bad',
  unsendable: 'bad',
  refused: 'bad',
  unconfirmed: 'warn',
  over_quota: 'warn',
  cancelled: 'plain',
}

/** What a report holds, without states that nobody is in. */
export function parts(report: Report): { state: RecipientStatus; count: number }[] {
  return RECIPIENT_STATES.map((state) => ({ state, count: report[state] })).filter(({ count }) => count > 0)
}
