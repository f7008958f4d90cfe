import '../words'

import { useQuery } from '@tanstack/react-query'
import { PlusOutlined } from '@ant-design/icons'
import { Button, Select } from 'antd'
import { Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'

import { resource } from '@/api/resource'
import type { BroadcastQuery, BroadcastRow, BroadcastState } from '@/api/types'
import { useCan } from '@/api/me'
import { useCursor, useFilters } from '@/shared/lib/filters'
import { number } from '@/shared/lib/numbers'
import { ago, dateTime, exactTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { lazily } from '@/shared/ui/lazily'
import { Card, Page } from '@/shared/ui/Page'
import { Pager } from '@/shared/ui/Pager'
import { SearchBox } from '@/shared/ui/SearchBox'
import { Async, EmptyState, NothingFound } from '@/shared/ui/States'

import { PartsBar } from '../components/Parts'
import { STATE_TONE, STATES } from '../states'
import '../broadcasts.css'

const PolicyDialog = lazily(() => import('../components/PolicyDialog'))

const FILTERS = ['q', 'state'] as const

/** All broadcasts, newest first. */
export default function BroadcastsPage() {
  const { t } = useTranslation()
  const can = useCan()
  const navigate = useNavigate()
  const filters = useFilters(FILTERS)
  const cursor = useCursor(filters.values)
  const broadcasts = useQuery(
    resource('broadcasts').list('', { ...filters.values, limit: 20, cursor: cursor.cursor } as BroadcastQuery),
  )
  const open = (row: BroadcastRow): void => void navigate(`/broadcasts/${row.id}`)
  const columns = useColumns(open)
  const create = can('broadcasts.send') ? (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => void navigate('/broadcasts/new')}>
      {t('broadcast.create')}
    </Button>
  ) : null
  const settings = useFilters(['settings'])
  const ruling = settings.active && can('broadcasts.set')
  const actions = (
    <>
      {can('broadcasts.set') ? <Button onClick={() => settings.change({ settings: 'true' })}>{t('broadcast.policy')}</Button> : null}
      {create}
    </>
  )
  return (
    <Page title={t('broadcast.title')} note={t('broadcast.note')} actions={actions}>
      {ruling ? (
        <Suspense fallback={null}>
          <PolicyDialog onClose={() => settings.clear()} />
        </Suspense>
      ) : null}
      <Card>
        <div className="s-toolbar" role="search">
          <SearchBox
            label={t('broadcast.search')}
            placeholder={t('broadcast.searchHint')}
            value={filters.one('q') ?? ''}
            onChange={(q) => filters.change({ q })}
          />
          <Select<BroadcastState | null>
            className="s-filter"
            aria-label={t('broadcast.state')}
            placeholder={t('broadcast.state')}
            allowClear
            options={STATES.map((state) => ({ value: state, label: t(`broadcastState.${state}`) }))}
            value={(filters.one('state') as BroadcastState | undefined) ?? null}
            onChange={(state) => filters.change({ state: state ?? undefined })}
          />
        </div>
        <Async query={broadcasts} rows={8}>
          {(page) =>
            page.items.length ? (
              <>
                <DataTable
                  label={t('broadcast.list')}
                  columns={columns}
                  rows={page.items}
                  rowKey={(row) => row.id}
                  onOpen={open}
                  busy={broadcasts.isPlaceholderData}
                />
                <Pager cursor={cursor} page={page} />
              </>
            ) : filters.active ? (
              <NothingFound onClear={filters.clear} />
            ) : (
              <EmptyState title={t('broadcast.none')} hint={t('broadcast.noneHint')} action={create} />
            )
          }
        </Async>
      </Card>
    </Page>
  )
}

function useColumns(open: (row: BroadcastRow) => void): Column<BroadcastRow>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'title',
      title: t('broadcast.name'),
      render: (row) => (
        <div>
          <button type="button" className="s-link s-person-name" onClick={() => open(row)}>
            {row.title}
          </button>
          <div className="s-sub">{row.author_name}</div>
        </div>
      ),
    },
    {
      key: 'state',
      title: t('broadcast.state'),
      width: 110,
      render: (row) => <Pill tone={STATE_TONE[row.state]}>{t(`broadcastState.${row.state}`)}</Pill>,
    },
    {
      key: 'audience',
      title: t('broadcast.customers'),
      width: 90,
      render: (row) => (row.report.audience ? number(row.report.audience) : '—'),
    },
    {
      key: 'delivered',
      title: t('broadcast.result'),
      width: 160,
      render: (row) =>
        row.report.audience ? (
          <div className="f-mini">
            <PartsBar report={row.report} />
            <span className="s-sub">{t('broadcast.deliveredOf', { n: number(row.report.delivered) })}</span>
          </div>
        ) : (
          '—'
        ),
    },
    {
      key: 'confirmed',
      title: t('broadcast.confirmed'),
      width: 110,
      render: (row) =>
        row.progress.senders ? `${number(row.progress.senders_confirmed)} / ${number(row.progress.senders)}` : '—',
    },
    {
      key: 'at',
      title: t('broadcast.when'),
      width: 150,
      render: (row) => {
        const at = row.started_at ?? row.send_at ?? row.created_at
        return (
          <time className="s-when" dateTime={at} title={exactTime(at)}>
            {row.state === 'scheduled' ? dateTime(at) : ago(at)}
          </time>
        )
      },
    },
  ]
}
