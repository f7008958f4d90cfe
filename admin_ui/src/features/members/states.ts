import type { Access, MemberRow, StaffStatus } from '@/api/types'
import type { Role } from '@/api/me'
import type { Tone } from '@/shared/palette'

export const ROLES: readonly Role[] = ['administrator', 'sales', 'compliance', 'marketer']
export const STATUSES: readonly StaffStatus[] = ['active', 'disabled', 'not_activated', 'left']
export const ACCESSES: readonly Access[] = ['may_sign_in', 'not_in_service', 'disabled', 'no_account']

export const ACCESS_TONE: Record<Access, Tone> = {
  may_sign_in: 'good',
  not_in_service: 'bad',
  disabled: 'warn',
  no_account: 'plain',
}

export type Standing = StaffStatus | 'unseen'

export const STANDING_TONE: Record<Standing, Tone> = {
  active: 'good',
  disabled: 'warn',
  not_activated: 'plain',
  left: 'bad',
  unseen: 'warn',
}

/** What the list says of a member: who is active by the last word but seen no longer is told as that. */
export const standingOf = (row: Pick<MemberRow, 'status' | 'present'>): Standing =>
  row.status === 'active' && !row.present ? 'unseen' : row.status
