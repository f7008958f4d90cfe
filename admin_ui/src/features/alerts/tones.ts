import type { AlertKind, AlertState } from '@/api/alerts'
import type { Schemas } from '@/api/client'
import type { Tone } from '@/shared/palette'

export const KINDS: readonly AlertKind[] = ['staff_deleted_customer', 'customer_left', 'word_hit']

export const KIND_TONE: Record<AlertKind, Tone> = {
  staff_deleted_customer: 'bad',
  customer_left: 'warn',
  word_hit: 'bad',
}

export const STATE_TONE: Record<AlertState, Tone> = { open: 'bad', in_review: 'info', closed: 'plain' }

export const NOTICE_TONE: Record<Schemas['NoticeState'], Tone> = {
  waiting: 'info',
  sent: 'good',
  refused: 'bad',
  unknown: 'warn',
}
