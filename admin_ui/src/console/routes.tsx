import { lazy, Suspense, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate, Outlet, Route, Routes, useLocation } from 'react-router'

import { ApiError } from '@/api/client'
import { useCan, useMe, type Permission } from '@/api/me'
import { DeniedState, EmptyState, ErrorState, LoadingState } from '@/shared/ui/States'
import { Page } from '@/shared/ui/Page'

import { PAGES, type ConsolePage } from './pages'
import { Shell } from './Shell'

const LoginPage = lazy(() => import('@/features/account/pages/LoginPage'))
const DevicesPage = lazy(() => import('@/features/account/pages/DevicesPage'))
const PasswordPage = lazy(() => import('@/features/account/pages/PasswordPage'))

export function ConsoleRoutes() {
  return (
    <Suspense fallback={<LoadingState rows={3} />}>
      <Routes>
        <Route path="/login" element={<LoginPage />} />
        <Route element={<SignedIn />}>
          <Route path="/password" element={<PasswordPage />} />
          <Route element={<Shell />}>
            {PAGES.flatMap((page) =>
              [{ path: page.path, element: page.element, permission: page.permission }, ...(page.more ?? [])].map((route) => (
                <Route
                  key={route.path}
                  path={route.path}
                  element={
                    <Permitted page={page} permission={route.permission ?? page.permission}>
                      <route.element />
                    </Permitted>
                  }
                />
              )),
            )}
            <Route path="/devices" element={<DevicesPage />} />
            <Route path="*" element={<NotFound />} />
          </Route>
        </Route>
      </Routes>
    </Suspense>
  )
}

/** Lets pass only who is signed in and has a password of their own. */
function SignedIn() {
  const me = useMe()
  const here = useLocation()
  if (me.error instanceof ApiError && me.error.status === 401) {
    const next = here.pathname + here.search
    return <Navigate to={next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`} replace />
  }
  if (!me.data) {
    return me.error ? <ErrorState error={me.error} retry={() => void me.refetch()} /> : <LoadingState rows={3} />
  }
  if (me.data.must_change_password && here.pathname !== '/password') return <Navigate to="/password" replace />
  return <Outlet />
}

function Permitted({ page, permission, children }: { page: ConsolePage; permission: Permission; children: ReactNode }) {
  const { t } = useTranslation()
  const can = useCan()
  if (can(permission)) return children
  return (
    <Page title={t(`menu.${page.key}`)}>
      <DeniedState />
    </Page>
  )
}

function NotFound() {
  const { t } = useTranslation()
  return (
    <Page title={t('shell.notFound')}>
      <EmptyState
        title={t('shell.notFound')}
        hint={t('shell.notFoundHint')}
        action={<Link to="/">{t('shell.toStart')}</Link>}
      />
    </Page>
  )
}
