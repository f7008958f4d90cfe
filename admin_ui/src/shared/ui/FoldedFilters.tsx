import { FilterOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** Filters that stay in sight on a wide screen and fold behind one button on a narrow one. */
export function FoldedFilters({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        className="s-toolbar-toggle"
        icon={<FilterOutlined />}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {t('filter.more')}
      </Button>
      <div className={`s-toolbar-rest ${open ? '' : 's-folded'}`}>{children}</div>
    </>
  )
}
