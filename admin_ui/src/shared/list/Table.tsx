// Browsers drop the roles of a table whose rows are laid out as blocks (the cards below 640 px), so they are spelled out.
/* eslint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role */
import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons'
import type { ReactNode, RefObject } from 'react'
import { useTranslation } from 'react-i18next'

import type { Density } from './memory'
import type { Picked } from './picked'

export interface ListColumn<Row> {
  key: string
  title: string
  render: (row: Row) => ReactNode
  /** In pixels: what it gets at least, and more in the measure of the others. */
  width?: number
  /** The key by which the service orders the list, where that is another than the column's. */
  sort?: string
  /** Numbers stand at the right. */
  numeric?: boolean
  /** Shown only to who chooses it. */
  extra?: boolean
  /** Left out of the cards that narrow screens get. */
  wideOnly?: boolean
}

interface TableProps<Row> {
  label: string
  box: RefObject<HTMLDivElement | null>
  columns: readonly ListColumn<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string | number
  density: Density
  opened: string | null
  busy: boolean
  onOpen: (row: Row) => void
  sorts: readonly string[]
  sort: string
  onSort: (sort: string) => void
  /** Where rows can be chosen: which are, and what each is called. */
  choosing?: { picked: Picked; named: (row: Row) => string } | undefined
}

const WIDTH = 130

/** Dense rows under a head that stays; cards on a narrow screen. */
export function Table<Row>(props: TableProps<Row>) {
  const { label, box, columns, rows, rowKey, density, opened, busy, onOpen, choosing } = props
  const { t } = useTranslation()
  const least = columns.reduce((sum, column) => sum + (column.width ?? WIDTH), 0)
  return (
    // The box scrolls by itself, so it has to take the keyboard's focus.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={box} className="l-table-box" tabIndex={0} role="region" aria-label={label} aria-busy={busy}>
      <table className={`l-table l-${density}`} role="table" aria-label={label} style={{ minWidth: least }}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column, at) => (
              <Head key={column.key} column={column} first={at === 0} {...props} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => {
            const key = String(rowKey(row))
            return (
              // The mouse may click anywhere on the row; the keyboard uses the link inside it.
              <tr
                key={key}
                role="row"
                data-key={key}
                {...(key === opened ? { 'aria-current': true } : {})}
                onClick={(event) => {
                  if ((event.target as HTMLElement).closest('a,button,input')) return
                  if (globalThis.getSelection()?.toString()) return
                  onOpen(row)
                }}
              >
                {columns.map((column, at) => (
                  <td key={column.key} role="cell" data-label={column.title} className={classOf(column)}>
                    {at === 0 && choosing ? (
                      <div className="l-pick">
                        <input
                          type="checkbox"
                          aria-label={t('list.choose', { what: choosing.named(row) })}
                          checked={choosing.picked.has(key)}
                          onChange={(event) => choosing.picked.put([key], event.target.checked)}
                        />
                        <div className="l-cell">{column.render(row)}</div>
                      </div>
                    ) : (
                      <div className="l-cell">{column.render(row)}</div>
                    )}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

function classOf<Row>(column: ListColumn<Row>): string {
  return `${column.numeric ? 'l-number' : ''} ${column.wideOnly ? 'l-wide' : ''}`.trim()
}

interface HeadProps<Row> extends TableProps<Row> {
  column: ListColumn<Row>
  first: boolean
}

function Head<Row>({ column, first, rows, rowKey, sorts, sort, onSort, choosing }: HeadProps<Row>) {
  const { t } = useTranslation()
  const by = column.sort ?? column.key
  const way = sort === by ? 'ascending' : sort === `-${by}` ? 'descending' : undefined
  return (
    <th
      role="columnheader"
      scope="col"
      style={{ width: column.width ?? WIDTH }}
      className={classOf(column)}
      {...(way ? { 'aria-sort': way } : {})}
    >
      {first && choosing ? <ChoosePage keys={rows.map((row) => String(rowKey(row)))} picked={choosing.picked} /> : null}
      {sorts.includes(by) ? (
        <button
          type="button"
          className="l-sort"
          title={t('list.sortBy', { what: column.title })}
          onClick={() => onSort(way === 'descending' ? by : `-${by}`)}
        >
          {column.title}
          {way === 'ascending' ? <ArrowUpOutlined aria-hidden /> : null}
          {way === 'descending' ? <ArrowDownOutlined aria-hidden /> : null}
        </button>
      ) : (
        column.title
      )}
    </th>
  )
}

function ChoosePage({ keys, picked }: { keys: readonly string[]; picked: Picked }) {
  const { t } = useTranslation()
  const some = keys.filter((key) => picked.has(key)).length
  return (
    <input
      type="checkbox"
      className="l-pick-page"
      aria-label={t('list.choosePage')}
      checked={some > 0 && some === keys.length}
      ref={(box) => {
        if (box) box.indeterminate = some > 0 && some < keys.length
      }}
      onChange={(event) => picked.put(keys, event.target.checked)}
    />
  )
}
