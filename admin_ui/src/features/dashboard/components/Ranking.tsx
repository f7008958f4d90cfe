import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import type { Schemas } from '@/api/client'
import { Card } from '@/shared/ui/Page'
import { EmptyState } from '@/shared/ui/States'
import { Tile } from '@/shared/ui/Tile'

/** Who added most customers in the range; each bar leads to that member's customers. */
export function Ranking({ rows }: { rows: readonly Schemas['StaffCount'][] }) {
  const { t } = useTranslation()
  const most = Math.max(1, ...rows.map((row) => row.added))
  return (
    <Card title={t('dashboard.ranking')} className="f-ranking">
      {rows.length ? (
        <ol>
          {rows.map((row) => (
            <li key={row.userid}>
              <Tile name={row.staff_name} seed={row.userid} size={28} />
              <Link to={`/customers?userid=${encodeURIComponent(row.userid)}`}>{row.staff_name}</Link>
              <span className="f-bar" aria-hidden="true">
                <span style={{ width: `${(row.added / most) * 100}%` }} />
              </span>
              <span className="f-count">{t('dashboard.persons', { count: row.added })}</span>
            </li>
          ))}
        </ol>
      ) : (
        <EmptyState title={t('dashboard.rankingEmpty')} />
      )}
    </Card>
  )
}
