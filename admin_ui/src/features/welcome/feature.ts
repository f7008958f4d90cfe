import type { Feature } from '@/shared/feature'
import { lazily } from '@/shared/ui/lazily'

export default {
  menu: { group: 'marketing', place: 2 },
  path: '/welcome',
  permission: 'welcome.set',
  page: lazily(() => import('./pages/WelcomePage')),
} satisfies Feature
