// Browsers drop the roles of a table whose rows are laid out as blocks (the cards below 640 px), so they are spelled out.
/* eslint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role */
import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons'
import type { ReactNode, RefObject } from 'react'
import { useTranslation } from 'react-i18next'

import type { Density } from './memory'

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
}

const WIDTH = 130

/** Dense rows under a head that stays; cards on a narrow screen. */
export function Table<Row>(props: TableProps<Row>) {
  const { label, box, columns, rows, rowKey, density, opened, busy, onOpen } = props
  const least = columns.reduce((sum, column) => sum + (column.width ?? WIDTH), 0)
  return (
    // The box scrolls by itself, so it has to take the keyboard's focus.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={box} className="l-table-box" tabIndex={0} role="region" aria-label={label} aria-busy={busy}>
      <table className={`l-table l-${density}`} role="table" aria-label={label} style={{ minWidth: least }}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <Head key={column.key} column={column} {...props} />
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
                {columns.map((column) => (
                  <td key={column.key} role="cell" data-label={column.title} className={classOf(column)}>
                    <div className="l-cell">{column.render(row)}</div>
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

function Head<Row>({ column, sorts, sort, onSort }: TableProps<Row> & { column: ListColumn<Row> }) {
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
