import type { View } from './view'

export const view: View = { tone: 'good', shows: ['link'] }
