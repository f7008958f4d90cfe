import '../words'

import { useQuery } from '@tanstack/react-query'
import { Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { CallbackQuery, CallbackRow, InboxState } from '@/api/types'
import { wordFor } from '@/shared/i18n'
import { useCursor, useFilters, type Filters } from '@/shared/lib/filters'
import { exactTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { FoldedFilters } from '@/shared/ui/FoldedFilters'
import { Card, Page } from '@/shared/ui/Page'
import { Pager } from '@/shared/ui/Pager'
import { SearchBox } from '@/shared/ui/SearchBox'
import { Async, EmptyState, NothingFound } from '@/shared/ui/States'

import { CallbackDrawer } from '../components/CallbackDrawer'
import { CHANGE_TYPES, EVENTS, titleOf } from '../events'
import { INBOX_TONE } from '../states'

const FILTERS = ['q', 'state', 'app', 'event', 'change_type', 'id'] as const

/** Every callback as it came, with its state. */
export default function CallbacksPage() {
  const { t } = useTranslation()
  const filters = useFilters(FILTERS)
  const { id, ...wanted } = filters.values
  const cursor = useCursor(wanted)
  const callbacks = useQuery(
    resource('callbacks').list('', { ...wanted, limit: 20, cursor: cursor.cursor } as CallbackQuery),
  )
  const open = (row: CallbackRow): void => filters.change({ id: String(row.id) })
  const opened = Number(id) || null
  const columns = useColumns(open)
  return (
    <Page title={t('callbacks.title')} note={t('callbacks.note')}>
      <Card>
        <CallbackFilters filters={filters} />
        <Async query={callbacks} rows={10}>
          {(page) =>
            page.items.length ? (
              <>
                <DataTable
                  label={t('callbacks.list')}
                  columns={columns}
                  rows={page.items}
                  rowKey={(row) => row.id}
                  onOpen={open}
                  selected={(row) => row.id === opened}
                  busy={callbacks.isPlaceholderData}
                />
                <Pager cursor={cursor} page={page} />
              </>
            ) : Object.keys(wanted).length ? (
              <NothingFound onClear={filters.clear} />
            ) : (
              <EmptyState title={t('callbacks.empty')} hint={t('callbacks.emptyHint')} />
            )
          }
        </Async>
      </Card>
      <CallbackDrawer id={opened} onClose={() => filters.change({ id: undefined })} />
    </Page>
  )
}

function CallbackFilters({ filters }: { filters: Filters }) {
  const { t } = useTranslation()
  const { one, change } = filters
  return (
    <>
      <div className="s-toolbar s-views">
        <Segmented<InboxState | ''>
          aria-label={t('callbacks.states')}
          value={(one('state') as InboxState | undefined) ?? ''}
          onChange={(state) => change({ state })}
          options={[
            { value: '', label: t('common.all') },
            { value: 'ready', label: t('inboxState.ready') },
            { value: 'done', label: t('inboxState.done') },
            { value: 'parked', label: t('inboxState.parked') },
          ]}
        />
      </div>
      <div className="s-toolbar" role="search">
        <SearchBox
          wide
            label={t('callbacks.search')}
          placeholder={t('callbacks.searchHint')}
          value={one('q') ?? ''}
          onChange={(q) => change({ q })}
        />
        <FoldedFilters>
          <Select<string | null>
            className="s-filter-wide"
            aria-label={t('filter.event')}
            placeholder={t('filter.event')}
            allowClear
            options={EVENTS.map((event) => ({ value: event, label: wordFor('event', event) }))}
            value={one('event') ?? null}
            onChange={(event) => change({ event: event ?? undefined })}
          />
          <Select<string | null>
            className="s-filter-wide"
            aria-label={t('filter.kind')}
            placeholder={t('filter.kind')}
            allowClear
            options={CHANGE_TYPES.map((type) => ({ value: type, label: wordFor('changeType', type) }))}
            value={one('change_type') ?? null}
            onChange={(change_type) => change({ change_type: change_type ?? undefined })}
          />
        </FoldedFilters>
      </div>
    </>
  )
}

function useColumns(open: (row: CallbackRow) => void): Column<CallbackRow>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'event',
      title: t('callbacks.event'),
      width: 230,
      render: (row) => (
        <>
          <button type="button" className="s-link" onClick={() => open(row)}>
            {titleOf(row)}
          </button>
          <div className="s-sub">{[row.event, row.change_type].filter(Boolean).join(' / ')}</div>
        </>
      ),
    },
    {
      key: 'state',
      title: t('callbacks.state'),
      width: 90,
      render: (row) => <Pill tone={INBOX_TONE[row.state]}>{t(`inboxState.${row.state}`)}</Pill>,
    },
    { key: 'app', title: t('callbacks.app'), width: 110, render: (row) => row.app },
    {
      key: 'about',
      title: t('callbacks.about'),
      render: (row) => (
        <span className="s-mono">
          {[row.userid, row.external_userid, row.chat_id].filter(Boolean).join(' · ') || '—'}
        </span>
      ),
    },
    {
      key: 'received',
      title: t('callbacks.received'),
      width: 170,
      render: (row) => <span className="s-when">{exactTime(row.received_at)}</span>,
    },
    { key: 'attempts', title: t('callbacks.attempts'), width: 80, render: (row) => row.attempts },
  ]
}
