import type { Feature } from '@/shared/feature'
import { lazily } from '@/shared/ui/lazily'

export default {
  menu: { group: 'work', place: 1 },
  path: '/',
  permission: 'dashboard.read',
  page: lazily(() => import('./pages/DashboardPage')),
} satisfies Feature
