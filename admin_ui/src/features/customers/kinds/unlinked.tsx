import type { View } from './view'

export const view: View = { tone: 'plain', shows: ['link'] }
