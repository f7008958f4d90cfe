import type { CustomerRow, FollowRow, FollowStatus } from '@/api/types'
import type { Tone } from '@/shared/palette'

export const FOLLOW_STATUSES: readonly FollowStatus[] = [
  'active', 'half', 'deleted_by_staff', 'deleted_by_customer', 'transferred',
]

/** A relation as it is shown: one that stands although its member has left waits for a successor. */
export type FollowState = FollowStatus | 'awaiting_handover'

const TONE: Record<FollowState, Tone> = {
  active: 'good',
  half: 'warn',
  deleted_by_staff: 'bad',
  deleted_by_customer: 'bad',
  transferred: 'plain',
  awaiting_handover: 'warn',
}

export const toneOf = (state: FollowState): Tone => TONE[state]

export const stateOf = (follow: Pick<FollowRow, 'status' | 'awaiting_handover'>): FollowState =>
  follow.awaiting_handover ? 'awaiting_handover' : follow.status

export const isLive = (follow: { status: FollowStatus }): boolean =>
  follow.status === 'active' || follow.status === 'half'

/** What a customer's colour and letter are made from: WeCom's id, which other pages know too, or our number. */
export const seedOf = (customer: Pick<CustomerRow, 'id' | 'external_userid'>): string =>
  customer.external_userid ?? String(customer.id)

/** The relation that speaks for the customer in a list: a live one before an ended one, the newest of each. */
export function leading<T extends Pick<FollowRow, 'status' | 'added_at'>>(follows: readonly T[]): T | undefined {
  return [...follows].sort(
    (a, b) => Number(isLive(b)) - Number(isLive(a)) || b.added_at.localeCompare(a.added_at),
  )[0]
}
