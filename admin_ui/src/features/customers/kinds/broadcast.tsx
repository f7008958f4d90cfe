import type { View } from './view'

export const view: View = { tone: 'plain', shows: ['title', 'recipient_state', 'sent_at'] }
