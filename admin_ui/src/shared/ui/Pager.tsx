import { LeftOutlined, RightOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import type { Cursor } from '../lib/filters'
import { total } from '../lib/numbers'

interface PagerProps {
  cursor: Cursor
  page: { total: number; total_capped: boolean; next_cursor: string | null } | undefined
}

/** The total and a step forth and back, for lists that are paged by cursor. */
export function Pager({ cursor, page }: PagerProps) {
  const { t } = useTranslation()
  if (!page) return null
  const next = page.next_cursor
  return (
    <nav className="s-pager" aria-label={t('pager.label')}>
      <span>{t('pager.total', { total: total(page.total, page.total_capped) })}</span>
      {cursor.page > 1 || next ? (
        <>
          <Button
            size="small"
            icon={<LeftOutlined />}
            aria-label={t('pager.previous')}
            disabled={cursor.page === 1}
            onClick={cursor.previous}
          />
          <span aria-current="page">{t('pager.page', { page: cursor.page })}</span>
          <Button
            size="small"
            icon={<RightOutlined />}
            aria-label={t('pager.next')}
            disabled={!next}
            onClick={() => next && cursor.next(next)}
          />
        </>
      ) : null}
    </nav>
  )
}
