import type { View } from './view'

export const view: View = { tone: 'bad', lead: 'group', shows: ['removed'] }
