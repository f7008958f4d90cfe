import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { useTimeline, type TimelineRow } from '@/api/customers'
import { listed, wordFor } from '@/shared/i18n'
import { clockTime, dayOf, dayTitle, exactTime } from '@/shared/lib/time'
import { Async, EmptyState } from '@/shared/ui/States'

/** Entries under the day on which they happened, newest day first. */
export function byDay(rows: readonly TimelineRow[]): { day: string; title: string; rows: TimelineRow[] }[] {
  const days: { day: string; title: string; rows: TimelineRow[] }[] = []
  for (const row of rows) {
    const day = dayOf(row.at)
    const last = days.at(-1)
    if (last?.day === day) last.rows.push(row)
    else days.push({ day, title: dayTitle(row.at), rows: [row] })
  }
  return days
}

const BAD = new Set(['deleted_by_staff', 'deleted_by_customer', 'welcome_refused', 'welcome_expired', 'alert_raised'])
const GOOD = new Set(['added', 'taken_over', 're_added', 'welcome_sent'])
const toneOf = (kind: string): string => (BAD.has(kind) ? 's-bad' : GOOD.has(kind) ? 's-good' : '')

function factText(name: string, value: unknown): string {
  if (Array.isArray(value)) return listed(value.map((item) => factText('', item)))
  if (typeof value === 'boolean') return wordFor('state', value ? 'yes' : 'no')
  if (name === 'add_way') return wordFor('addWay', value as number)
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  return String(value)
}

function Happening({ row }: { row: TimelineRow }) {
  const facts = Object.entries(row.facts).filter(
    ([, value]) => value !== null && value !== '' && value !== false && !(Array.isArray(value) && !value.length),
  )
  return (
    <li>
      <time dateTime={row.at} title={exactTime(row.at)}>
        {clockTime(row.at)}
      </time>
      <span className={`s-timeline-dot ${toneOf(row.kind)}`} aria-hidden="true" />
      <div>
        <div>
          {row.staff_name ? <b>{row.staff_name} </b> : null}
          {wordFor('timeline', row.kind)}
        </div>
        {facts.map(([name, value]) => (
          <div key={name} className="s-sub">
            {wordFor('fact', name)}: {factText(name, value)}
          </div>
        ))}
      </div>
    </li>
  )
}

/** What happened to a customer, grouped by day. */
export function Timeline({ externalUserid }: { externalUserid: string }) {
  const { t } = useTranslation()
  const timeline = useTimeline(externalUserid)
  return (
    <Async query={timeline}>
      {(data) => {
        const days = byDay(data.pages.flatMap((page) => page.items))
        if (!days.length) return <EmptyState title={t('customer.noTimeline')} />
        return (
          <>
            {days.map((day) => (
              <section key={day.day} aria-label={day.title}>
                <h3 className="s-timeline-day">{day.title}</h3>
                <ol className="s-timeline">
                  {day.rows.map((row) => (
                    <Happening key={row.id} row={row} />
                  ))}
                </ol>
              </section>
            ))}
            {timeline.hasNextPage ? (
              <Button block loading={timeline.isFetchingNextPage} onClick={() => void timeline.fetchNextPage()}>
                {t('action.more')}
              </Button>
            ) : null}
          </>
        )
      }}
    </Async>
  )
}
