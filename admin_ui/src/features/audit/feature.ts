import { AuditOutlined } from '@ant-design/icons'

import type { Feature } from '@/shared/feature'
import { lazily } from '@/shared/ui/lazily'

export default {
  menu: { group: 'operations', place: 4, icon: AuditOutlined },
  path: '/audit',
  permission: 'audit.read',
  page: lazily(() => import('./pages/AuditPage')),
} satisfies Feature
