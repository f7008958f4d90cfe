import type { View } from './view'

export const view: View = { tone: 'plain', shows: ['tags_added', 'tags_removed'] }
