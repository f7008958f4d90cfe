import type { Feature } from '@/shared/feature'
import { lazily } from '@/shared/ui/lazily'

export default {
  menu: { group: 'compliance', place: 4 },
  path: '/handovers',
  permission: 'handovers.read',
  page: lazily(() => import('./pages/HandoversPage')),
  more: [{ path: '/handovers/:id', page: lazily(() => import('./pages/HandoverPage')) }],
} satisfies Feature
