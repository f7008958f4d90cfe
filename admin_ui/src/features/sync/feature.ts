import type { Feature } from '@/shared/feature'
import { lazily } from '@/shared/ui/lazily'

export default {
  menu: { group: 'operations', place: 1 },
  path: '/sync',
  permission: 'sync.read',
  page: lazily(() => import('./pages/SyncPage')),
} satisfies Feature
