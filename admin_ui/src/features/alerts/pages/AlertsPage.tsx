import '../words'

import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { AlertKind, AlertQuery, AlertRow, AlertState } from '@/api/types'
import type { ListAddress } from '@/shared/list/address'
import type { NamedFilter } from '@/shared/list/Bar'
import { Dot } from '@/shared/list/Dot'
import { List, OpenLink } from '@/shared/list/List'
import type { ListColumn } from '@/shared/list/Table'
import type { ListView } from '@/shared/list/Views'
import { useWorkingList } from '@/shared/list/working'
import { ago, exactTime } from '@/shared/lib/time'
import { Called } from '@/shared/ui/Called'
import { TagChips } from '@/shared/ui/Chips'
import { StaffName, StaffSelect } from '@/shared/ui/StaffSelect'
import { EmptyState } from '@/shared/ui/States'
import { Tile } from '@/shared/ui/Tile'

import { AlertPanel } from '../components/AlertPanel'
import { VIEWS } from '../kinds'
import { viewOf } from '../kinds/view'
import { STATE_TONE } from '../tones'

const KINDS = (Object.keys(VIEWS) as AlertKind[]).sort((one, other) => VIEWS[one].place - VIEWS[other].place)

const FILTERS = ['q', 'state', 'kind', 'userid', 'external_userid'] as const

/** Alerts by state; the one in the address is open beside the list. */
export default function AlertsPage() {
  const { t } = useTranslation()
  const list = useWorkingList({ name: 'alerts', path: '/alerts', filters: FILTERS, kind: 'alert' })
  const { address } = list
  const alerts = useQuery({ ...resource('alerts').list('', list.asked as AlertQuery), enabled: list.enabled })
  const columns = useColumns(address)
  const open = address.one('state') === 'open'
  return (
    <List
      list={list}
      title={t('alerts.title')}
      label={t('alerts.list')}
      query={alerts}
      columns={columns}
      rowKey={(row) => row.id}
      views={{ label: t('alerts.states'), items: useViews() }}
      search={{ label: t('alerts.search'), placeholder: t('alerts.searchHint') }}
      named={useNamed(address)}
      // Nothing to do is said of the open ones alone; under every other filter there may be more outside of it.
      emptyUnder={[{ state: 'open' }]}
      empty={
        <EmptyState
          title={open ? t('alerts.emptyOpen') : t('alerts.empty')}
          hint={open ? t('alerts.emptyOpenHint') : t('alerts.emptyHint')}
        />
      }
      panel={{ title: t('alerts.detail'), render: (id) => <AlertPanel id={Number(id)} /> }}
    />
  )
}

function useViews(): ListView[] {
  const { t } = useTranslation()
  const summary = useQuery(resource('alerts').one('summary', {}))
  return [
    { key: 'all', label: t('common.all'), values: {} },
    { key: 'open', label: t('alertState.open'), count: summary.data?.open, values: { state: 'open' } },
    { key: 'in_review', label: t('alertState.in_review'), count: summary.data?.in_review, values: { state: 'in_review' } },
    { key: 'closed', label: t('alertState.closed'), values: { state: 'closed' } },
  ]
}

function useNamed({ one, change }: ListAddress): NamedFilter[] {
  const { t } = useTranslation()
  const [kind, userid, customer] = [one('kind') as AlertKind | undefined, one('userid'), one('external_userid')]
  const state = one('state') as AlertState | undefined
  return [
    {
      names: ['state'],
      label: t('alerts.state'),
      said: state ? t(`alertState.${state}`) : null,
      field: null,
      as: state ? { field: 'state', op: 'is', value: state } : null,
    },
    {
      names: ['kind'],
      label: t('filter.kind'),
      said: kind ? t(`alertKind.${kind}`) : null,
      as: kind ? { field: 'kind', op: 'is', value: kind } : null,
      field: (
        <Select<AlertKind | null>
          aria-label={t('filter.kind')}
          placeholder={t('filter.kind')}
          allowClear
          options={KINDS.map((value) => ({ value, label: t(`alertKind.${value}`) }))}
          value={kind ?? null}
          onChange={(value) => change({ kind: value ?? undefined })}
        />
      ),
    },
    {
      names: ['userid'],
      label: t('alerts.staff'),
      said: userid ? <StaffName userid={userid} /> : null,
      as: userid ? { field: 'member', op: 'is', value: userid } : null,
      field: <StaffSelect label={t('alerts.staff')} value={userid} onChange={(value) => change({ userid: value })} />,
    },
    { names: ['external_userid'], label: t('alerts.customer'), said: customer ?? null, field: null },
  ]
}

function useColumns(address: ListAddress): ListColumn<AlertRow>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'customer',
      title: t('alerts.customer'),
      width: 230,
      render: (row) => (
        <div className="s-person">
          <Tile name={row.customer_name} seed={row.external_userid} image={row.customer_avatar} size={28} />
          <OpenLink address={address} id={row.id}>
            <Called name={row.customer_name} remark={row.remark} />
          </OpenLink>
        </div>
      ),
    },
    {
      key: 'kind',
      title: t('alerts.kind'),
      width: 130,
      render: (row) => <Dot tone={viewOf(row.kind).tone}>{t(`alertKind.${row.kind}`)}</Dot>,
    },
    { key: 'member', title: t('alerts.staff'), width: 100, render: (row) => row.staff_name || row.userid },
    { key: 'tags', title: t('alerts.tags'), width: 220, render: (row) => <TagNames names={viewOf(row.kind).chips(row)} /> },
    {
      key: 'event_at',
      title: t('alerts.at'),
      width: 120,
      render: (row) => (
        <time className="s-when" dateTime={row.event_at} title={exactTime(row.event_at)}>
          {ago(row.event_at)}
        </time>
      ),
    },
    {
      key: 'state',
      title: t('alerts.state'),
      width: 100,
      render: (row) => <Dot tone={STATE_TONE[row.state]}>{t(`alertState.${row.state}`)}</Dot>,
    },
    { key: 'handler', title: t('alerts.handler'), width: 110, render: (row) => row.closed_by ?? row.reviewer ?? '—' },
  ]
}

function TagNames({ names }: { names: readonly string[] }) {
  return names.length ? <TagChips tags={names.map((name) => ({ name }))} most={3} /> : <>—</>
}
