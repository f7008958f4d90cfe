import '../words'

import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useHref, useNavigate, useParams } from 'react-router'

import { resource } from '@/api/resource'
import type { CustomerDetail } from '@/api/types'
import { useCan, useCurrentUser } from '@/api/me'
import { wordFor } from '@/shared/i18n'
import { useBack } from '@/shared/lib/back'
import { dateTime } from '@/shared/lib/time'
import { TagChips } from '@/shared/ui/Chips'
import { Id } from '@/shared/ui/Id'
import { calledAs, remarkOf } from '@/shared/ui/Called'
import { Card, Facts, Page } from '@/shared/ui/Page'
import { Async } from '@/shared/ui/States'
import { Tile } from '@/shared/ui/Tile'

import { FollowList } from '../components/FollowList'
import { Origin } from '../components/Origin'
import { Timeline, timelineOf } from '../components/Timeline'
import '../customers.css'

/** One customer: card, follow relations, groups and timeline. */
export default function CustomerPage() {
  const { t } = useTranslation()
  const { customer: name = '' } = useParams()
  const customer = useQuery(resource('customers').one('{customer}', { customer: name }))
  useInfiniteQuery(timelineOf(name)) // beside the customer, not after
  const can = useCan()
  const navigate = useNavigate()
  const back = useBack('/customers')
  const me = useCurrentUser().userid
  useOwnAddress(customer.data?.id)
  const called = customer.data ? calledAs(customer.data.name, remarkOf(customer.data.follows, me)) : ''
  return (
    <Page
      title={customer.data ? called : t('customers.title')}
      note={customer.data ? <Origin customer={customer.data} /> : null}
      actions={
        <>
          <Button onClick={back}>{t('action.back')}</Button>
          {can('alerts.read') && customer.data ? (
            <Button onClick={() => void navigate(`/alerts?external_userid=${encodeURIComponent(customer.data.external_userid)}`)}>
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
              <Profile customer={data} />
              <Card title={t('customer.follows')}>
                <FollowList customer={name} follows={data.follows} />
              </Card>
              <Groups customer={data} />
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

/** Addresses of 0.1 name WeCom's id: the one shown and copied is our own; nothing is read anew for it. */
function useOwnAddress(id: number | undefined) {
  const { customer } = useParams()
  const own = useHref(`/customers/${id ?? customer ?? ''}`)
  useEffect(() => {
    if (id !== undefined && customer !== String(id)) globalThis.history.replaceState(globalThis.history.state, '', own)
  }, [id, customer, own])
}

function Profile({ customer }: { customer: CustomerDetail }) {
  const { t } = useTranslation()
  return (
    <Card title={t('customer.profile')}>
      <div className="f-profile">
        <Tile
          name={customer.name}
          seed={customer.external_userid}
          image={customer.avatar}
          size={64}
          round={false}
        />
        <div>
          {customer.tags.length ? (
            <TagChips tags={customer.tags} />
          ) : (
            <span className="s-sub">{t('common.noTags')}</span>
          )}
        </div>
      </div>
      <Facts
        items={[
          [t('customer.type'), wordFor('customerType', customer.type)],
          [t('customer.gender'), wordFor('gender', customer.gender)],
          ...(customer.corp_name
            ? [[t('customer.corp'), customer.corp_full_name || customer.corp_name] as const]
            : []),
          ...(customer.position ? [[t('customer.position'), customer.position] as const] : []),
          [t('customer.firstAdded'), <span key="first" className="s-when">{dateTime(customer.first_added_at)}</span>],
          [t('customer.fetched'), <span key="fetched" className="s-when">{dateTime(customer.fetched_at)}</span>],
          [t('customer.id'), <Id key="id" value={customer.external_userid} />],
        ]}
      />
    </Card>
  )
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
                <div>{group.name || t('common.unnamed')}</div>
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
