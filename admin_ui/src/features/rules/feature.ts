import type { Feature } from '@/shared/feature'
import { lazily } from '@/shared/ui/lazily'

export default {
  menu: { group: 'compliance', place: 3 },
  path: '/rules',
  permission: 'messages.read',
  page: lazily(() => import('./pages/RulesPage')),
} satisfies Feature
