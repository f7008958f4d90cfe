import '../words'

import { useQuery } from '@tanstack/react-query'
import { Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useLocation, useNavigate, useParams } from 'react-router'

import { resource } from '@/api/resource'
import type { AlertKind, AlertQuery, AlertRow, AlertState } from '@/api/types'
import { useCursor, useFilters, writeFilters, type Filters } from '@/shared/lib/filters'
import { ago, exactTime } from '@/shared/lib/time'
import { Called } from '@/shared/ui/Called'
import { Pill, TagChips } from '@/shared/ui/Chips'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { FoldedFilters } from '@/shared/ui/FoldedFilters'
import { Card, Page } from '@/shared/ui/Page'
import { Pager } from '@/shared/ui/Pager'
import { SearchBox } from '@/shared/ui/SearchBox'
import { StaffSelect } from '@/shared/ui/StaffSelect'
import { Async, EmptyState, NothingFound } from '@/shared/ui/States'
import { Tile } from '@/shared/ui/Tile'

import { AlertDrawer } from '../components/AlertDrawer'
import { VIEWS } from '../kinds'
import { viewOf } from '../kinds/view'
import { STATE_TONE } from '../tones'

const KINDS = (Object.keys(VIEWS) as AlertKind[]).sort((one, other) => VIEWS[one].place - VIEWS[other].place)

const FILTERS = ['q', 'state', 'kind', 'userid', 'external_userid', 'id'] as const

/** Alerts by state; the one in the address is open beside the list. */
export default function AlertsPage() {
  const { t } = useTranslation()
  const filters = useFilters(FILTERS)
  const { id: inPath } = useParams()
  const navigate = useNavigate()
  const { search } = useLocation()
  const { id: inQuery, ...wanted } = filters.values
  // Nothing to do is said of the open ones alone; under every other filter there may be more outside of it.
  const filtered = Object.entries(wanted).some(([name, value]) => name !== 'state' || value !== 'open')
  const cursor = useCursor(wanted)
  const alerts = useQuery(resource('alerts').list('', { ...wanted, limit: 20, cursor: cursor.cursor } as AlertQuery))
  const opened = Number(inQuery ?? inPath) || null
  // In the query and not in the path: another path is another page, and the focus could not come back to its row.
  const open = (row: AlertRow): void => filters.change({ id: String(row.id) })
  const close = (): void => {
    const rest = writeFilters(new URLSearchParams(search), { id: undefined })
    void navigate({ pathname: '/alerts', search: rest.toString() }, { replace: true })
  }
  const columns = useColumns(open)

  return (
    <Page title={t('alerts.title')} note={t('alerts.note')}>
      <Card>
        <AlertFilters filters={filters} />
        <Async query={alerts} rows={8}>
          {(page) =>
            page.items.length ? (
              <>
                <DataTable
                  label={t('alerts.list')}
                  columns={columns}
                  rows={page.items}
                  rowKey={(row) => row.id}
                  onOpen={open}
                  selected={(row) => row.id === opened}
                  busy={alerts.isPlaceholderData}
                />
                <Pager cursor={cursor} page={page} />
              </>
            ) : filtered ? (
              <NothingFound onClear={filters.clear} />
            ) : (
              <EmptyState
                title={filters.one('state') === 'open' ? t('alerts.emptyOpen') : t('alerts.empty')}
                hint={filters.one('state') === 'open' ? t('alerts.emptyOpenHint') : t('alerts.emptyHint')}
              />
            )
          }
        </Async>
      </Card>
      <AlertDrawer id={opened} onClose={close} />
    </Page>
  )
}

function AlertFilters({ filters }: { filters: Filters }) {
  const { t } = useTranslation()
  const summary = useQuery(resource('alerts').one('summary', {}))
  const { one, change } = filters
  const counted = (state: AlertState, count: number | undefined): string =>
    count === undefined ? t(`alertState.${state}`) : `${t(`alertState.${state}`)} ${count}`
  return (
    <>
      <div className="s-toolbar s-views">
        <Segmented<AlertState | ''>
          aria-label={t('alerts.states')}
          value={(one('state') as AlertState | undefined) ?? ''}
          onChange={(state) => change({ state })}
          options={[
            { value: '', label: t('common.all') },
            { value: 'open', label: counted('open', summary.data?.open) },
            { value: 'in_review', label: counted('in_review', summary.data?.in_review) },
            { value: 'closed', label: t('alertState.closed') },
          ]}
        />
      </div>
      <div className="s-toolbar" role="search">
        <SearchBox
          label={t('alerts.search')}
          placeholder={t('alerts.searchHint')}
          value={one('q') ?? ''}
          onChange={(q) => change({ q })}
        />
        <FoldedFilters>
          <Select<AlertKind | null>
            className="s-filter"
            aria-label={t('filter.kind')}
            placeholder={t('filter.kind')}
            allowClear
            options={KINDS.map((kind) => ({ value: kind, label: t(`alertKind.${kind}`) }))}
            value={(one('kind') as AlertKind | undefined) ?? null}
            onChange={(kind) => change({ kind: kind ?? undefined })}
          />
          <StaffSelect label={t('alerts.staff')} value={one('userid')} onChange={(userid) => change({ userid })} />
        </FoldedFilters>
      </div>
    </>
  )
}

function useColumns(open: (row: AlertRow) => void): Column<AlertRow>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'customer',
      title: t('alerts.customer'),
      width: 190,
      render: (row) => (
        <div className="s-person">
          <Tile name={row.customer_name} seed={row.external_userid} image={row.customer_avatar} />
          <button type="button" className="s-link s-person-name" onClick={() => open(row)}>
            <Called name={row.customer_name} remark={row.remark} />
          </button>
        </div>
      ),
    },
    {
      key: 'kind',
      title: t('alerts.kind'),
      width: 130,
      render: (row) => <Pill tone={viewOf(row.kind).tone}>{t(`alertKind.${row.kind}`)}</Pill>,
    },
    { key: 'staff', title: t('alerts.staff'), width: 110, render: (row) => row.staff_name || row.userid },
    { key: 'tags', title: t('alerts.tags'), render: (row) => <TagNames names={viewOf(row.kind).chips(row)} /> },
    {
      key: 'at',
      title: t('alerts.at'),
      width: 130,
      render: (row) => (
        <time className="s-when" dateTime={row.event_at} title={exactTime(row.event_at)}>
          {ago(row.event_at)}
        </time>
      ),
    },
    {
      key: 'state',
      title: t('alerts.state'),
      width: 90,
      render: (row) => <Pill tone={STATE_TONE[row.state]}>{t(`alertState.${row.state}`)}</Pill>,
    },
    { key: 'handler', title: t('alerts.handler'), width: 110, render: (row) => row.closed_by ?? row.reviewer ?? '—' },
  ]
}

function TagNames({ names }: { names: readonly string[] }) {
  return names.length ? <TagChips tags={names.map((name) => ({ name }))} most={3} /> : <>—</>
}
