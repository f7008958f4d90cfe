import type { Feature } from '@/shared/feature'
import { lazily } from '@/shared/ui/lazily'

export default {
  menu: { group: 'operations', place: 3 },
  path: '/tasks',
  permission: 'tasks.read',
  page: lazily(() => import('./pages/TasksPage')),
} satisfies Feature
