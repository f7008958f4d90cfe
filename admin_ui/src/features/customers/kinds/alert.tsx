import type { View } from './view'

export const view: View = { tone: 'bad', shows: ['alert_kind', 'alert_state'] }
