import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ApiError } from '@/api/client'
import { resource } from '@/api/resource'
import type { CustomerDetail } from '@/api/types'
import { useCurrentUser } from '@/api/me'
import { CustomerTags } from '@/features/customers/components/CustomerTags'
import { FollowList } from '@/features/customers/components/FollowList'
import { Origin } from '@/features/customers/components/Origin'
import { isLive, leading, seedOf, stateOf, toneOf } from '@/features/customers/status'
import { listed } from '@/shared/i18n'
import { Called, remarkOf } from '@/shared/ui/Called'
import { Pill } from '@/shared/ui/Chips'
import { lazily } from '@/shared/ui/lazily'
import { Async, EmptyState, LoadingState } from '@/shared/ui/States'
import { Tile } from '@/shared/ui/Tile'

import { Tabs } from './Tabs'
import { ProfileTab } from './tabs/ProfileTab'

const Timeline = lazily(() => import('@/features/customers/components/Timeline'))

const TABS = ['profile', 'follows', 'timeline'] as const
type Tab = (typeof TABS)[number]

// In the fragment, since WeCom's signature holds for the address without it.
const tabInHash = (): Tab => TABS.find((tab) => globalThis.location.hash === `#${tab}`) ?? 'profile'

interface CustomerPanelProps {
  externalUserid: string
  onChange?: () => void
}

/** One customer at the width of a phone: card, tags, and what lies behind the tabs. */
export function CustomerPanel({ externalUserid, onChange }: CustomerPanelProps) {
  const { t } = useTranslation()
  const customer = useQuery(resource('customers').one('by-external/{external_userid}', { external_userid: externalUserid }))
  const [tab, setTab] = useState<Tab>(tabInHash)
  const choose = (next: Tab): void => {
    setTab(next)
    globalThis.history.replaceState(null, '', `#${next}`)
  }
  if (customer.error instanceof ApiError && customer.error.status === 404) {
    return <EmptyState title={t('sidebar.notFound')} hint={t('sidebar.notFoundHint')} action={<Other onChange={onChange} />} />
  }
  return (
    <Async query={customer} rows={5}>
      {(data) => (
        <>
          <Head customer={data} onChange={onChange} />
          <Tabs
            label={t('sidebar.tabs')}
            tabs={TABS.map((key) => ({ key, title: t(`sidebar.${key}`) }))}
            active={tab}
            onChange={choose}
          >
            {tab === 'profile' ? <ProfileTab customer={data} /> : null}
            {tab === 'follows' ? <FollowList customer={String(data.id)} follows={data.follows} /> : null}
            {tab === 'timeline' ? (
              <section className="s-card" aria-label={t('customer.timeline')}>
                <Suspense fallback={<LoadingState />}>
                  <Timeline customer={String(data.id)} aside />
                </Suspense>
              </section>
            ) : null}
          </Tabs>
        </>
      )}
    </Async>
  )
}

function Other({ onChange }: { onChange: (() => void) | undefined }) {
  const { t } = useTranslation()
  return onChange ? (
    <Button size="small" onClick={onChange}>
      {t('sidebar.change')}
    </Button>
  ) : null
}

function Head({ customer, onChange }: { customer: CustomerDetail; onChange: (() => void) | undefined }) {
  const { t } = useTranslation()
  const me = useCurrentUser().userid
  const first = leading(customer.follows)
  const names = customer.follows.filter(isLive).map((follow) => follow.staff_name)
  return (
    <section className="s-card" aria-label={t('customer.profile')}>
      <div className="s-person b-head">
        <Tile name={customer.name} seed={seedOf(customer)} image={customer.avatar} size={46} round={false} />
        <div className="b-who">
          <h2>
            <Called name={customer.name} remark={remarkOf(customer.follows, me)} />
          </h2>
          <Origin customer={customer} />
          {names.length ? <span className="s-sub"> · {t('sidebar.followedBy', { name: listed(names) })}</span> : null}
        </div>
        {first ? <Pill tone={toneOf(stateOf(first))}>{t(`followStatus.${stateOf(first)}`)}</Pill> : null}
      </div>
      <div className="b-tags">
        <CustomerTags customer={customer} />
        <Other onChange={onChange} />
      </div>
    </section>
  )
}
