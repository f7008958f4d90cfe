import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { TimelineRow } from '@/api/types'
import { ByDay, Happening } from '@/shared/ui/ByDay'
import { Async, EmptyState } from '@/shared/ui/States'

import { VIEWS } from '../kinds'
import { FACTS, titleOf, type View, type Views } from '../kinds/view'

/** What happened to a customer, thirty at a time. */
export const timelineOf = (customer: string) => resource('customers').pages('{customer}/timeline', { customer, limit: 30 })

/** Whether a fact says anything; a kind tells some of its facts only sometimes. */
const told = (value: unknown): boolean => value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && !value.length)

function Entry({ row }: { row: TimelineRow }) {
  const { t } = useTranslation()
  // A row may be of a kind that only a newer version knows.
  const view: View = (VIEWS as Partial<Views>)[row.kind] ?? { tone: 'plain', shows: [] }
  const facts = view.shows.filter((name) => told(row.facts[name]))
  return (
    <Happening at={row.at} tone={view.tone} who={row.staff_name} title={titleOf(row.kind)}>
      {facts.map((name) => (
        <div key={name} className="s-sub">
          {t(`fact.${name}`)}: {FACTS[name](row.facts[name])}
        </div>
      ))}
    </Happening>
  )
}

/** What happened to a customer, grouped by day. */
export function Timeline({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const timeline = useInfiniteQuery(timelineOf(customer))
  return (
    <Async query={timeline}>
      {(data) => {
        const rows = data.pages.flatMap((page) => page.items)
        if (!rows.length) return <EmptyState title={t('customer.noTimeline')} />
        return <ByDay rows={rows} pages={timeline} happening={(row) => <Entry key={row.id} row={row} />} />
      }}
    </Async>
  )
}
