import { useQuery } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ApiError } from '@/api/client'
import { useMe } from '@/api/me'
import { usePulse } from '@/api/pulse'
import { useTitle } from '@/shared/lib/title'
import { lazily } from '@/shared/ui/lazily'
import { Async, EmptyState, ErrorState, LoadingState } from '@/shared/ui/States'

import { makeBridge } from './bridge'
import { CustomerPanel } from './CustomerPanel'
import { SignIn } from './SignIn'

// Only a plain browser needs it.
const CustomerPicker = lazily(() => import('./CustomerPicker'))

/** The chat toolbar's page: who is this customer, what do we know, what happened. */
export function Sidebar() {
  const { t } = useTranslation()
  useTitle(t('sidebar.title'))
  const me = useMe()
  if (me.error instanceof ApiError && me.error.status === 401) return <SignIn />
  return (
    <main className="b-page">
      <h1 className="s-hidden">{t('sidebar.title')}</h1>
      {me.data ? (
        <SignedIn />
      ) : me.error ? (
        <ErrorState error={me.error} retry={() => void me.refetch()} />
      ) : (
        <LoadingState />
      )}
    </main>
  )
}

function SignedIn() {
  const { t } = useTranslation()
  const pulse = usePulse(true)
  const [bridge] = useState(makeBridge)
  const [chosen, setChosen] = useState<string | null>(null)
  const chat = useQuery({
    queryKey: ['chat'],
    queryFn: async () => ({ entry: await bridge.getEntry(), customer: await bridge.getExternalContact() }),
    staleTime: Infinity,
    retry: 1,
  })
  return (
    <>
      <div role="status">{pulse.connected ? null : <p className="s-banner s-tone-bad">{t('shell.lost')}</p>}</div>
      {chat.error && !(chat.error instanceof ApiError) ? (
        <div role="alert">
          <EmptyState title={t('sidebar.bridgeFailed')} hint={String((chat.error as { errMsg?: string }).errMsg ?? '')} />
        </div>
      ) : (
        <Async query={chat}>
          {({ entry, customer }) => {
            // '' is "another customer, please".
            const shown = chosen ?? customer
            const free = entry === 'browser'
            if (shown) {
              return (
                <CustomerPanel
                  key={shown}
                  externalUserid={shown}
                  {...(free ? { onChange: () => setChosen('') } : {})}
                />
              )
            }
            if (free) {
              return (
                <Suspense fallback={<LoadingState />}>
                  <CustomerPicker onChoose={setChosen} />
                </Suspense>
              )
            }
            return <EmptyState title={t('sidebar.outside')} hint={t('sidebar.outsideHint', { entry })} />
          }}
        </Async>
      )}
    </>
  )
}
