import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import type { Schemas } from '@/api/client'
import { number } from '@/shared/lib/numbers'
import { Card } from '@/shared/ui/Page'

/** A salesperson's own figures, each with the way to the customers behind it. */
export function Own({ summary }: { summary: Schemas['CustomerSummary'] }) {
  const { t } = useTranslation()
  const today = summary.days.at(-1)?.day ?? '' // China's
  const monday = mondayOf(today)
  const rows = [
    [t('dashboard.ownCustomers'), summary.customers, '/customers'],
    [t('dashboard.addedThisWeek'), summary.added_this_week, `/customers?added_from=${monday}&added_to=${today}`],
    [t('dashboard.lostThisWeek'), summary.lost_this_week, `/customers?lost_from=${monday}&lost_to=${today}`],
    [t('dashboard.awaiting'), summary.awaiting_handover, '/customers?awaiting_handover=true'],
  ] as const
  return (
    <Card title={t('dashboard.own')} className="f-todo">
      <ul>
        {rows.map(([name, value, to]) => (
          <li key={to}>
            <span>{name}</span>
            <Link to={to}>{number(value)}</Link>
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** The Monday of a day's week, both as `2026-11-22`. */
export function mondayOf(day: string): string {
  const at = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(at.getTime())) return ''
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7))
  return at.toISOString().slice(0, 10)
}
