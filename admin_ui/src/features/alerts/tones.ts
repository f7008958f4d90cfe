import type { AlertState } from '@/api/types'
import type { Schemas } from '@/api/client'
import type { Tone } from '@/shared/palette'

export const STATE_TONE: Record<AlertState, Tone> = { open: 'bad', in_review: 'info', closed: 'plain' }

export const NOTICE_TONE: Record<Schemas['NoticeState'], Tone> = {
  waiting: 'info',
  sent: 'good',
  refused: 'bad',
  unknown: 'warn',
}
