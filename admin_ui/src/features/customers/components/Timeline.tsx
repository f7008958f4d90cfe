import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { TimelineRow } from '@/api/types'
import { clockTime, dayOf, dayTitle, exactTime } from '@/shared/lib/time'
import { Async, EmptyState } from '@/shared/ui/States'

import { VIEWS } from '../kinds'
import { FACTS, titleOf, type View, type Views } from '../kinds/view'

/** What happened to a customer, thirty at a time. */
export const timelineOf = (customer: string) => resource('customers').pages('{customer}/timeline', { customer, limit: 30 })

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

const TONES = { good: 's-good', bad: 's-bad', plain: '' }

/** Whether a fact says anything; a kind tells some of its facts only sometimes. */
const told = (value: unknown): boolean => value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && !value.length)

function Happening({ row }: { row: TimelineRow }) {
  const { t } = useTranslation()
  // A row may be of a kind that only a newer version knows.
  const view: View = (VIEWS as Partial<Views>)[row.kind] ?? { tone: 'plain', shows: [] }
  const facts = view.shows.filter((name) => told(row.facts[name]))
  return (
    <li>
      <time dateTime={row.at} title={exactTime(row.at)}>
        {clockTime(row.at)}
      </time>
      <span className={`s-timeline-dot ${TONES[view.tone]}`} aria-hidden="true" />
      <div>
        <div>
          {row.staff_name ? <b>{row.staff_name} </b> : null}
          {titleOf(row.kind)}
        </div>
        {facts.map((name) => (
          <div key={name} className="s-sub">
            {t(`fact.${name}`)}: {FACTS[name](row.facts[name])}
          </div>
        ))}
      </div>
    </li>
  )
}

/** What happened to a customer, grouped by day. */
export function Timeline({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const timeline = useInfiniteQuery(timelineOf(customer))
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
