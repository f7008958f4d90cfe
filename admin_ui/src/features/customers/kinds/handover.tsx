import type { View } from './view'

export const view: View = { tone: 'plain', state: 'item_state', shows: ['to'] }
