import type { Feature } from '@/shared/feature'
import { lazily } from '@/shared/ui/lazily'

export default {
  menu: { group: 'compliance', place: 5 },
  path: '/audit',
  permission: 'audit.read',
  page: lazily(() => import('./pages/AuditPage')),
} satisfies Feature
