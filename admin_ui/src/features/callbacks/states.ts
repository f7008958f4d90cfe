import type { InboxState } from '@/api/types'
import type { Tone } from '@/shared/palette'

export const INBOX_TONE: Record<InboxState, Tone> = { ready: 'info', done: 'good', parked: 'bad' }
