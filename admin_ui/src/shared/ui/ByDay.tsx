import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { clockTime, dayOf, dayTitle, exactTime } from '../lib/time'

/** Rows under the day on which they happened, in the order they come in. */
export function byDay<Row extends { at: string }>(rows: readonly Row[]): { day: string; title: string; rows: Row[] }[] {
  const days: { day: string; title: string; rows: Row[] }[] = []
  for (const row of rows) {
    const day = dayOf(row.at)
    const last = days.at(-1)
    if (last?.day === day) last.rows.push(row)
    else days.push({ day, title: dayTitle(row.at), rows: [row] })
  }
  return days
}

export type Tone = 'good' | 'bad' | 'plain'

const TONES: Readonly<Record<Tone, string>> = { good: 's-good', bad: 's-bad', plain: '' }

interface HappeningProps {
  at: string
  tone: Tone
  /** Who it is about, in bold before what happened. */
  who?: string | null
  title: ReactNode
  /** In place of the dot. */
  icon?: ReactNode
  children?: ReactNode
}

/** One thing that happened: when, to whom, what, and below it what is known of it. */
export function Happening({ at, tone, who, title, icon, children }: HappeningProps) {
  return (
    <li>
      <time dateTime={at} title={exactTime(at)}>
        {clockTime(at)}
      </time>
      <span className={`${icon ? 's-timeline-icon' : 's-timeline-dot'} ${TONES[tone]}`} aria-hidden="true">
        {icon}
      </span>
      <div>
        <div>
          {who ? <b>{who} </b> : null}
          {title}
        </div>
        {children}
      </div>
    </li>
  )
}

interface ByDayProps<Row> {
  rows: readonly Row[]
  /** The pages behind the rows: whether there are more, and how they come. */
  pages: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> }
  happening: (row: Row) => ReactNode
  /** Said below the last row, once all are there. */
  end?: ReactNode
}

/** What happened, by day, newest first. */
export function ByDay<Row extends { at: string }>({ rows, pages, happening, end }: ByDayProps<Row>) {
  const { t } = useTranslation()
  return (
    <>
      {byDay(rows).map((day) => (
        <section key={day.day} aria-label={day.title}>
          <h3 className="s-timeline-day">{day.title}</h3>
          <ol className="s-timeline">{day.rows.map(happening)}</ol>
        </section>
      ))}
      {pages.hasNextPage ? (
        <Button block loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t('action.more')}
        </Button>
      ) : (
        end
      )}
    </>
  )
}
