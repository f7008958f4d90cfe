import { Suspense, useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate, Outlet, Route, Routes, useLocation } from 'react-router'

import { ApiError } from '@/api/client'
import { useCan, useMe, type Permission } from '@/api/me'
import { lazily } from '@/shared/ui/lazily'
import { EmptyState, ErrorState, LoadingState } from '@/shared/ui/States'
import { Page } from '@/shared/ui/Page'

import { PAGES, type ConsolePage } from './pages'
import { Shell } from './Shell'

const LoginPage = lazily(() => import('@/features/account/pages/LoginPage'))
const SignInAgain = lazily(() => import('@/features/account/components/SignInAgain'))
const DevicesPage = lazily(() => import('@/features/account/pages/DevicesPage'))
const PasswordPage = lazily(() => import('@/features/account/pages/PasswordPage'))
const Denied = lazily(async () => ({ default: (await import('./frame')).Denied }))

export function ConsoleRoutes() {
  return (
    <Suspense fallback={<LoadingState rows={3} />}>
      <Routes>
        <Route path="/login" element={<LoginPage />} />
        <Route element={<SignedIn />}>
          <Route path="/password" element={<PasswordPage />} />
          <Route element={<Shell />}>
            {PAGES.flatMap((page) =>
              [page, ...(page.more ?? [])].map((route) => (
                <Route
                  key={route.path}
                  path={route.path}
                  element={
                    <Permitted page={page} permission={route.permission ?? page.permission}>
                      <route.page />
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

/** Lets pass only who is signed in and has a password of their own; who was until now signs in over the page. */
function SignedIn() {
  const me = useMe()
  const here = useLocation()
  const ended = me.error instanceof ApiError && me.error.status === 401
  const name = me.data?.name
  const [who, setWho] = useState(name)
  if (name && !who) setWho(name)
  const another = Boolean(who && name && who !== name)
  useEffect(() => {
    // Somebody else signed in over the page: nothing of what it holds is theirs.
    if (another) globalThis.location.reload()
  }, [another])
  if (ended && !me.data) {
    const next = here.pathname + here.search
    return <Navigate to={next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`} replace />
  }
  if (!me.data) {
    return me.error ? <ErrorState error={me.error} retry={() => void me.refetch()} /> : <LoadingState rows={3} />
  }
  if (me.data.must_change_password && here.pathname !== '/password') return <Navigate to="/password" replace />
  return (
    <>
      <Outlet />
      {ended ? (
        <Suspense fallback={null}>
          <SignInAgain name={me.data.name} />
        </Suspense>
      ) : null}
    </>
  )
}

function Permitted({ page, permission, children }: { page: ConsolePage; permission: Permission; children: ReactNode }) {
  const can = useCan()
  return can(permission) ? children : <Denied page={page} />
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
