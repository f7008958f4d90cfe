import type { View } from './view'

export const view: View = { tone: 'good', lead: 'group', shows: [] }
