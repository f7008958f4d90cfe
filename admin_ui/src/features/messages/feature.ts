import type { Feature } from '@/shared/feature'
import { lazily } from '@/shared/ui/lazily'

export default {
  menu: { group: 'compliance', place: 2 },
  path: '/messages',
  permission: 'messages.read',
  page: lazily(() => import('./pages/MessagesPage')),
} satisfies Feature
