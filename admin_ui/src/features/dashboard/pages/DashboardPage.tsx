import '../words'

import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import { useCurrentUser } from '@/api/me'
import { useFilters } from '@/shared/lib/filters'
import { Page } from '@/shared/ui/Page'
import { Async } from '@/shared/ui/States'

import { Own } from '../components/Own'
import { Ranking } from '../components/Ranking'
import { Tiles, useFigures } from '../components/Tiles'
import { Todo, useWaiting } from '../components/Todo'
import { Trend } from '../components/Trend'

const RANGES = ['7', '30', '90'] as const
type Range = (typeof RANGES)[number]
const WHOLE_CORP = new Set(['administrator', 'compliance', 'marketer'])

/** Figures of what the user may see, and what waits for somebody. */
export default function DashboardPage() {
  const { t } = useTranslation()
  const me = useCurrentUser()
  const filters = useFilters(['days'])
  const days = RANGES.find((range) => range === filters.one('days')) ?? '30'
  const summary = useQuery(resource('customers').list('summary', { days: Number(days) }))
  // Beside the summary, not after.
  useFigures()
  useWaiting()
  return (
    <Page
      title={t('dashboard.title')}
      note={WHOLE_CORP.has(me.role) ? t('dashboard.scopeAll') : t('dashboard.scopeOwn')}
      actions={
        <Segmented<Range>
          aria-label={t('dashboard.range')}
          value={days}
          onChange={(range) => filters.change({ days: range === '30' ? undefined : range })}
          options={RANGES.map((range) => ({ value: range, label: t('dashboard.days', { count: Number(range) }) }))}
        />
      }
    >
      <Async query={summary} rows={10}>
        {(data) => (
          <div className="f-board">
            <Tiles summary={data} />
            <Trend days={data.days} />
            <div className="f-side">
              {WHOLE_CORP.has(me.role) ? null : <Own summary={data} />}
              <Todo />
            </div>
            <Ranking rows={data.ranking} />
          </div>
        )}
      </Async>
    </Page>
  )
}
