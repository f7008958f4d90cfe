import type { FollowRow, FollowStatus } from '@/api/customers'
import type { Tone } from '@/shared/palette'

export const FOLLOW_STATUSES: readonly FollowStatus[] = [
  'active', 'half', 'deleted_by_staff', 'deleted_by_customer', 'transferred',
]

const TONE: Record<FollowStatus, Tone> = {
  active: 'good',
  half: 'warn',
  deleted_by_staff: 'bad',
  deleted_by_customer: 'bad',
  transferred: 'plain',
}

export const toneOf = (status: FollowStatus): Tone => TONE[status]

export const isLive = (follow: { status: FollowStatus }): boolean =>
  follow.status === 'active' || follow.status === 'half'

/** The relation that speaks for the customer in a list: a live one before an ended one, the newest of each. */
export function leading<T extends Pick<FollowRow, 'status' | 'added_at'>>(follows: readonly T[]): T | undefined {
  return [...follows].sort(
    (a, b) => Number(isLive(b)) - Number(isLive(a)) || b.added_at.localeCompare(a.added_at),
  )[0]
}
