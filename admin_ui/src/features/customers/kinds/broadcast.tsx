import type { View } from './view'

export const view: View = { tone: 'plain', lead: 'title', state: 'recipient_state', shows: ['sent_at'] }
