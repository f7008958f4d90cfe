import type { Feature } from '@/shared/feature'
import { lazily } from '@/shared/ui/lazily'

export default {
  menu: { group: 'settings', place: 1 },
  path: '/members',
  permission: 'accounts.read',
  page: lazily(() => import('./pages/MembersPage')),
} satisfies Feature
