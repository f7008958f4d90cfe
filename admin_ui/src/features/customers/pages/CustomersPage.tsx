import '../words'

import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'

import { resource } from '@/api/resource'
import type { CustomerQuery, CustomerRow } from '@/api/types'
import { useCan } from '@/api/me'
import { listed, wordFor } from '@/shared/i18n'
import { dateTime } from '@/shared/lib/time'
import type { ListAddress } from '@/shared/list/address'
import { Dot } from '@/shared/list/Dot'
import { List } from '@/shared/list/List'
import type { ListColumn } from '@/shared/list/Table'
import { useWorkingList } from '@/shared/list/working'
import { TagChips } from '@/shared/ui/Chips'
import { lazily } from '@/shared/ui/lazily'
import { EmptyState, LoadingState } from '@/shared/ui/States'

import { FILTERS, useNamed, useViews } from '../components/CustomerFilters'
import { CustomerName } from '../components/CustomerName'
import { OwnedBy } from '../components/OwnedBy'
import { isLive, leading, stateOf, toneOf } from '../status'

const CustomerPanel = lazily(() => import('../components/CustomerPanel'))
const NewCustomer = lazily(() => import('../components/NewCustomer'))
const TAGS_SHOWN = 3

/** All customers the user may see; the one in the address is open beside the list. */
export default function CustomersPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const list = useWorkingList({ name: 'customers', path: '/customers', filters: FILTERS, kind: 'customer' })
  const { address } = list
  const type = address.one('type')
  const query = { ...list.asked, ...(type ? { type: Number(type) } : {}) } as CustomerQuery
  const customers = useQuery({ ...resource('customers').list('', query), enabled: list.enabled })
  const columns = useColumns(address)
  const can = useCan()
  const [entering, setEntering] = useState(false)
  return (
    <List
      list={list}
      title={t('customers.title')}
      label={t('customers.list')}
      query={customers}
      columns={columns}
      rowKey={(row) => row.id}
      views={{ label: t('customers.views'), items: useViews() }}
      search={{ label: t('customers.search'), placeholder: t('customers.searchHint') }}
      named={useNamed(address)}
      actions={
        <>
          <Button onClick={() => void navigate('/customers/tags')}>{t('customers.toTags')}</Button>
          {can('customers.write') ? (
            <Button type="primary" onClick={() => setEntering(true)}>
              {t('customers.new')}
            </Button>
          ) : null}
        </>
      }
      bulk={useBulk()}
      counted={(total) => t('customers.count', { total })}
      empty={<NoCustomers />}
      panel={{
        title: t('customers.detail'),
        render: (id) => (
          <Suspense fallback={<LoadingState rows={10} />}>
            <CustomerPanel id={id} />
          </Suspense>
        ),
        whole: (id) => `/customers/${id}`,
      }}
    >
      {entering ? (
        <Suspense fallback={null}>
          <NewCustomer onClose={() => setEntering(false)} />
        </Suspense>
      ) : null}
    </List>
  )
}

const RowTags = lazily(() => import('../components/ManyTags'))

/** Tags of our own on many customers at once. */
function useBulk() {
  const { t } = useTranslation()
  const can = useCan()
  if (!can('customers.tag')) return undefined
  return {
    action: 'tag_customers',
    label: t('customers.tagMany'),
    named: (row: CustomerRow) => row.name || row.external_userid || String(row.id),
    ready: (given: Record<string, unknown>) => [given.add, given.remove].some((tags) => Array.isArray(tags) && tags.length > 0),
    fields: (given: Record<string, unknown>, change: (given: Record<string, unknown>) => void) => (
      <Suspense fallback={<LoadingState rows={2} />}>
        <RowTags given={given} onChange={change} />
      </Suspense>
    ),
  }
}

function NoCustomers() {
  const { t } = useTranslation()
  const can = useCan()
  return (
    <EmptyState
      title={t('customers.empty')}
      hint={t('customers.emptyHint')}
      action={can('sync.start') ? <Link to="/sync">{t('customers.toSync')}</Link> : null}
    />
  )
}

function useColumns(address: ListAddress): ListColumn<CustomerRow>[] {
  const { t } = useTranslation()
  return [
    { key: 'name', title: t('customers.name'), width: 230, render: (row) => <CustomerName customer={row} address={address} /> },
    { key: 'status', title: t('customers.status'), width: 170, render: (row) => <Standing row={row} /> },
    {
      key: 'tags',
      title: t('customers.tags'),
      width: 230,
      render: (row) => (row.tags.length ? <TagChips tags={ownFirst(row.tags)} most={TAGS_SHOWN} /> : '—'),
    },
    { key: 'member', title: t('customers.followers'), width: 140, render: (row) => <Followers row={row} /> },
    {
      key: 'add_way',
      title: t('customers.addWay'),
      width: 150,
      render: (row) => {
        const follow = row.matched ?? leading(row.follows)
        return (
          <>
            <div>{wordFor('addWay', follow?.add_way)}</div>
            {follow?.state ? <div className="l-second">{follow.state}</div> : null}
          </>
        )
      },
    },
    {
      key: 'first_added_at',
      title: t('customers.addedAt'),
      width: 140,
      render: (row) => <span className="s-when">{dateTime(row.first_added_at)}</span>,
    },
  ]
}

function ownFirst(tags: CustomerRow['tags']): CustomerRow['tags'] {
  return [...tags].sort((a, b) => Number(b.source === 'own') - Number(a.source === 'own'))
}

/** The relation that the filter asked for, with whom and since when; without a filter the leading one. */
function Standing({ row }: { row: CustomerRow }) {
  const { t } = useTranslation()
  const follow = row.matched ?? leading(row.follows)
  if (!follow) return <>—</>
  const state = stateOf(follow)
  return (
    <>
      <Dot tone={toneOf(state)}>{t(`followStatus.${state}`)}</Dot>
      {row.matched ? (
        <div className="l-second">
          {follow.staff_name} · <span className="s-when">{dateTime(follow.ended_at ?? follow.added_at)}</span>
        </div>
      ) : null}
    </>
  )
}

function Followers({ row }: { row: CustomerRow }) {
  const { t } = useTranslation()
  const live = row.follows.filter(isLive)
  const shown = live.length ? live : row.follows
  const names = shown.map((follow) => follow.staff_name)
  if (!names.length) return row.owner ? <OwnedBy owner={row.owner} /> : <>—</>
  return (
    <span title={names.join(' · ')}>
      {listed(names.slice(0, 2))}
      {names.length > 2 ? <span className="s-sub"> {t('customers.more', { n: names.length })}</span> : null}
    </span>
  )
}
