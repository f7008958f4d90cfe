import '../words'

import { DownloadOutlined } from '@ant-design/icons'
import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Button, Progress } from 'antd'
import { useTranslation } from 'react-i18next'

import { exportedAddress } from '@/api/addresses'
import type { Schemas } from '@/api/client'
import { resource } from '@/api/resource'
import { useCursor } from '@/shared/lib/filters'
import { bytes, number } from '@/shared/lib/numbers'
import { ago, exactTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Card, Page } from '@/shared/ui/Page'
import { Pager } from '@/shared/ui/Pager'
import { Async, EmptyState, useErrorWords } from '@/shared/ui/States'

type Row = Schemas['ExportRow']

const GOING = new Set<Row['state']>(['waiting', 'running'])
const TONE: Partial<Record<Row['state'], 'good' | 'bad'>> = { done: 'good', failed: 'bad', stopped: 'bad' }
const AGAIN = 2_000 // milliseconds between two looks while something is being written

/** What one has had written into files: how far each is, and the file. */
export default function ExportsPage() {
  const { t } = useTranslation()
  const cursor = useCursor('exports')
  const exports = useQuery({
    ...resource('exports').list('', { limit: 20, cursor: cursor.cursor }),
    refetchInterval: ({ state }) => (state.data?.items.some((row) => GOING.has(row.state)) ? AGAIN : false),
  })
  const columns: Column<Row>[] = [
    { key: 'name', title: t('exports.name'), render: (row) => <span className="s-mono">{row.name}</span> },
    { key: 'state', title: t('exports.state'), width: 230, render: (row) => <Standing row={row} /> },
    { key: 'rows', title: t('exports.rows'), width: 90, render: (row) => number(row.rows) },
    { key: 'size', title: t('exports.size'), width: 100, render: (row) => (row.size === null ? '—' : bytes(row.size)) },
    {
      key: 'created',
      title: t('exports.created'),
      width: 120,
      render: (row) => (
        <time className="s-when" dateTime={row.created_at} title={exactTime(row.created_at)}>
          {ago(row.created_at)}
        </time>
      ),
    },
    {
      key: 'expires',
      title: t('exports.expires'),
      width: 165,
      render: (row) => <span className="s-when">{row.expires_at ? exactTime(row.expires_at) : '—'}</span>,
    },
    { key: 'action', title: t('exports.action'), width: 110, render: (row) => <Act row={row} /> },
  ]
  return (
    <Page title={t('exports.title')} note={t('exports.note')}>
      <Card>
        <Async query={exports} rows={6}>
          {(page) =>
            page.items.length ? (
              <>
                <DataTable
                  label={t('exports.list')}
                  columns={columns}
                  rows={page.items}
                  rowKey={(row) => row.id}
                  busy={exports.isPlaceholderData}
                />
                <Pager cursor={cursor} page={page} />
              </>
            ) : (
              <EmptyState title={t('exports.empty')} hint={t('exports.emptyHint')} />
            )
          }
        </Async>
      </Card>
    </Page>
  )
}

function Standing({ row }: { row: Row }) {
  const { t } = useTranslation()
  if (row.state !== 'running') {
    return <Pill tone={TONE[row.state] ?? 'plain'}>{t(`exports.states.${row.state}`)}</Pill>
  }
  const { rows, total } = row
  const said = total === null ? t('exports.soFar', { rows }) : t('exports.progress', { rows, total: Math.max(rows, total) })
  return (
    <div role="status">
      <Progress percent={total ? Math.min(99, Math.floor((rows / total) * 100)) : 0} size="small" aria-label={said} />
      <span className="s-sub">{said}</span>
    </div>
  )
}

function Act({ row }: { row: Row }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const cancel = useMutation(resource('exports').act('post', '{export_id}/cancel'))
  if (row.state === 'done') {
    return (
      <Button size="small" icon={<DownloadOutlined aria-hidden />} href={exportedAddress(row.id)} download>
        {t('exports.download')}
      </Button>
    )
  }
  if (!GOING.has(row.state) && row.state !== 'failed') return <>—</>
  return (
    <Button
      size="small"
      loading={cancel.isPending}
      onClick={() =>
        cancel.mutate(
          { export_id: row.id },
          {
            onSuccess: () => void message.success(t('exports.cancelled')),
            onError: (error) => void message.error(words(error)),
          },
        )
      }
    >
      {t('exports.cancel')}
    </Button>
  )
}
