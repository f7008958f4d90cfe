import { useQuery } from '@tanstack/react-query'
import { DownloadOutlined } from '@ant-design/icons'
import { Button, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import { resource } from '@/api/resource'
import type { BroadcastDetail, RecipientRow, RecipientStatus } from '@/api/types'
import { tableAddress } from '@/api/addresses'
import { useCursor, useFilters } from '@/shared/lib/filters'
import { number } from '@/shared/lib/numbers'
import { ago, exactTime } from '@/shared/lib/time'
import { Called } from '@/shared/ui/Called'
import { Pill } from '@/shared/ui/Chips'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Pager } from '@/shared/ui/Pager'
import { StaffSelect } from '@/shared/ui/StaffSelect'
import { Async, EmptyState, NothingFound } from '@/shared/ui/States'
import { Tile } from '@/shared/ui/Tile'

import { parts, RECIPIENT_TONE } from '../states'

/** Customers with what became of each, and the whole as a table for a spreadsheet. */
export function RecipientsTable({ broadcast }: { broadcast: BroadcastDetail }) {
  const { t } = useTranslation()
  const filters = useFilters(['state', 'userid'])
  const cursor = useCursor(filters.values)
  const state = (filters.one('state') as RecipientStatus | undefined) ?? null
  const userid = filters.one('userid')
  const recipients = useQuery(
    resource('broadcasts').list('{broadcast_id}/recipients', {
      broadcast_id: broadcast.id,
      limit: 20,
      cursor: cursor.cursor,
      state,
      userid,
    }),
  )
  const columns = useColumns()
  return (
    <>
      <div className="s-toolbar">
        <Select<RecipientStatus | null>
          className="s-filter-wide"
          aria-label={t('broadcast.recipientState')}
          placeholder={t('broadcast.recipientState')}
          allowClear
          value={state}
          onChange={(wanted) => filters.change({ state: wanted ?? undefined })}
          options={parts(broadcast.report).map((part) => ({
            value: part.state,
            label: `${t(`recipientState.${part.state}`)} ${number(part.count)}`,
          }))}
        />
        <StaffSelect label={t('broadcast.member')} value={userid} onChange={(wanted) => filters.change({ userid: wanted })} />
        <Button icon={<DownloadOutlined aria-hidden />} href={tableAddress(broadcast.id)} download>
          {t('broadcast.export')}
        </Button>
      </div>
      <Async query={recipients} rows={6}>
        {(page) =>
          page.items.length ? (
            <>
              <DataTable
                label={t('broadcast.recipients')}
                columns={columns}
                rows={page.items}
                rowKey={(row) => row.external_userid}
                busy={recipients.isPlaceholderData}
              />
              <Pager cursor={cursor} page={page} />
            </>
          ) : filters.active ? (
            <NothingFound title={t('broadcast.noRecipients')} onClear={filters.clear} />
          ) : (
            <EmptyState title={t('broadcast.noRecipientsYet')} />
          )
        }
      </Async>
    </>
  )
}

function useColumns(): Column<RecipientRow>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'customer',
      title: t('broadcast.customer'),
      render: (row) => (
        <div className="s-person">
          <Tile name={row.customer_name} seed={row.external_userid} size={32} />
          <Link to={`/customers/${encodeURIComponent(row.external_userid)}`}>
            <Called name={row.customer_name} remark={row.customer_remark} />
          </Link>
        </div>
      ),
    },
    { key: 'staff', title: t('broadcast.member'), width: 130, render: (row) => row.staff_name },
    {
      key: 'state',
      title: t('broadcast.result'),
      width: 200,
      render: (row) => (
        <span title={row.reason ?? ''}>
          <Pill tone={RECIPIENT_TONE[row.state]}>{t(`recipientState.${row.state}`)}</Pill>
        </span>
      ),
    },
    {
      key: 'at',
      title: t('broadcast.sentAt'),
      width: 140,
      render: (row) =>
        row.sent_at ? (
          <time className="s-when" dateTime={row.sent_at} title={exactTime(row.sent_at)}>
            {ago(row.sent_at)}
          </time>
        ) : (
          '—'
        ),
    },
  ]
}
