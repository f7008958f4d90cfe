// Browsers drop the roles of a table whose rows are laid out as blocks (the cards below 640 px), so they are spelled out.
/* eslint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role */
import type { ReactNode } from 'react'

export interface Column<Row> {
  key: string
  title: string
  render: (row: Row) => ReactNode
  /** CSS width; columns without one share what is left. */
  width?: number | string
  /** Left out of the cards that narrow screens get. */
  wideOnly?: boolean
}

interface DataTableProps<Row> {
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string | number
  onOpen?: (row: Row) => void
  selected?: (row: Row) => boolean
  busy?: boolean
}

/** A plain table that becomes a list of cards on a narrow screen. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, onOpen, selected, busy } = props
  return (
    // The box scrolls by itself, so it has to take the keyboard's focus.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="s-table-box" tabIndex={0} role="region" aria-label={label} aria-busy={busy ?? false}>
      <table className="s-table" role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th key={column.key} role="columnheader" scope="col" style={{ width: column.width }}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            // The mouse may click anywhere on the row; the keyboard uses the link or button inside it.
            <tr
              key={rowKey(row)}
              role="row"
              className={`${onOpen ? 's-row-open' : ''} ${selected?.(row) ? 's-row-selected' : ''}`}
              onClick={(event) => {
                if ((event.target as HTMLElement).closest('a,button,input')) return
                if (globalThis.getSelection()?.toString()) return
                onOpen?.(row)
              }}
            >
              {columns.map((column) => (
                <td key={column.key} role="cell" data-label={column.title} className={column.wideOnly ? 's-wide' : ''}>
                  <div className="s-cell">{column.render(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
