import { CheckCircleFilled } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import { useAlertSummary } from '@/api/alerts'
import { useHandoverSummary } from '@/api/handovers'
import { useBroadcastSummary } from '@/api/broadcasts'
import { useCan } from '@/api/me'
import { useAlarms, useSyncRuns, useTasks } from '@/api/operations'
import { useLanguage } from '@/shared/i18n'
import { Card } from '@/shared/ui/Page'

interface Item {
  key: string
  text: string
  to: string
}

function useItems(customers: number): Item[] {
  const { t } = useTranslation()
  const language = useLanguage()
  const can = useCan()
  const alarms = useAlarms({ enabled: can('alarms.read') })
  const alerts = useAlertSummary({ enabled: can('alerts.read') })
  const handovers = useHandoverSummary({ enabled: can('handovers.read') })
  const tasks = useTasks({ limit: 1 }, { enabled: can('tasks.read') })
  const syncs = useSyncRuns({ limit: 1 }, { enabled: can('sync.read') })
  const broadcasts = useBroadcastSummary({ enabled: can('broadcasts.send') })
  const items: Item[] = []
  const add = (key: string, text: string, to: string): number => items.push({ key, text, to })

  for (const alarm of alarms.data?.items ?? []) {
    add(`alarm-${String(alarm.id)}`, language === 'zh-CN' ? alarm.zh : alarm.en, alarm.path)
  }
  if (syncs.data?.total === 0 || (syncs.data && customers === 0 && syncs.data.items[0]?.state !== 'running')) {
    add('sync', t('dashboard.todoSync'), '/sync')
  }
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
    add('approval', t('broadcast.todoApproval', { count }), '/broadcasts?state=waiting_approval')
  }
  if (tasks.data?.total) add('tasks', t('dashboard.todoTasks', { count: tasks.data.total }), '/tasks')
  return items
}

/** What waits for this user, each with the way there. */
export function Todo({ customers }: { customers: number }) {
  const { t } = useTranslation()
  const items = useItems(customers)
  return (
    <Card title={t('dashboard.todo')} className="f-todo">
      {items.length ? (
        <ul>
          {items.map((item) => (
            <li key={item.key}>
              <span id={`todo-${item.key}`}>{item.text}</span>
              <Link to={item.to} aria-describedby={`todo-${item.key}`}>
                {t('dashboard.go')}
              </Link>
            </li>
          ))}
        </ul>
      ) : (
        <p className="f-todo-none">
          <CheckCircleFilled aria-hidden="true" /> {t('dashboard.todoNone')}
        </p>
      )}
    </Card>
  )
}
