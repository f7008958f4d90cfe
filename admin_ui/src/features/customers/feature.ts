import type { Feature } from '@/shared/feature'
import { lazily } from '@/shared/ui/lazily'

export default {
  menu: { group: 'customers', place: 1 },
  path: '/customers',
  permission: 'customers.read',
  page: lazily(() => import('./pages/CustomersPage')),
  more: [
    { path: '/customers/tags', page: lazily(() => import('./pages/TagsPage')) },
    { path: '/customers/:customer', page: lazily(() => import('./pages/CustomerPage')) },
    { path: '/customers/groups/:chat_id', page: lazily(() => import('./pages/GroupPage')) },
  ],
} satisfies Feature
