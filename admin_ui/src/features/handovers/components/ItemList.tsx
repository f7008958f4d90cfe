import { useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import { resource } from '@/api/resource'
import type { HandoverDetail, HandoverItem, ItemQuery, ItemState } from '@/api/types'
import { useCan } from '@/api/me'
import { wordFor } from '@/shared/i18n'
import { useCursor, useFilters } from '@/shared/lib/filters'
import { dateTime } from '@/shared/lib/time'
import { Called, calledAs } from '@/shared/ui/Called'
import { Pill, TagChips } from '@/shared/ui/Chips'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Card } from '@/shared/ui/Page'
import { Pager } from '@/shared/ui/Pager'
import { SearchBox } from '@/shared/ui/SearchBox'
import { Async, EmptyState, NothingFound } from '@/shared/ui/States'
import { Tile } from '@/shared/ui/Tile'

import { ASSIGNABLE, ITEM_STATES, ITEM_TONE } from '../tones'

/** The items under the filters of the address. */
export function useItems(handoverId: number) {
  const filters = useFilters(['q', 'kind', 'state'])
  const cursor = useCursor(filters.values)
  const items = useQuery(
    resource('handovers').list('{handover_id}/items', {
      handover_id: handoverId,
      ...({ ...filters.values, limit: 20, cursor: cursor.cursor } as ItemQuery),
    }),
  )
  return { filters, cursor, items }
}

interface ItemListProps {
  handover: HandoverDetail
  onAssign: (chosen: number[]) => void
}

/** Customers and groups of a handover, each with its state; those that can be assigned can be ticked. */
export function ItemList({ handover, onAssign }: ItemListProps) {
  const { t } = useTranslation()
  const can = useCan()
  const { filters, cursor, items } = useItems(handover.id)
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set())
  const tickable = can('handovers.handle') && ['open', 'running'].includes(handover.state)
  const toggle = (id: number): void => {
    const next = new Set(ticked)
    if (!next.delete(id)) next.add(id)
    setTicked(next)
  }
  const columns = useColumns(tickable ? { ticked, toggle } : null)
  return (
    <Card
      title={t('handover.items')}
      className="f-handover-wide"
      extra={
        ticked.size ? (
          <Button
            onClick={() => {
              onAssign([...ticked])
              setTicked(new Set())
            }}
          >
            {t('handover.assignTicked', { count: ticked.size })}
          </Button>
        ) : null
      }
    >
      <div className="s-toolbar" role="search">
        <SearchBox
          label={t('handover.searchItems')}
          placeholder={t('handover.searchItems')}
          value={filters.one('q') ?? ''}
          onChange={(q) => filters.change({ q })}
        />
        <Select<string | null>
          className="s-filter"
          aria-label={t('filter.kind')}
          placeholder={t('filter.kind')}
          allowClear
          value={filters.one('kind') ?? null}
          onChange={(kind) => filters.change({ kind: kind ?? undefined })}
          options={(['customer', 'group'] as const).map((kind) => ({ value: kind, label: t(`itemKind.${kind}`) }))}
        />
        <Select<string | null>
          className="s-filter"
          aria-label={t('handover.state')}
          placeholder={t('handover.state')}
          allowClear
          value={filters.one('state') ?? null}
          onChange={(state) => filters.change({ state: state ?? undefined })}
          options={ITEM_STATES.map((state) => ({ value: state, label: t(`itemState.${state}`) }))}
        />
      </div>
      <Async query={items} rows={8}>
        {(page) =>
          page.items.length ? (
            <>
              <DataTable
                label={t('handover.items')}
                columns={columns}
                rows={page.items}
                rowKey={(row) => row.id}
                busy={items.isPlaceholderData}
              />
              <Pager cursor={cursor} page={page} />
            </>
          ) : filters.active ? (
            <NothingFound title={t('handover.noItems')} onClear={filters.clear} />
          ) : (
            <EmptyState title={t('handover.noItemsYet')} />
          )
        }
      </Async>
    </Card>
  )
}

interface Ticking {
  ticked: ReadonlySet<number>
  toggle: (id: number) => void
}

function useColumns(ticking: Ticking | null): Column<HandoverItem>[] {
  const { t } = useTranslation()
  const name: Column<HandoverItem> = {
    key: 'name',
    title: t('handover.name'),
    render: (row) => (
      <div className="s-person">
        {ticking ? (
          <Checkbox
            aria-label={t('handover.tick', { name: calledAs(row.name, row.remark) })}
            disabled={!ASSIGNABLE.has(row.state)}
            checked={ticking.ticked.has(row.id)}
            onChange={() => ticking.toggle(row.id)}
          />
        ) : null}
        <Tile name={row.name} seed={row.wecom_id} size={32} round={row.kind === 'customer'} />
        <div>
          {row.kind === 'customer' ? (
            <Link className="s-person-name" to={`/customers/${row.wecom_id}`}>
              <Called name={row.name} remark={row.remark} />
            </Link>
          ) : (
            <span className="s-person-name">{row.name}</span>
          )}
          {row.kind === 'group' ? <div className="s-sub">{t('itemKind.group')}</div> : null}
        </div>
      </div>
    ),
  }
  return [
    name,
    {
      key: 'tags',
      title: t('handover.tags'),
      wideOnly: true,
      render: (row) => (row.tags.length ? <TagChips tags={row.tags.map((tag) => ({ name: tag }))} most={3} /> : '—'),
    },
    {
      key: 'state',
      title: t('handover.state'),
      width: 200,
      render: (row) => (
        <div>
          <Pill tone={ITEM_TONE[row.state]}>{t(`itemState.${row.state}`)}</Pill>
          <When row={row} />
        </div>
      ),
    },
    {
      key: 'successor',
      title: t('handover.successor'),
      width: 200,
      render: (row) => (
        <div>
          {row.successor_name ?? '—'}
          {row.tries.map((one) => (
            <div key={one.at} className="s-sub">
              {t('handover.triedBefore', { name: one.successor_name, state: t(`itemState.${one.state}`) })}
            </div>
          ))}
        </div>
      ),
    },
  ]
}

const FULL: ReadonlySet<ItemState> = new Set(['failed', 'successor_full'])

function When({ row }: { row: HandoverItem }) {
  const { t } = useTranslation()
  if (row.state === 'waiting' && row.takeover_at) {
    return <div className="s-sub">{t('handover.until', { time: dateTime(row.takeover_at) })}</div>
  }
  if (FULL.has(row.state) && row.errcode) {
    const known = wordFor('errcode', row.errcode)
    const words = known === String(row.errcode) ? (row.reason ?? '') : known
    return (
      <div className="s-sub">
        {row.errcode} {words}
      </div>
    )
  }
  if (row.finished_at) return <div className="s-sub s-when">{dateTime(row.finished_at)}</div>
  return null
}
