import { resource } from '@/api/resource'
import type { PendingLimit } from '@/api/types'

import type { View } from './view'

export const view: View<PendingLimit> = {
  topic: 'broadcasts',
  slots: (limit) => ({ size: limit.approval_above, before: limit.approval_before }),
  reason: { reject: 'may' },
  decide: ({ id }, decision, note) =>
    decision === 'reject'
      ? resource('broadcasts').send('post', 'policy/changes/{change_id}/reject', { change_id: id, note })
      : resource('broadcasts').send('post', `policy/changes/{change_id}/${decision}`, { change_id: id }),
}
