import { Snapshot, useLossFacts } from '../components/Snapshot'
import type { View } from './view'

export const view: View<'staff_deleted_customer'> = {
  place: 1,
  tone: 'bad',
  chips: (alert) => alert.tags,
  useFacts: useLossFacts,
  Body: Snapshot,
}
