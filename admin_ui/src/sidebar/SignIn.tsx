import { Button } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'

import { useLoginOptions } from '@/api/me'
import { Async, EmptyState } from '@/shared/ui/States'

import { isWecom } from './bridge'

const TRIED = 'scrm.sidebar.signed-in-at'
const PATIENCE = 60_000

/** Inside WeCom sign-in needs no click; a second try within a minute means that it does not work, so it waits for one. */
function mayGoAlone(): boolean {
  if (!isWecom()) return false
  const last = Number(globalThis.sessionStorage.getItem(TRIED))
  return !last || Date.now() - last > PATIENCE
}

/** Sign in through WeCom, then come back to this very page. */
export function SignIn() {
  const { t } = useTranslation()
  const options = useLoginOptions()
  const here = globalThis.location.pathname + globalThis.location.search
  const address = (corpId: string): string =>
    `/login/wecom?corp_id=${encodeURIComponent(corpId)}&next=${encodeURIComponent(here)}`
  const named = new URLSearchParams(globalThis.location.search).get('corp_id')
  const corps = options.data?.corps ?? []
  const only = named ?? (corps.length === 1 ? (corps[0]?.corp_id ?? null) : null)

  useEffect(() => {
    if (!only || !mayGoAlone()) return
    globalThis.sessionStorage.setItem(TRIED, String(Date.now()))
    globalThis.location.replace(`/login/wecom?corp_id=${encodeURIComponent(only)}&next=${encodeURIComponent(here)}`)
  }, [only, here])

  return (
    <main className="b-page">
      <h1 className="s-hidden">{t('sidebar.title')}</h1>
      <Async query={options}>
        {() => (
          <EmptyState
            title={t('sidebar.signIn')}
            action={
              <div className="b-sign-in">
                {corps.map((corp) => (
                  <Button key={corp.corp_id} type="primary" size="large" block href={address(corp.corp_id)}>
                    {corps.length === 1 ? t('sidebar.signInWith') : t('sidebar.signInTo', { corp: corp.name })}
                  </Button>
                ))}
                <Button size="large" block href={`/login?next=${encodeURIComponent(here)}`}>
                  {t('sidebar.signInPassword')}
                </Button>
              </div>
            }
          />
        )}
      </Async>
    </main>
  )
}
