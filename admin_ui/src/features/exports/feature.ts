import type { Feature } from '@/shared/feature'
import { lazily } from '@/shared/ui/lazily'

export default {
  menu: { group: 'customers', place: 9 },
  path: '/exports',
  permission: 'customers.export',
  page: lazily(() => import('./pages/ExportsPage')),
} satisfies Feature
