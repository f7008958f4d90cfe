import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { BroadcastDetail, SenderRow } from '@/api/types'
import { useCan } from '@/api/me'
import { useCursor, useFilters } from '@/shared/lib/filters'
import { number } from '@/shared/lib/numbers'
import { ago, exactTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Pager } from '@/shared/ui/Pager'
import { SearchBox } from '@/shared/ui/SearchBox'
import { Async, EmptyState, NothingFound, useErrorWords } from '@/shared/ui/States'
import { Tile } from '@/shared/ui/Tile'

/** The senders under the filters of the address. */
export function useSendersShown(broadcastId: number) {
  const filters = useFilters(['q'])
  const q = filters.one('q') ?? ''
  const cursor = useCursor({ q })
  const asked = resource('broadcasts').list('{broadcast_id}/senders', {
    broadcast_id: broadcastId,
    limit: 20,
    q,
    cursor: cursor.cursor,
  })
  return { filters, q, cursor, senders: useQuery(asked) }
}

/** Members with their part; those who have not sent can be reminded. */
export function SendersTable({ broadcast }: { broadcast: BroadcastDetail }) {
  const { t } = useTranslation()
  const can = useCan()
  const { message } = App.useApp()
  const words = useErrorWords()
  const { filters, q, cursor, senders } = useSendersShown(broadcast.id)
  const remind = useMutation(resource('broadcasts').act('post', '{broadcast_id}/remind'))
  const may = can('broadcasts.send') && ['sending', 'paused', 'collecting'].includes(broadcast.state)
  const call = (userids: string[]): void =>
    remind.mutate({ broadcast_id: broadcast.id, userids }, {
      onSuccess: ({ reminded }) => void message.success(t('broadcast.reminded', { count: reminded })),
      onError: (error) => void message.error(words(error)),
    })
  const columns = useColumns(may, remind.isPending, (row) => call([row.userid]))
  const waiting = broadcast.progress.senders - broadcast.progress.senders_confirmed
  return (
    <>
      <div className="s-toolbar">
        <SearchBox label={t('broadcast.searchStaff')} placeholder={t('broadcast.searchStaff')} value={q} onChange={(wanted) => filters.change({ q: wanted })} />
        {may && waiting > 0 ? (
          <Button loading={remind.isPending} onClick={() => call([])}>
            {t('broadcast.remindAll', { count: waiting })}
          </Button>
        ) : null}
      </div>
      <Async query={senders} rows={6}>
        {(page) =>
          page.items.length ? (
            <>
              <DataTable
                label={t('broadcast.staff')}
                columns={columns}
                rows={page.items}
                rowKey={(row) => row.userid}
                busy={senders.isPlaceholderData}
              />
              <Pager cursor={cursor} page={page} />
            </>
          ) : filters.active ? (
            <NothingFound title={t('broadcast.noStaff')} onClear={filters.clear} />
          ) : (
            <EmptyState title={t('broadcast.noStaffYet')} />
          )
        }
      </Async>
    </>
  )
}

function useColumns(may: boolean, busy: boolean, remind: (row: SenderRow) => void): Column<SenderRow>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'staff',
      title: t('broadcast.member'),
      render: (row) => (
        <div className="s-person">
          <Tile name={row.staff_name} seed={row.userid} size={32} round={false} />
          <span className="s-person-name">{row.staff_name}</span>
        </div>
      ),
    },
    {
      key: 'state',
      title: t('broadcast.state'),
      width: 140,
      render: (row) =>
        row.confirmed_at ? (
          <span title={exactTime(row.confirmed_at)}>
            <Pill tone="good">{t('broadcast.sentAgo', { time: ago(row.confirmed_at) })}</Pill>
          </span>
        ) : (
          <Pill tone={row.waiting ? 'info' : 'plain'}>{row.waiting ? t('broadcast.notSent') : t('broadcast.nothingToSend')}</Pill>
        ),
    },
    { key: 'recipients', title: t('broadcast.customers'), width: 80, render: (row) => number(row.recipients) },
    { key: 'delivered', title: t('recipientState.delivered'), width: 80, render: (row) => number(row.delivered) },
    {
      key: 'failed',
      title: t('broadcast.failed'),
      width: 80,
      render: (row) => <span title={row.reason ?? ''}>{number(row.failed)}</span>,
    },
    {
      key: 'remind',
      title: t('broadcast.remind'),
      width: 130,
      render: (row) =>
        may && !row.confirmed_at && row.waiting ? (
          <Button
            size="small"
            disabled={busy || row.reminders_left === 0}
            aria-label={t('broadcast.remindOne', { name: row.staff_name })}
            onClick={() => remind(row)}
          >
            {t('broadcast.remindLeft', { n: row.reminders_left })}
          </Button>
        ) : (
          '—'
        ),
    },
  ]
}
