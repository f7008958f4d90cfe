import type { Feature } from '@/shared/feature'
import { lazily } from '@/shared/ui/lazily'

export default {
  menu: { group: 'operations', place: 4 },
  path: '/audit',
  permission: 'audit.read',
  page: lazily(() => import('./pages/AuditPage')),
} satisfies Feature
