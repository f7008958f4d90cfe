import { useQuery } from '@tanstack/react-query'
import { Button, Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import { useCurrentUser } from '@/api/me'
import type { Filters } from '@/shared/lib/filters'
import { tagOptions } from '@/shared/lib/tags'
import { DayRange } from '@/shared/ui/DayRange'
import { SearchBox } from '@/shared/ui/SearchBox'
import { FoldedFilters } from '@/shared/ui/FoldedFilters'
import { StaffSelect } from '@/shared/ui/StaffSelect'
import { TagSelect } from '@/shared/ui/TagSelect'

import { FOLLOW_STATUSES } from '../status'

export const FILTERS = ['q', 'userid', 'tag_id[]', 'status', 'type', 'added_from', 'added_to', 'lost_from', 'lost_to', 'lost', 'awaiting_handover'] as const

type View = 'all' | 'mine' | 'lost' | 'left' | 'deleted' | 'awaiting' | ''

function viewOf(filters: Filters, me: string | null): View {
  const names = Object.keys(filters.values)
  if (names.length === 0) return 'all'
  if (names.length > 1) return ''
  if (me && filters.one('userid') === me) return 'mine'
  if (filters.one('lost') === 'true') return 'lost'
  if (filters.one('awaiting_handover') === 'true') return 'awaiting'
  if (filters.one('status') === 'deleted_by_customer') return 'left'
  if (filters.one('status') === 'deleted_by_staff') return 'deleted'
  return ''
}

/** Quick views and filters of the customer list; all of them are in the address. */
export function CustomerFilters({ filters }: { filters: Filters }) {
  return (
    <>
      <QuickViews filters={filters} />
      <FilterRow filters={filters} />
    </>
  )
}

function QuickViews({ filters }: { filters: Filters }) {
  const { t } = useTranslation()
  const me = useCurrentUser().userid
  const show = (view: View): void => {
    const status = view === 'left' ? 'deleted_by_customer' : view === 'deleted' ? 'deleted_by_staff' : undefined
    filters.only({
      userid: view === 'mine' ? (me ?? undefined) : undefined,
      status,
      lost: view === 'lost' ? 'true' : undefined,
      awaiting_handover: view === 'awaiting' ? 'true' : undefined,
    })
  }
  return (
    <div className="s-toolbar s-views">
      <Segmented<View>
        aria-label={t('customers.views')}
        value={viewOf(filters, me)}
        onChange={show}
        options={[
          { value: 'all', label: t('customers.all') },
          ...(me ? [{ value: 'mine' as const, label: t('customers.mine') }] : []),
          { value: 'lost', label: t('customers.lost') },
          { value: 'deleted', label: t('customers.deleted') },
          { value: 'left', label: t('customers.left') },
          { value: 'awaiting', label: t('followStatus.awaiting_handover') },
        ]}
      />
      {filters.active ? (
        <Button type="link" onClick={filters.clear}>
          {t('action.clear')}
        </Button>
      ) : null}
    </div>
  )
}

function FilterRow({ filters }: { filters: Filters }) {
  const { t } = useTranslation()
  const tags = useQuery({ ...resource('tags').one('', {}), staleTime: 60_000 })
  const { one, change } = filters
  return (
    <div className="s-toolbar" role="search">
      <SearchBox
        label={t('customers.search')}
        placeholder={t('customers.searchHint')}
        value={one('q') ?? ''}
        onChange={(q) => change({ q })}
      />
      <FoldedFilters>
        <StaffSelect value={one('userid')} onChange={(userid) => change({ userid })} />
        <TagSelect
          className="s-filter-wide"
          label={t('filter.tags')}
          loading={tags.isPending}
          tags={tagOptions(tags.data?.items, t('common.ownTag'))}
          value={filters.many('tag_id')}
          onChange={(tag_id) => change({ tag_id })}
        />
        <Select
          className="s-filter"
          aria-label={t('filter.status')}
          placeholder={t('filter.status')}
          allowClear
          options={FOLLOW_STATUSES.map((status) => ({ value: status, label: t(`followStatus.${status}`) }))}
          value={one('status') ?? null}
          onChange={(status: string | null) => change({ status: status ?? undefined })}
        />
        <Select
          className="s-filter"
          aria-label={t('filter.type')}
          placeholder={t('filter.type')}
          allowClear
          options={(['1', '2'] as const).map((type) => ({ value: type, label: t(`customerType.${type}`) }))}
          value={one('type') ?? null}
          onChange={(type: string | null) => change({ type: type ?? undefined })}
        />
        <Days filters={filters} of="added" />
        <Days filters={filters} of="lost" />
      </FoldedFilters>
    </div>
  )
}

function Days({ filters, of }: { filters: Filters; of: 'added' | 'lost' }) {
  const { t } = useTranslation()
  return (
    <DayRange
      label={t(`filter.${of}`)}
      from={filters.one(`${of}_from`)}
      to={filters.one(`${of}_to`)}
      onChange={({ from, to }) => filters.change({ [`${of}_from`]: from, [`${of}_to`]: to })}
    />
  )
}
