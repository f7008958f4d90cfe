import './words'
import './list.css'

import { ArrowUpOutlined } from '@ant-design/icons'
import { Suspense, useEffect, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import { useKeys } from '../lib/keys'
import { total } from '../lib/numbers'
import { useTitle } from '../lib/title'
import type { FilterValues } from '../lib/filters'
import { lazily } from '../ui/lazily'
import { Async, NothingFound } from '../ui/States'
import { viewOf, type ListAddress } from './address'
import { Bar, type NamedFilter } from './Bar'
import type { BulkAction } from './bulk/Bulk'
import { moreColumns } from './cells'
import { Footing } from './Footing'
import { useHeld } from './held'
import { useNamed } from './kind'
import { useScrollMemory } from './memory'
import { Panel, useRoom } from './Panel'
import { usePicked, type Picked } from './picked'
import { Table, type ListColumn } from './Table'
import { Views, type ListView } from './Views'
import type { Working } from './working'

// Few of those who look at a list choose many rows of it.
const Bulk = lazily(() => import('./bulk/Bulk'))

interface Page<Row> {
  items: Row[]
  total: number
  total_capped: boolean
  next_cursor: string | null
}

interface ListProps<Row> {
  list: Working
  title: string
  label: string
  query: { data: Page<Row> | undefined; error: unknown; isPending: boolean; isPlaceholderData: boolean; refetch: () => unknown }
  columns: readonly ListColumn<Row>[]
  rowKey: (row: Row) => string | number
  views?: { label: string; items: readonly ListView[] } | undefined
  search?: { label: string; placeholder: string } | undefined
  named?: readonly NamedFilter[]
  actions?: ReactNode
  /** Of a list without any row, when nothing narrows it, or only one of `emptyUnder`. */
  empty: ReactNode
  emptyUnder?: readonly FilterValues[]
  panel: { title: string; render: (id: string) => ReactNode; whole?: (id: string) => string }
  /** What is done with many rows at once, and what each is called. */
  bulk?: (BulkAction & { named: (row: Row) => string }) | undefined
  /** How many there are, in the words of what they are. */
  counted?: (total: string) => string
  children?: ReactNode
}

/** The one list: head, what narrows it, dense rows, how many there are, and the opened row beside them. */
export function List<Row>(props: ListProps<Row>) {
  const { list, title, label, query, rowKey, named = [], panel } = props
  const { address, kind } = list
  const { t } = useTranslation()
  useTitle(title)
  const inWords = useNamed()
  const columns = [...props.columns, ...moreColumns<Row>(kind, props.columns, inWords)]
  const shown = columns.filter(({ key, extra }) => (list.columns ? list.columns.includes(key) : !extra))
  const page = query.data
  const settled = page && !query.isPlaceholderData ? page.items : undefined
  const held = useHeld(settled, address.scope, rowKey, address.asked.limit)
  const rows = settled ? held.rows : (page?.items ?? [])
  const box = useRef<HTMLDivElement>(null)
  useScrollMemory(box, address.scope, rows.length > 0 && !query.isPlaceholderData)
  const picked = usePicked(JSON.stringify([address.values, address.asked.filter]))
  const { bulk } = props
  const opening = useOpening(props, rows, box, bulk ? picked : undefined)
  // A panel over the list has the keyboard to itself.
  const alone = address.opened !== null && opening.room !== 'beside'
  return (
    <div className="l-page">
      <header className="l-head" inert={alone}>
        <h1>{title}</h1>
        {page ? <span className="l-count">{total(page.total, page.total_capped)}</span> : null}
        {props.views ? <Views list={list} named={named} {...props.views} /> : null}
        {props.actions ? <div className="l-actions">{props.actions}</div> : null}
      </header>
      <Bar
        kind={kind}
        inert={alone}
        address={address}
        search={props.search}
        named={named}
        columns={columns}
        shown={shown.map(({ key }) => key)}
        onColumns={list.chooseColumns}
        density={list.density}
        onDensity={list.chooseDensity}
        told={viewOf(address.values, props.views?.items ?? []) !== ''}
      />
      {bulk && page && picked.count(page.total) ? (
        <Suspense fallback={null}>
          <Bulk address={address} named={named} picked={picked} page={page} bulk={bulk} />
        </Suspense>
      ) : null}
      {props.children}
      <div className="l-body">
        <div className="l-main" inert={alone}>
          {held.waiting && settled ? (
            <button type="button" className="l-waiting" onClick={() => { held.show(); box.current?.scrollTo({ top: 0 }) }}>
              {t('list.waiting', { count: held.waiting })} <ArrowUpOutlined aria-hidden />
            </button>
          ) : null}
          <div className="l-rows">
            <Async query={query} rows={12}>
              {() =>
                rows.length ? (
                  <Table
                    label={label}
                    box={box}
                    columns={shown}
                    rows={rows}
                    rowKey={rowKey}
                    density={list.density}
                    opened={address.opened}
                    busy={query.isPlaceholderData}
                    onOpen={(row) => opening.open(String(rowKey(row)))}
                    sorts={kind?.sorts ?? []}
                    sort={address.asked.sort ?? kind?.default_sort ?? ''}
                    onSort={(sort) => address.change({ sort })}
                    choosing={bulk ? { picked, named: bulk.named } : undefined}
                  />
                ) : address.active && !viewOf(address.values, underNothing(props.emptyUnder)) ? (
                  <NothingFound onClear={address.clear} />
                ) : (
                  props.empty
                )
              }
            </Async>
          </div>
          <Footing address={address} page={page} counted={props.counted} />
        </div>
        {address.opened ? (
          <Panel
            title={panel.title}
            room={opening.room}
            place={opening.at < 0 ? null : { at: opening.at + 1, of: rows.length }}
            onStep={opening.step}
            onClose={opening.close}
            whole={panel.whole?.(address.opened)}
            foot={opening.foot}
            setFoot={opening.setFoot}
          >
            {panel.render(address.opened)}
          </Panel>
        ) : null}
      </div>
    </div>
  )
}

const underNothing = (all: readonly FilterValues[] = []) => all.map((values, at) => ({ key: `under${String(at)}`, values }))

/** Which row is open, and the keys that go from one to the next. */
function useOpening<Row>({ list: { address }, rowKey }: ListProps<Row>, rows: readonly Row[], box: { current: HTMLElement | null }, picked: Picked | undefined) {
  const room = useRoom()
  const [foot, setFoot] = useState<HTMLElement | null>(null)
  const keys = rows.map((row) => String(rowKey(row)))
  const { opened } = address
  const at = opened === null ? -1 : keys.indexOf(opened)
  const linkOf = (key: string | undefined): HTMLElement | null =>
    key === undefined ? null : (box.current?.querySelector<HTMLElement>(`tr[data-key="${CSS.escape(key)}"] :is(a, button)`) ?? null)
  const open = (key: string): void => address.open(key, room === 'whole')
  const focus = (key: string | undefined): void => {
    const link = linkOf(key)
    link?.focus({ preventScroll: true })
    link?.closest('tr')?.scrollIntoView({ block: 'nearest' })
  }
  // The address follows a moment later: whoever presses twice meanwhile goes two rows.
  const going = useRef(opened)
  useEffect(() => {
    going.current = opened
  }, [opened])
  const step = (by: 1 | -1): void => {
    const focused = document.activeElement?.closest<HTMLElement>('tr[data-key]')?.dataset.key
    const from = keys.indexOf((opened === null ? focused : going.current) ?? '')
    const to = keys[from < 0 ? 0 : from + by]
    if (to === undefined) return
    if (opened !== null) {
      going.current = to
      address.step(to)
    }
    focus(to)
  }
  const close = (): void => {
    if (opened === null) return
    address.close()
  }
  const last = useRef(opened)
  useEffect(() => {
    if (opened === null && last.current !== null) focus(last.current)
    last.current = opened
  })
  const choose = (): void => {
    const key = opened ?? document.activeElement?.closest<HTMLElement>('tr[data-key]')?.dataset.key
    if (key !== undefined) picked?.put([key], !picked.has(key))
  }
  useKeys({ j: () => step(1), k: () => step(-1), ...(picked ? { x: choose } : {}), ...(opened === null ? {} : { Escape: close }) })
  // An opened row that came with the address is brought into sight once it is there.
  const first = useRef(true)
  useEffect(() => {
    if (!first.current || at < 0) return
    first.current = false
    const row = linkOf(keys[at])?.closest('tr')
    if (box.current?.scrollTop === 0) row?.scrollIntoView({ block: 'nearest' })
  })
  return { room, at, open, step, close, foot, setFoot }
}

interface OpenLinkProps {
  address: ListAddress
  id: string | number
  className?: string
  children: ReactNode
}

/** A row's name: leads to the row's own place in the list, where the panel shows it. */
export function OpenLink({ address, id, className = '', children }: OpenLinkProps) {
  const room = useRoom()
  return (
    <Link
      className={`l-open ${className}`}
      to={address.hrefOpen(id)}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        address.open(id, room === 'whole')
      }}
    >
      {children}
    </Link>
  )
}
