import {
  AlertOutlined, ApiOutlined, AuditOutlined, DashboardOutlined, FilterOutlined, InboxOutlined, MessageOutlined,
  ApartmentOutlined, SendOutlined, SmileOutlined, SwapOutlined, SyncOutlined, TeamOutlined,
} from '@ant-design/icons'
import { lazy, type ComponentType, type ReactNode } from 'react'

import type { Permission } from '@/api/me'

export interface ConsolePage {
  key:
    | 'dashboard'
    | 'customers'
    | 'broadcasts'
    | 'alerts'
    | 'handovers'
    | 'messages'
    | 'rules'
    | 'welcome'
    | 'members'
    | 'sync'
    | 'callbacks'
    | 'tasks'
    | 'audit'
  path: string
  permission: Permission
  icon: ReactNode
  element: ComponentType
  /** Deeper addresses of the same menu entry. */
  more?: { path: string; element: ComponentType; permission?: Permission }[]
}

const ComposePage = lazy(() => import('@/features/broadcasts/pages/ComposePage'))
const AlertsPage = lazy(() => import('@/features/alerts/pages/AlertsPage'))

/** Every page of the console, in the order of the menu; each is fetched when it is first opened. */
export const PAGES: readonly ConsolePage[] = [
  {
    key: 'dashboard',
    path: '/',
    permission: 'dashboard.read',
    icon: <DashboardOutlined aria-hidden />,
    element: lazy(() => import('@/features/dashboard/pages/DashboardPage')),
  },
  {
    key: 'customers',
    path: '/customers',
    permission: 'customers.read',
    icon: <TeamOutlined aria-hidden />,
    element: lazy(() => import('@/features/customers/pages/CustomersPage')),
    more: [
      {
        path: '/customers/:external_userid',
        element: lazy(() => import('@/features/customers/pages/CustomerPage')),
      },
    ],
  },
  {
    key: 'broadcasts',
    path: '/broadcasts',
    permission: 'broadcasts.read',
    icon: <SendOutlined aria-hidden />,
    element: lazy(() => import('@/features/broadcasts/pages/BroadcastsPage')),
    more: [
      { path: '/broadcasts/new', element: ComposePage, permission: 'broadcasts.send' },
      { path: '/broadcasts/:id', element: lazy(() => import('@/features/broadcasts/pages/BroadcastPage')) },
      { path: '/broadcasts/:id/edit', element: ComposePage, permission: 'broadcasts.send' },
    ],
  },
  {
    key: 'alerts',
    path: '/alerts',
    permission: 'alerts.read',
    icon: <AlertOutlined aria-hidden />,
    element: AlertsPage,
    more: [{ path: '/alerts/:id', element: AlertsPage }],
  },
  {
    key: 'handovers',
    path: '/handovers',
    permission: 'handovers.read',
    icon: <SwapOutlined aria-hidden />,
    element: lazy(() => import('@/features/handovers/pages/HandoversPage')),
    more: [{ path: '/handovers/:id', element: lazy(() => import('@/features/handovers/pages/HandoverPage')) }],
  },
  {
    key: 'messages',
    path: '/messages',
    permission: 'messages.read',
    icon: <MessageOutlined aria-hidden />,
    element: lazy(() => import('@/features/messages/pages/MessagesPage')),
  },
  {
    key: 'rules',
    path: '/rules',
    permission: 'messages.read',
    icon: <FilterOutlined aria-hidden />,
    element: lazy(() => import('@/features/rules/pages/RulesPage')),
  },
  {
    key: 'welcome',
    path: '/welcome',
    permission: 'welcome.set',
    icon: <SmileOutlined aria-hidden />,
    element: lazy(() => import('@/features/welcome/pages/WelcomePage')),
  },
  {
    key: 'members',
    path: '/members',
    permission: 'accounts.read',
    icon: <ApartmentOutlined aria-hidden />,
    element: lazy(() => import('@/features/members/pages/MembersPage')),
  },
  {
    key: 'sync',
    path: '/sync',
    permission: 'sync.read',
    icon: <SyncOutlined aria-hidden />,
    element: lazy(() => import('@/features/sync/pages/SyncPage')),
  },
  {
    key: 'callbacks',
    path: '/callbacks',
    permission: 'callbacks.read',
    icon: <ApiOutlined aria-hidden />,
    element: lazy(() => import('@/features/callbacks/pages/CallbacksPage')),
  },
  {
    key: 'tasks',
    path: '/tasks',
    permission: 'tasks.read',
    icon: <InboxOutlined aria-hidden />,
    element: lazy(() => import('@/features/tasks/pages/TasksPage')),
  },
  {
    key: 'audit',
    path: '/audit',
    permission: 'audit.read',
    icon: <AuditOutlined aria-hidden />,
    element: lazy(() => import('@/features/audit/pages/AuditPage')),
  },
]
