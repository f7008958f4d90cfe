import type { Audience, BroadcastState, RecipientStatus, Report } from '@/api/broadcasts'
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

/** In the order in which a customer goes through them; the report's bar has the same. */
export const RECIPIENT_STATES: readonly RecipientStatus[] = [
  'delivered', 'created', 'planned', 'in_doubt', 'not_a_friend', 'quota_at_wecom', 'unsendable', 'refused',
  'unconfirmed', 'over_quota', 'cancelled',
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

export const TEXT_BYTES = 4_000
export const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/** What a report holds, without states that nobody is in. */
export function parts(report: Report): { state: RecipientStatus; count: number }[] {
  return RECIPIENT_STATES.map((state) => ({ state, count: report[state] })).filter(({ count }) => count > 0)
}

/** Whether somebody chose whom it is for: the server counts only then. */
export const isChosen = (audience: Audience): boolean =>
  Boolean(audience.everyone) || Boolean(audience.all?.length) || Boolean(audience.any?.length)
