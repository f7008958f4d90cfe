import '../words'

import { useQuery } from '@tanstack/react-query'
import { Button, Segmented, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'

import { resource } from '@/api/resource'
import type { HandoverQuery, HandoverRow, HandoverState } from '@/api/types'
import { useCan } from '@/api/me'
import { listed } from '@/shared/i18n'
import { useCursor, useFilters, type Filters } from '@/shared/lib/filters'
import { number } from '@/shared/lib/numbers'
import { ago, exactTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Card, Page } from '@/shared/ui/Page'
import { Pager } from '@/shared/ui/Pager'
import { SearchBox } from '@/shared/ui/SearchBox'
import { Async, EmptyState, NothingFound } from '@/shared/ui/States'
import { Tile } from '@/shared/ui/Tile'

import { CreateDialog } from '../components/CreateDialog'
import { PolicyDialog } from '../components/PolicyDialog'
import { ProgressBar } from '../components/Progress'
import { STATE_TONE } from '../tones'
import '../handovers.css'

/** Departures and transfers, newest first; the deadline of each that waits for successors. */
export default function HandoversPage() {
  const { t } = useTranslation()
  const can = useCan()
  const navigate = useNavigate()
  const filters = useFilters(['q', 'state', 'kind', 'late'])
  const cursor = useCursor(filters.values)
  const handovers = useQuery(
    resource('handovers').list('', { ...filters.values, limit: 20, cursor: cursor.cursor } as HandoverQuery),
  )
  const [dialog, setDialog] = useState<'create' | 'policy' | null>(null)
  const columns = useColumns()
  return (
    <Page
      title={t('handover.title')}
      note={t('handover.note')}
      actions={
        <>
          {can('handovers.policy') ? <Button onClick={() => setDialog('policy')}>{t('handover.policy')}</Button> : null}
          {can('handovers.handle') ? (
            <Button type="primary" onClick={() => setDialog('create')}>
              {t('handover.create')}
            </Button>
          ) : null}
        </>
      }
    >
      <Card>
        <HandoverFilters filters={filters} />
        <Async query={handovers} rows={8}>
          {(page) =>
            page.items.length ? (
              <>
                <DataTable
                  label={t('handover.list')}
                  columns={columns}
                  rows={page.items}
                  rowKey={(row) => row.id}
                  onOpen={(row) => void navigate(`/handovers/${row.id}`)}
                  busy={handovers.isPlaceholderData}
                />
                <Pager cursor={cursor} page={page} />
              </>
            ) : filters.active ? (
              <NothingFound onClear={filters.clear} />
            ) : (
              <EmptyState title={t('handover.none')} hint={t('handover.noneHint')} />
            )
          }
        </Async>
      </Card>
      {dialog === 'create' ? <CreateDialog onDone={() => setDialog(null)} /> : null}
      {dialog === 'policy' ? <PolicyDialog onDone={() => setDialog(null)} /> : null}
    </Page>
  )
}

function HandoverFilters({ filters }: { filters: Filters }) {
  const { t } = useTranslation()
  const summary = useQuery(resource('handovers').one('summary', {}))
  const { one, change } = filters
  const counted = (state: HandoverState, count: number | undefined): string =>
    count ? `${t(`handoverState.${state}`)} ${number(count)}` : t(`handoverState.${state}`)
  const late = summary.data?.late
  return (
    <>
      <div className="s-toolbar s-views">
        <Segmented<HandoverState | '' | 'late'>
          aria-label={t('handover.states')}
          value={one('late') ? 'late' : ((one('state') as HandoverState | undefined) ?? '')}
          onChange={(view) =>
            change(view === 'late' ? { state: undefined, late: 'true' } : { state: view, late: undefined })
          }
          options={[
            { value: '', label: t('common.all') },
            { value: 'open', label: counted('open', summary.data?.open) },
            { value: 'late', label: late ? `${t('handover.late')} ${number(late)}` : t('handover.late') },
            { value: 'running', label: counted('running', summary.data?.running) },
            { value: 'done', label: t('handoverState.done') },
            { value: 'closed', label: t('handoverState.closed') },
          ]}
        />
      </div>
      <div className="s-toolbar" role="search">
        <SearchBox
          label={t('handover.search')}
          placeholder={t('handover.search')}
          value={one('q') ?? ''}
          onChange={(q) => change({ q })}
        />
        <Select<string | null>
          className="s-filter"
          aria-label={t('filter.kind')}
          placeholder={t('filter.kind')}
          allowClear
          value={one('kind') ?? null}
          onChange={(kind) => change({ kind: kind ?? undefined })}
          options={(['departure', 'on_job'] as const).map((kind) => ({ value: kind, label: t(`handoverKind.${kind}`) }))}
        />
      </div>
    </>
  )
}

function useColumns(): Column<HandoverRow>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'staff',
      title: t('handover.giver'),
      width: 220,
      render: (row) => (
        <div className="s-person">
          <Tile name={row.staff_name} seed={row.userid} />
          <div>
            <Link className="s-person-name" to={`/handovers/${row.id}`}>
              {row.staff_name}
            </Link>
            <div className="s-sub">{row.department}</div>
          </div>
        </div>
      ),
    },
    { key: 'kind', title: t('filter.kind'), width: 110, render: (row) => t(`handoverKind.${row.kind}`) },
    {
      key: 'progress',
      title: t('handover.progress'),
      render: (row) => (
        <div className="f-handover-progress">
          <span>
            {t('handover.customersDone', { done: number(row.customers.done), total: number(row.customers.total) })}
            {row.groups.total
              ? ` · ${t('handover.groupsDone', { done: number(row.groups.done), total: number(row.groups.total) })}`
              : ''}
          </span>
          <ProgressBar counts={row.customers.total ? row.customers : row.groups} label={t('handover.progress')} />
        </div>
      ),
    },
    {
      key: 'assigned',
      title: t('handover.assignedTo'),
      width: 130,
      render: (row) => listed(row.assigned_to) || t('handover.nobodyAssigned'),
    },
    {
      key: 'due',
      title: t('handover.due'),
      width: 130,
      render: (row) =>
        row.state === 'open' && row.kind === 'departure' ? (
          <time
            className={row.late ? 's-when f-handover-late' : 's-when'}
            dateTime={row.due_at}
            title={exactTime(row.due_at)}
          >
            {row.late ? t('handover.lateSince', { time: ago(row.due_at) }) : ago(row.due_at)}
          </time>
        ) : (
          '—'
        ),
    },
    {
      key: 'state',
      title: t('handover.state'),
      width: 110,
      render: (row) => (
        <Pill tone={row.late ? 'bad' : STATE_TONE[row.state]}>
          {row.late ? t('handover.late') : t(`handoverState.${row.state}`)}
        </Pill>
      ),
    },
  ]
}
