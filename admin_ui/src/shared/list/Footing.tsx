import { LeftOutlined, RightOutlined } from '@ant-design/icons'
import { Button, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { total } from '../lib/numbers'
import { SIZES, type ListAddress } from './address'

interface FootingProps {
  address: ListAddress
  page: { total: number; total_capped: boolean; next_cursor: string | null } | undefined
  counted: ((total: string) => string) | undefined
}

/** How many there are, how many of them a page shows, and a step forth and back. */
export function Footing({ address, page, counted }: FootingProps) {
  const { t } = useTranslation()
  const next = page?.next_cursor
  const all = page ? total(page.total, page.total_capped) : ''
  const first = !address.asked.cursor
  return (
    <nav className="l-foot" aria-label={t('pager.label')}>
      <span>{page ? (counted?.(all) ?? t('pager.total', { total: all })) : ''}</span>
      <Select<number>
        size="small"
        variant="borderless"
        aria-label={t('list.size')}
        value={address.asked.limit}
        options={SIZES.map((size) => ({ value: size, label: t('list.perPage', { size }) }))}
        onChange={(size) => address.change({ limit: String(size) })}
      />
      <Button size="small" type="text" icon={<LeftOutlined />} aria-label={t('pager.previous')} disabled={first} onClick={address.previous} />
      <span aria-current="page">{address.page === null ? t('list.laterPage') : t('pager.page', { page: address.page })}</span>
      <Button size="small" type="text" icon={<RightOutlined />} aria-label={t('pager.next')} disabled={!next} onClick={() => next && address.next(next)} />
    </nav>
  )
}
