import { CloseOutlined, ColumnHeightOutlined, PlusOutlined, TableOutlined } from '@ant-design/icons'
import { Button, Checkbox, Radio } from 'antd'
import { useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useKeys } from '../lib/keys'
import { SearchBox } from '../ui/SearchBox'
import type { ListAddress } from './address'
import { DENSITIES, type Density } from './memory'
import { Pop } from './Pop'

/** A filter by name that a list has beside the conditions of its kind. */
export interface NamedFilter {
  /** Of the parameters; the first names the filter. */
  names: readonly [string, ...string[]]
  label: string
  /** What is chosen, in words; nothing where nothing is. */
  said: ReactNode
  /** The field in which it is chosen. */
  field: ReactNode
}

interface BarProps {
  inert: boolean
  address: ListAddress
  search?: { label: string; placeholder: string } | undefined
  named: readonly NamedFilter[]
  columns: readonly { key: string; title: string }[]
  shown: readonly string[]
  onColumns: (keys: string[] | null) => void
  density: Density
  onDensity: (density: Density) => void
  /** The named filters are those of a view, which says so. */
  told: boolean
}

/** What narrows a list, each as a chip, and how it looks. */
export function Bar({ inert, address, search, named, columns, shown, onColumns, density, onDensity, told }: BarProps) {
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  useKeys({ '/': () => box.current?.querySelector('input')?.focus() })
  const chips = told ? [] : named.filter(({ said }) => said)
  return (
    <div className="l-bar" role="search" inert={inert}>
      {search ? (
        <div ref={box} className="l-search">
          <SearchBox {...search} value={address.one('q') ?? ''} onChange={(q) => address.change({ q })} />
          <kbd aria-hidden="true">/</kbd>
        </div>
      ) : null}
      <div className="l-chips">
        {chips.map(({ names, label, said }) => (
          <Chip
            key={names[0]}
            label={label}
            onRemove={() => address.change(Object.fromEntries(names.map((name) => [name, undefined])))}
          >
            {said}
          </Chip>
        ))}
        {named.length ? (
          <Pop
            className="l-dashed"
            label={t('list.addFilter')}
            content={
              <div className="l-fields">
                {named.filter(({ field }) => field).map(({ names, label, field }) => (
                  <div key={names[0]}>
                    <span>{label}</span>
                    {field}
                  </div>
                ))}
              </div>
            }
          >
            <PlusOutlined aria-hidden /> {t('list.filter')}
          </Pop>
        ) : null}
        {chips.length || address.asked.filter ? (
          <Button type="link" size="small" onClick={address.clear}>
            {t('action.clear')}
          </Button>
        ) : null}
      </div>
      <div className="l-looks">
        <Pop
          right
          label={t('list.columns')}
          content={
            <div className="l-choices">
              <Checkbox.Group
                options={columns.map(({ key, title }) => ({ value: key, label: title }))}
                value={[...shown]}
                onChange={(keys) => onColumns(columns.map(({ key }) => key).filter((key) => keys.includes(key)))}
              />
              <Button size="small" type="link" onClick={() => onColumns(null)}>
                {t('list.columnsReset')}
              </Button>
            </div>
          }
        >
          <TableOutlined aria-hidden /> <span>{t('list.columns')}</span>
        </Pop>
        <Pop
          right
          label={t('list.density')}
          content={
            <Radio.Group
              className="l-choices"
              aria-label={t('list.density')}
              options={DENSITIES.map((value) => ({ value, label: t(`list.densities.${value}`) }))}
              value={density}
              onChange={(event) => onDensity(event.target.value as Density)}
            />
          }
        >
          <ColumnHeightOutlined aria-hidden /> <span>{t('list.density')}</span>
        </Pop>
      </div>
    </div>
  )
}

interface ChipProps {
  label: string
  children: ReactNode
  onRemove: () => void
}

function Chip({ label, children, onRemove }: ChipProps) {
  const { t } = useTranslation()
  return (
    <span className="l-chip">
      <span className="l-chip-text">
        {t('list.chip', { label })} {children}
      </span>
      <button type="button" aria-label={t('list.removeFilter', { label })} onClick={onRemove}>
        <CloseOutlined aria-hidden />
      </button>
    </span>
  )
}
