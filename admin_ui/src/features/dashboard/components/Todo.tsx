import { useQuery } from '@tanstack/react-query'
import { CheckCircleFilled } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import { resource } from '@/api/resource'
import { useCan } from '@/api/me'
import { useHeard } from '@/api/pulse'
import { listed, useLanguage } from '@/shared/i18n'
import { Card } from '@/shared/ui/Page'
import { LoadingState } from '@/shared/ui/States'

interface Item {
  key: string
  text: string
  to: string
  /** Who has been told of it besides. */
  note?: string
}

interface Waiting {
  items: Item[]
  /** What was looked at, by name. */
  looked: string[]
  state: 'loading' | 'unread' | 'read'
}

/** What waits for this user, and whether it could be read. */
export function useWaiting(): Waiting {
  const { t } = useTranslation()
  const language = useLanguage()
  const can = useCan()
  const alarms = useQuery({ ...resource('alarms').one('', {}), enabled: can('alarms.read') })
  const alerts = useQuery({ ...resource('alerts').one('summary', {}), enabled: can('alerts.read') })
  const handovers = useQuery({ ...resource('handovers').one('summary', {}), enabled: can('handovers.read') })
  const heard = useHeard()
  const tasks = { data: heard.ready ? heard.tasksParked : undefined, error: null }
  const syncs = useQuery({ ...resource('sync-runs').list('', { limit: 1 }), enabled: can('sync.read') })
  const broadcasts = useQuery({ ...resource('broadcasts').one('summary', {}), enabled: can('broadcasts.send') })
  const sources = [
    { name: t('dashboard.alarms'), may: can('alarms.read'), query: alarms },
    { name: t('dashboard.lookedAt.alerts'), may: can('alerts.read'), query: alerts },
    { name: t('dashboard.lookedAt.handovers'), may: can('handovers.read'), query: handovers },
    { name: t('dashboard.lookedAt.broadcasts'), may: can('broadcasts.send'), query: broadcasts },
    { name: t('dashboard.lookedAt.tasks'), may: can('tasks.read'), query: tasks },
    { name: t('dashboard.lookedAt.sync'), may: can('sync.read'), query: syncs },
  ].filter((source) => source.may)
  const items: Item[] = []
  const add = (key: string, text: string, to: string, note?: string): number => items.push({ key, text, to, note })

  for (const alarm of alarms.data?.items ?? []) {
    const told = alarm.notices.map(({ kind, state, people }) =>
      t('dashboard.told', { kind: t(`noticeKind.${kind}`), state: t(`noticeState.${state}`), people }),
    )
    add(`alarm-${String(alarm.id)}`, language === 'zh-CN' ? alarm.zh : alarm.en, alarm.path, listed(told))
  }
  if (syncs.data?.total === 0) add('sync', t('dashboard.todoSync'), '/sync')
  if (syncs.data?.items[0]?.state === 'failed') add('failed', t('dashboard.todoSyncFailed'), '/sync')
  if (alerts.data?.open) add('open', t('dashboard.todoAlerts', { count: alerts.data.open }), '/alerts?state=open')
  if (alerts.data?.in_review) {
    add('review', t('dashboard.todoReview', { count: alerts.data.in_review }), '/alerts?state=in_review')
  }
  if (handovers.data?.late) {
    add('late', t('dashboard.todoLate', { count: handovers.data.late }), '/handovers?late=true')
  }
  if (handovers.data && handovers.data.open > handovers.data.late) {
    const count = handovers.data.open - handovers.data.late
    add('handovers', t('dashboard.todoHandovers', { count }), '/handovers?state=open')
  }
  if (broadcasts.data?.waiting_approval) {
    const count = broadcasts.data.waiting_approval
    add('approval', t('dashboard.todoApproval', { count }), '/broadcasts?state=waiting_approval')
  }
  if (broadcasts.data?.limits_to_confirm) {
    const count = broadcasts.data.limits_to_confirm
    add('limits', t('dashboard.todoLimits', { count }), '/broadcasts?settings=true')
  }
  if (tasks.data && can('tasks.read')) add('tasks', t('dashboard.todoTasks', { count: tasks.data }), '/tasks')
  return {
    items,
    looked: sources.map((source) => source.name),
    state: sources.some(({ query }) => query.error && !query.data)
      ? 'unread'
      : sources.some(({ query }) => query.data === undefined)
        ? 'loading'
        : 'read',
  }
}

/** What waits for this user, each with the way there. */
export function Todo() {
  const { t } = useTranslation()
  const { items, looked, state } = useWaiting()
  return (
    <Card title={t('dashboard.todo')} className="f-todo">
      {items.length ? (
        <ul>
          {items.map((item) => (
            <li key={item.key}>
              <span id={`todo-${item.key}`}>
                {item.text}
                {item.note ? <span className="s-sub"> {item.note}</span> : null}
              </span>
              <Link to={item.to} aria-describedby={`todo-${item.key}`}>
                {t('dashboard.go')}
              </Link>
            </li>
          ))}
        </ul>
      ) : (
        <Nothing looked={looked} state={state} />
      )}
      {items.length && state === 'unread' ? <p className="s-sub">{t('dashboard.todoUnread')}</p> : null}
    </Card>
  )
}

/** Nothing waits: said of what was looked at, once it has been read. */
function Nothing({ looked, state }: Omit<Waiting, 'items'>) {
  const { t } = useTranslation()
  if (state === 'loading') return <LoadingState rows={3} />
  if (state === 'unread') return <p className="s-sub">{t('dashboard.todoUnread')}</p>
  return (
    <>
      <p className="f-todo-none">
        <CheckCircleFilled aria-hidden="true" /> {t('dashboard.todoNone')}
      </p>
      <p className="s-sub">{t('dashboard.todoLooked', { what: listed(looked) })}</p>
    </>
  )
}
