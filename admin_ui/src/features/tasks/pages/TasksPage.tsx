import '../words'

import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Button, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/me'
import { resource } from '@/api/resource'
import type { TaskKind, TaskQuery, TaskRow } from '@/api/types'
import { useCursor, useFilters } from '@/shared/lib/filters'
import { exactTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Card, Page } from '@/shared/ui/Page'
import { Pager } from '@/shared/ui/Pager'
import { Async, EmptyState, NothingFound, useErrorWords } from '@/shared/ui/States'

/** What to say before each kind is tried again; a kind without an entry does not compile. */
const HINTS: Record<TaskKind, 'Hint' | 'Call' | 'Item'> = {
  callback: 'Hint',
  event: 'Hint',
  call: 'Call',
  scan: 'Hint',
  clock: 'Hint',
  item: 'Item',
  handover: 'Hint',
  broadcast: 'Hint',
  broadcast_recipient: 'Hint',
  archive: 'Hint',
  media: 'Hint',
  job: 'Hint',
  export: 'Hint',
  contact_row: 'Hint',
  deleted_tag: 'Hint',
  search_text: 'Hint',
  group_text: 'Hint',
  group_day: 'Hint',
  alert_text: 'Hint',
  message_text: 'Hint',
  message_key: 'Hint',
}

const KINDS = Object.keys(HINTS) as TaskKind[]

/** Work that stopped and needs a person: why, and once more. */
export default function TasksPage() {
  const { t } = useTranslation()
  const can = useCan()
  const filters = useFilters(['kind'])
  const cursor = useCursor(filters.values)
  const tasks = useQuery(resource('tasks').list('', { ...filters.values, limit: 20, cursor: cursor.cursor } as TaskQuery))
  const columns: Column<TaskRow>[] = [
    {
      key: 'what',
      title: t('tasks.what'),
      width: 230,
      render: (row) => <span className="s-mono">{row.what}</span>,
    },
    {
      key: 'kind',
      title: t('tasks.kind'),
      width: 120,
      render: (row) => <Pill tone={row.kind === 'call' ? 'warn' : 'info'}>{t(`taskKind.${row.kind}`)}</Pill>,
    },
    { key: 'subject', title: t('tasks.subject'), width: 150, render: (row) => <span className="s-mono">{row.subject}</span> },
    { key: 'reason', title: t('tasks.reason'), render: (row) => row.reason ?? t('tasks.noReason') },
    { key: 'attempts', title: t('tasks.attempts'), width: 80, render: (row) => row.attempts },
    {
      key: 'created',
      title: t('tasks.created'),
      width: 165,
      render: (row) => <span className="s-when">{exactTime(row.created_at)}</span>,
    },
    ...(can('tasks.replay')
      ? [{ key: 'action', title: t('tasks.action'), width: 90, render: (row: TaskRow) => <Replay row={row} /> }]
      : []),
  ]
  return (
    <Page title={t('tasks.title')} note={t('tasks.note')}>
      <Card>
        <div className="s-toolbar s-views">
          <Select<TaskKind | ''>
            className="s-filter"
            aria-label={t('tasks.kinds')}
            value={(filters.one('kind') as TaskKind | undefined) ?? ''}
            onChange={(kind) => filters.change({ kind })}
            options={[
              { value: '', label: t('common.all') },
              ...KINDS.map((kind) => ({ value: kind, label: t(`taskKind.${kind}`) })),
            ]}
          />
        </div>
        <Async query={tasks}>
          {(page) =>
            page.items.length ? (
              <>
                <DataTable
                  label={t('tasks.list')}
                  columns={columns}
                  rows={page.items}
                  rowKey={(row) => `${row.kind}:${row.id}`}
                  busy={tasks.isPlaceholderData}
                />
                <Pager cursor={cursor} page={page} />
              </>
            ) : filters.active ? (
              <NothingFound onClear={filters.clear} />
            ) : (
              <EmptyState title={t('tasks.empty')} hint={t('tasks.emptyHint')} />
            )
          }
        </Async>
      </Card>
    </Page>
  )
}

function Replay({ row }: { row: TaskRow }) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const words = useErrorWords()
  const replay = useMutation(resource('tasks').act('post', '{kind}/{task_id}/replay'))
  const run = (): Promise<void> =>
    replay.mutateAsync({ kind: row.kind, task_id: row.id }).then(
      () => void message.success(t('tasks.replayed')),
      (error: unknown) => void message.error(words(error)),
    )
  return (
    <Button
      size="small"
      loading={replay.isPending}
      aria-label={`${t('tasks.replay')} ${row.what} ${row.subject}`}
      onClick={() =>
        void modal.confirm({
          title: t('tasks.replayTitle'),
          content: t(`tasks.replay${HINTS[row.kind]}`),
          okText: t('tasks.replay'),
          cancelText: t('action.cancel'),
          onOk: run,
        })
      }
    >
      {t('tasks.replay')}
    </Button>
  )
}
