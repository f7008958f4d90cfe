import type { View } from './view'

export const view: View = { tone: 'bad', shows: ['group', 'removed'] }
