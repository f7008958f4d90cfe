import type { View } from './view'

export const view: View = { tone: 'plain', shows: ['remark', 'description', 'tags_added', 'tags_removed'] }
