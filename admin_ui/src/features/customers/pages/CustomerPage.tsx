import '../words'
import '../record/words'

import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useHref, useNavigate, useParams } from 'react-router'

import { resource } from '@/api/resource'
import type { CustomerDetail } from '@/api/types'
import { useCan, useCurrentUser } from '@/api/me'
import { useBack } from '@/shared/lib/back'
import { dateTime } from '@/shared/lib/time'
import { calledAs, remarkOf } from '@/shared/ui/Called'
import { lazily } from '@/shared/ui/lazily'
import { Card, Page } from '@/shared/ui/Page'
import { Async } from '@/shared/ui/States'
import { Tile } from '@/shared/ui/Tile'

import { FollowList } from '../components/FollowList'
import { Identities, identitiesOf } from '../components/Identities'
import { Links, linksOf } from '../components/Links'
import { Origin } from '../components/Origin'
import { Profile } from '../components/Profile'
import Timeline, { timelineOf } from '../components/Timeline'
import '../customers.css'

const ShareDialog = lazily(() => import('../components/ShareDialog'))
const HandOnDialog = lazily(() => import('../components/HandOnDialog'))

/** One customer: card, follow relations, groups and timeline. */
export default function CustomerPage() {
  const { t } = useTranslation()
  const { customer: name = '' } = useParams()
  const customer = useQuery(resource('customers').one('{customer}', { customer: name }))
  useInfiniteQuery(timelineOf(name)) // beside the customer, not after
  useQuery(identitiesOf(name))
  useQuery(linksOf(name))
  const can = useCan()
  const navigate = useNavigate()
  const back = useBack('/customers')
  const me = useCurrentUser().userid
  useOwnAddress(customer.data?.id)
  const external = customer.data?.external_userid
  const called = customer.data ? calledAs(customer.data.name, remarkOf(customer.data.follows, me)) : ''
  return (
    <Page
      title={customer.data ? called : t('customers.title')}
      note={customer.data ? <Origin customer={customer.data} /> : null}
      actions={
        <>
          <Button onClick={back}>{t('action.back')}</Button>
          {customer.data?.may === 'own' && can('customers.write') ? <Entrusting customer={customer.data} /> : null}
          {can('alerts.read') && external ? (
            <Button onClick={() => void navigate(`/alerts?external_userid=${encodeURIComponent(external)}`)}>
              {t('customer.alerts')}
            </Button>
          ) : null}
        </>
      }
    >
      <Async query={customer} rows={8}>
        {(data) => (
          <div className="f-customer">
            <div className="f-column">
              <Card title={t('customer.profile')}>
                <Profile customer={data} />
              </Card>
              <Identities name={name} customer={data} />
              <Links name={name} customer={data} />
              <Card title={t('customer.follows')}>
                <FollowList customer={name} follows={data.follows} />
              </Card>
              {data.kind === 'person' ? <Groups customer={data} /> : null}
            </div>
            <Card title={t('customer.timeline')} className="f-column">
              <Timeline customer={name} />
            </Card>
          </div>
        )}
      </Async>
    </Page>
  )
}

/** Whose customer it is to be, and who else sees them. */
function Entrusting({ customer }: { customer: CustomerDetail }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<'share' | 'hand'>()
  const close = (): void => setOpen(undefined)
  return (
    <>
      <Button onClick={() => setOpen('share')}>{t('share.open')}</Button>
      <Button onClick={() => setOpen('hand')}>{t('share.handOn')}</Button>
      <Suspense fallback={null}>
        {open === 'share' ? <ShareDialog customer={customer} onClose={close} /> : null}
        {open === 'hand' ? <HandOnDialog customer={customer} onClose={close} /> : null}
      </Suspense>
    </>
  )
}

/** Addresses of 0.1 name WeCom's id: the one shown and copied is our own; nothing is read anew for it. */
function useOwnAddress(id: number | undefined) {
  const { customer } = useParams()
  const own = useHref(`/customers/${id ?? customer ?? ''}`)
  useEffect(() => {
    if (id !== undefined && customer !== String(id)) globalThis.history.replaceState(globalThis.history.state, '', own)
  }, [id, customer, own])
}

function Groups({ customer }: { customer: CustomerDetail }) {
  const { t } = useTranslation()
  return (
    <Card title={t('customer.groups')}>
      {customer.groups.length ? (
        <ul className="f-groups">
          {customer.groups.map((group) => (
            <li key={group.chat_id} className="s-person">
              <Tile name={group.name} seed={group.chat_id} round={false} size={32} />
              <div>
                <Link to={`/customers/groups/${encodeURIComponent(group.chat_id)}`}>{group.name || t('common.unnamed')}</Link>
                <div className="s-sub">
                  {t('customer.owner', { name: group.owner_name })}
                  {group.joined_at ? ` · ${t('customer.joined', { time: dateTime(group.joined_at) })}` : ''}
                </div>
              </div>
            </li>
          ))}
        </ul>
      ) : (
        <p className="s-sub">{t('customer.noGroups')}</p>
      )}
    </Card>
  )
}
