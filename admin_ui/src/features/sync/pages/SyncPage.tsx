import '../words'

import { useMutation, useQuery } from '@tanstack/react-query'
import { SyncOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/me'
import { resource } from '@/api/resource'
import type { SyncRun } from '@/api/types'
import { actorName } from '@/shared/i18n'
import { useCursor } from '@/shared/lib/filters'
import { number } from '@/shared/lib/numbers'
import { exactTime, seconds } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Card, Page } from '@/shared/ui/Page'
import { Pager } from '@/shared/ui/Pager'
import { Async, EmptyState, useErrorWords } from '@/shared/ui/States'

import { RunCard } from '../components/RunCard'
import { isUnderWay, SYNC_TONE } from '../states'
import '../sync.css'

/** Start a sync, watch it, and look back at earlier ones. */
export default function SyncPage() {
  const { t } = useTranslation()
  const can = useCan()
  const cursor = useCursor('sync')
  const newest = useQuery(resource('sync-runs').list('', { limit: 1 }))
  const runs = useQuery(resource('sync-runs').list('', { limit: 20, cursor: cursor.cursor ?? null }))
  const current = newest.data?.items[0]
  const underWay = current !== undefined && isUnderWay(current.state)

  return (
    <Page
      title={t('sync.title')}
      note={t('sync.note')}
      actions={can('sync.start') ? <StartButton underWay={underWay} /> : null}
    >
      {current ? <RunCard run={current} /> : null}
      <Card title={t('sync.history')}>
        <Async query={runs}>
          {(page) =>
            page.items.length ? (
              <>
                <History runs={page.items} />
                <Pager cursor={cursor} page={page} />
              </>
            ) : (
              <EmptyState
                title={t('sync.empty')}
                hint={t('sync.emptyHint')}
                action={can('sync.start') ? <StartButton underWay={false} /> : null}
              />
            )
          }
        </Async>
      </Card>
    </Page>
  )
}

function StartButton({ underWay }: { underWay: boolean }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const start = useMutation(resource('sync-runs').act('post', ''))
  return (
    <Button
      type="primary"
      icon={<SyncOutlined />}
      loading={start.isPending}
      disabled={underWay}
      title={underWay ? t('sync.running') : ''}
      onClick={() =>
        start.mutate(undefined, {
          onSuccess: () => void message.success(t('sync.started')),
          onError: (error) => void message.error(words(error)),
        })
      }
    >
      {t('sync.start')}
    </Button>
  )
}

function History({ runs }: { runs: readonly SyncRun[] }) {
  const { t } = useTranslation()
  const took = useTook()
  const columns: Column<SyncRun>[] = [
    { key: 'at', title: t('sync.at'), width: 180, render: (run) => <span className="s-when">{exactTime(run.started_at)}</span> },
    {
      key: 'state',
      title: t('sync.state'),
      width: 90,
      render: (run) => <Pill tone={SYNC_TONE[run.state]}>{t(`syncState.${run.state}`)}</Pill>,
    },
    { key: 'took', title: t('sync.took'), width: 110, render: took },
    {
      key: 'objects',
      title: t('sync.objects'),
      width: 100,
      render: (run) => number(run.steps.reduce((sum, step) => sum + step.done, 0)),
    },
    { key: 'by', title: t('sync.by'), width: 180, render: (run) => actorName(run.started_by) },
    { key: 'reason', title: t('sync.reason'), render: (run) => run.reason ?? '—' },
  ]
  return <DataTable label={t('sync.list')} columns={columns} rows={runs} rowKey={(run) => run.id} />
}

function useTook(): (run: SyncRun) => string {
  const { t } = useTranslation()
  return (run) => {
    const all = seconds(run.started_at, run.finished_at)
    if (all === null) return '—'
    return all < 60 ? t('sync.seconds', { n: all }) : t('sync.minutes', { m: Math.floor(all / 60), s: all % 60 })
  }
}
