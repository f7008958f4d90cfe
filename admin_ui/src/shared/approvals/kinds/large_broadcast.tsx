import { resource } from '@/api/resource'
import type { BroadcastDetail } from '@/api/types'

import type { View } from './view'

/** Who wrote or submitted it takes it back by the address by which others reject it. */
export const view: View<BroadcastDetail> = {
  topic: 'broadcasts',
  slots: (broadcast) => ({ size: broadcast.report.audience, before: 0 }),
  reason: { reject: 'must', withdraw: 'must' },
  decide: ({ id }, decision, note) =>
    decision === 'confirm'
      ? resource('broadcasts').send('post', '{broadcast_id}/approve', { broadcast_id: id })
      : resource('broadcasts').send('post', '{broadcast_id}/reject', { broadcast_id: id, note }),
}
