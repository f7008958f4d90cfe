import type { Feature } from '@/shared/feature'
import { lazily } from '@/shared/ui/lazily'

export default {
  menu: { group: 'operations', place: 2 },
  path: '/callbacks',
  permission: 'callbacks.read',
  page: lazily(() => import('./pages/CallbacksPage')),
} satisfies Feature
