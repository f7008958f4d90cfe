import type { Feature } from '@/shared/feature'
import { lazily } from '@/shared/ui/lazily'

export default {
  menu: { group: 'work', place: 6 },
  path: '/messages',
  permission: 'messages.read',
  page: lazily(() => import('./pages/MessagesPage')),
} satisfies Feature
