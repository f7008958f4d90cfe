import type { Feature } from '@/shared/feature'
import { lazily } from '@/shared/ui/lazily'

const ComposePage = lazily(() => import('./pages/ComposePage'))

export default {
  menu: { group: 'marketing', place: 1 },
  path: '/broadcasts',
  permission: 'broadcasts.read',
  page: lazily(() => import('./pages/BroadcastsPage')),
  more: [
    { path: '/broadcasts/new', page: ComposePage, permission: 'broadcasts.send' },
    { path: '/broadcasts/:id', page: lazily(() => import('./pages/BroadcastPage')) },
    { path: '/broadcasts/:id/edit', page: ComposePage, permission: 'broadcasts.send' },
  ],
} satisfies Feature
