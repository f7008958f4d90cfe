import { ColumnHeightOutlined, PlusOutlined, SortAscendingOutlined, TableOutlined } from '@ant-design/icons'
import { Button, Checkbox, Radio } from 'antd'
import { Suspense, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useKeys } from '../lib/keys'
import { lazily } from '../ui/lazily'
import { SearchBox } from '../ui/SearchBox'
import { LoadingState } from '../ui/States'
import type { ListAddress } from './address'
import { Chip } from './Chip'
import type { Condition } from './conditions'
import { ConditionChips } from './Conditions'
import { useNamed, type Kind } from './kind'
import { DENSITIES, type Density } from './memory'
import { Pop } from './Pop'
import { Take } from './Take'

// It brings the calendar, which few of those who look at a list need.
const Builder = lazily(() => import('./Builder'))

/** A filter by name that a list has beside the conditions of its kind. */
export interface NamedFilter {
  /** Of the parameters; the first names the filter. */
  names: readonly [string, ...string[]]
  label: string
  /** What is chosen, in words; nothing where nothing is. */
  said: ReactNode
  /** The field in which it is chosen. */
  field: ReactNode
  /** The condition of the kind that asks for the same, for who saves it as a view. */
  as?: Condition | null | undefined
}

interface BarProps {
  kind: Kind | undefined
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
export function Bar({ kind, inert, address, search, named, columns, shown, onColumns, density, onDensity, told }: BarProps) {
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
        <ConditionChips address={address} kind={kind} />
        {named.length || kind ? (
          <Pop
            className="l-dashed"
            label={t('list.addFilter')}
            content={
              <div className="l-fields">
                {kind ? (
                  <Suspense fallback={<LoadingState rows={1} />}>
                    <Builder address={address} kind={kind} />
                  </Suspense>
                ) : null}
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
        {kind?.sorts.length ? <Order address={address} kind={kind} /> : null}
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
        {kind?.export ? <Take address={address} kind={kind} named={named} shown={shown} /> : null}
      </div>
    </div>
  )
}

/** By which field the rows stand in order, and which end comes first. */
function Order({ address, kind }: { address: ListAddress; kind: Kind }) {
  const { t } = useTranslation()
  const named = useNamed()
  const orders = kind.sorts.flatMap((key) => {
    const field = kind.fields.find((one) => one.key === key)
    const what = field ? named(field) : key
    return [
      { value: `-${key}`, label: t('list.descending', { what }) },
      { value: key, label: t('list.ascending', { what }) },
    ]
  })
  return (
    <Pop
      right
      label={t('list.order')}
      content={
        <Radio.Group
          className="l-choices"
          aria-label={t('list.order')}
          options={orders}
          value={address.asked.sort ?? kind.default_sort}
          onChange={(event) => address.change({ sort: String(event.target.value) })}
        />
      }
    >
      <SortAscendingOutlined aria-hidden /> <span>{t('list.order')}</span>
    </Pop>
  )
}
