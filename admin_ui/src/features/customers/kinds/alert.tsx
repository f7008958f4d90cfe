import type { View } from './view'

export const view: View = { tone: 'bad', lead: 'alert_kind', state: 'alert_state', shows: [] }
