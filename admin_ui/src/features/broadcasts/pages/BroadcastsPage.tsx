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
import { useFilters } from '@/shared/lib/filters'
import { number } from '@/shared/lib/numbers'
import { ago, dateTime, exactTime } from '@/shared/lib/time'
import type { ListAddress } from '@/shared/list/address'
import type { NamedFilter } from '@/shared/list/Bar'
import { Dot } from '@/shared/list/Dot'
import { List, OpenLink } from '@/shared/list/List'
import type { ListColumn } from '@/shared/list/Table'
import type { ListView } from '@/shared/list/Views'
import { useWorkingList } from '@/shared/list/working'
import { lazily } from '@/shared/ui/lazily'
import { EmptyState } from '@/shared/ui/States'

import { BroadcastPanel } from '../components/BroadcastPanel'
import { PartsBar } from '../components/Parts'
import { STATE_TONE, STATES } from '../states'
import '../broadcasts.css'

const PolicyDialog = lazily(() => import('../components/PolicyDialog'))

const FILTERS = ['q', 'state'] as const

/** All broadcasts, newest first; the one in the address is open beside the list. */
export default function BroadcastsPage() {
  const { t } = useTranslation()
  const can = useCan()
  const navigate = useNavigate()
  const list = useWorkingList({ name: 'broadcasts', path: '/broadcasts', filters: FILTERS, kind: 'broadcast' })
  const { address } = list
  const broadcasts = useQuery({ ...resource('broadcasts').list('', list.asked as BroadcastQuery), enabled: list.enabled })
  const create = can('broadcasts.send') ? (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => void navigate('/broadcasts/new')}>
      {t('broadcast.create')}
    </Button>
  ) : null
  const settings = useFilters(['settings'])
  const ruling = settings.active && can('broadcasts.set')
  return (
    <List
      list={list}
      title={t('broadcast.title')}
      label={t('broadcast.list')}
      query={broadcasts}
      columns={useColumns(address)}
      rowKey={(row) => row.id}
      views={{ label: t('broadcast.views'), items: useViews() }}
      search={{ label: t('broadcast.search'), placeholder: t('broadcast.searchHint') }}
      named={useNamed(address)}
      actions={
        <>
          {can('broadcasts.set') ? <Button onClick={() => settings.change({ settings: 'true' })}>{t('broadcast.policy')}</Button> : null}
          {create}
        </>
      }
      empty={<EmptyState title={t('broadcast.none')} hint={t('broadcast.noneHint')} action={create} />}
      panel={{
        title: t('broadcast.detail'),
        render: (id) => <BroadcastPanel id={Number(id)} />,
        whole: (id) => `/broadcasts/${id}`,
      }}
    >
      {ruling ? (
        <Suspense fallback={null}>
          <PolicyDialog onClose={() => settings.clear()} />
        </Suspense>
      ) : null}
    </List>
  )
}

/** What waits for somebody, each at a click. */
function useViews(): ListView[] {
  const { t } = useTranslation()
  const states = ['draft', 'waiting_approval', 'collecting', 'finished'] as const
  return [
    { key: 'all', label: t('common.all'), values: {} },
    ...states.map((state) => ({ key: state, label: t(`broadcastState.${state}`), values: { state } })),
  ]
}

function useNamed({ one, change }: ListAddress): NamedFilter[] {
  const { t } = useTranslation()
  const state = one('state') as BroadcastState | undefined
  return [
    {
      names: ['state'],
      label: t('broadcast.state'),
      said: state ? t(`broadcastState.${state}`) : null,
      as: state ? { field: 'state', op: 'is', value: state } : null,
      field: (
        <Select<BroadcastState | null>
          aria-label={t('broadcast.state')}
          placeholder={t('broadcast.state')}
          allowClear
          options={STATES.map((value) => ({ value, label: t(`broadcastState.${value}`) }))}
          value={state ?? null}
          onChange={(value) => change({ state: value ?? undefined })}
        />
      ),
    },
  ]
}

function useColumns(address: ListAddress): ListColumn<BroadcastRow>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'title',
      title: t('broadcast.name'),
      width: 260,
      render: (row) => (
        <>
          <OpenLink address={address} id={row.id}>
            {row.title}
          </OpenLink>
          <div className="l-second">{row.author_name}</div>
        </>
      ),
    },
    {
      key: 'state',
      title: t('broadcast.state'),
      width: 110,
      render: (row) => <Dot tone={STATE_TONE[row.state]}>{t(`broadcastState.${row.state}`)}</Dot>,
    },
    {
      key: 'customers',
      title: t('broadcast.customers'),
      width: 90,
      numeric: true,
      render: (row) => (row.report.audience ? number(row.report.audience) : '—'),
    },
    {
      key: 'delivered',
      title: t('broadcast.result'),
      width: 150,
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
      numeric: true,
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
