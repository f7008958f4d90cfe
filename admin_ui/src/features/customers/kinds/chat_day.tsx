import type { View } from './view'

export const view: View = { tone: 'plain', lead: 'messages', shows: [] }
