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
import { useCursor, useFilters } from '@/shared/lib/filters'
import { total } from '@/shared/lib/numbers'
import { dateTime } from '@/shared/lib/time'
import { Pill, TagChips } from '@/shared/ui/Chips'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Card, Page } from '@/shared/ui/Page'
import { Pager } from '@/shared/ui/Pager'
import { lazily } from '@/shared/ui/lazily'
import { Async, EmptyState, NothingFound } from '@/shared/ui/States'

import { CustomerFilters, FILTERS } from '../components/CustomerFilters'
import { CustomerName } from '../components/CustomerName'
import { OwnedBy } from '../components/OwnedBy'
import { isLive, leading, stateOf, toneOf } from '../status'

const NewCustomer = lazily(() => import('../components/NewCustomer'))
const TAGS_SHOWN = 3

/** All customers the user may see, with filters in the address. */
export default function CustomersPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const filters = useFilters(FILTERS)
  const cursor = useCursor(filters.values)
  const type = filters.one('type')
  const query = {
    ...filters.values,
    ...(type ? { type: Number(type) } : {}),
    limit: 20,
    cursor: cursor.cursor,
  } as CustomerQuery
  const customers = useQuery(resource('customers').list('', query))
  const columns = useColumns()
  const can = useCan()
  const [entering, setEntering] = useState(false)
  const note = customers.data
    ? t('customers.count', { total: total(customers.data.total, customers.data.total_capped) })
    : ''

  return (
    <Page
      title={t('customers.title')}
      note={note}
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
    >
      {entering ? (
        <Suspense fallback={null}>
          <NewCustomer onClose={() => setEntering(false)} />
        </Suspense>
      ) : null}
      <Card>
        <CustomerFilters filters={filters} />
        <Async query={customers} rows={10}>
          {(page) =>
            page.items.length ? (
              <>
                <DataTable
                  label={t('customers.list')}
                  columns={columns}
                  rows={page.items}
                  rowKey={(row) => row.id}
                  onOpen={(row) => void navigate(`/customers/${row.id}`)}
                  busy={customers.isPlaceholderData}
                />
                <Pager cursor={cursor} page={page} />
              </>
            ) : filters.active ? (
              <NothingFound onClear={filters.clear} />
            ) : (
              <NoCustomers />
            )
          }
        </Async>
      </Card>
    </Page>
  )
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

function useColumns(): Column<CustomerRow>[] {
  const { t } = useTranslation()
  return [
    { key: 'name', title: t('customers.name'), width: 210, render: (row) => <CustomerName customer={row} /> },
    {
      key: 'status',
      title: t('customers.status'),
      width: 210,
      render: (row) => <Standing row={row} />,
    },
    {
      key: 'tags',
      title: t('customers.tags'),
      render: (row) => (row.tags.length ? <TagChips tags={ownFirst(row.tags)} most={TAGS_SHOWN} /> : '—'),
    },
    { key: 'followers', title: t('customers.followers'), width: 140, render: (row) => <Followers row={row} /> },
    {
      key: 'addWay',
      title: t('customers.addWay'),
      width: 170,
      render: (row) => {
        const follow = row.matched ?? leading(row.follows)
        return (
          <>
            <div>{wordFor('addWay', follow?.add_way)}</div>
            {follow?.state ? <div className="s-sub">{follow.state}</div> : null}
          </>
        )
      },
    },
    {
      key: 'addedAt',
      title: t('customers.addedAt'),
      width: 150,
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
      <Pill tone={toneOf(state)}>{t(`followStatus.${state}`)}</Pill>
      {row.matched ? (
        <div className="s-sub">
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
