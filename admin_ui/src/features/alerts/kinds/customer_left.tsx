import { Snapshot, useLossFacts } from '../components/Snapshot'
import type { View } from './view'

export const view: View<'customer_left'> = {
  place: 2,
  tone: 'warn',
  chips: (alert) => alert.tags,
  useFacts: useLossFacts,
  Body: Snapshot,
}
