import { CloseOutlined } from '@ant-design/icons'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

interface ChipProps {
  label: string
  /** "any", "all of": how the values are meant. */
  operator?: string
  /** What is wrong with it. */
  broken?: string | undefined
  children: ReactNode
  onRemove: () => void
}

/** What narrows a list, and the way to take it off. */
export function Chip({ label, operator = '', broken, children, onRemove }: ChipProps) {
  const { t } = useTranslation()
  return (
    <span className={`l-chip ${broken ? 'l-chip-broken' : ''}`} {...(broken ? { title: broken } : {})}>
      <span className="l-chip-text">
        {operator ? `${label} ${operator}` : label}
        {children ? t('list.colon') : null} {children}
      </span>
      <button type="button" aria-label={t('list.removeFilter', { label })} onClick={onRemove}>
        <CloseOutlined aria-hidden />
      </button>
    </span>
  )
}
