import type { Feature } from '@/shared/feature'
import { lazily } from '@/shared/ui/lazily'

const AlertsPage = lazily(() => import('./pages/AlertsPage'))

export default {
  menu: { group: 'compliance', place: 1 },
  path: '/alerts',
  permission: 'alerts.read',
  page: AlertsPage,
  more: [{ path: '/alerts/:id', page: AlertsPage }],
} satisfies Feature
