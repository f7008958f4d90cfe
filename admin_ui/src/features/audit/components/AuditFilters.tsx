import { useQuery } from '@tanstack/react-query'
import { Segmented, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { TrailWhat } from '@/api/types'
import { useDebounced } from '@/shared/lib/debounce'
import type { Filters } from '@/shared/lib/filters'
import { calledAs, remarkOf } from '@/shared/ui/Called'
import { DayRange } from '@/shared/ui/DayRange'
import { FoldedFilters } from '@/shared/ui/FoldedFilters'
import { SearchBox } from '@/shared/ui/SearchBox'
import { StaffSelect } from '@/shared/ui/StaffSelect'

export const FILTERS = ['what', 'actor', 'about', 'days', 'again'] as const

/** The order on the page; a part of the trail without an entry does not compile. */
const WHAT: Record<TrailWhat, number> = { reading: 0, action: 1, export: 2, sign_in: 3, refused: 4 }

/** Who, what, about whom, when; all of it is in the address. */
export function AuditFilters({ filters }: { filters: Filters }) {
  const { t } = useTranslation()
  const { one, change } = filters
  const about = one('about') ?? ''
  const kinds = (Object.keys(WHAT) as TrailWhat[]).sort((one, other) => WHAT[one] - WHAT[other])
  return (
    <>
      <div className="s-toolbar s-views">
        <Segmented<TrailWhat | ''>
          aria-label={t('audit.views')}
          value={(one('what') as TrailWhat | undefined) ?? ''}
          onChange={(what) => change({ what })}
          options={[{ value: '', label: t('audit.all') }, ...kinds.map((what) => ({ value: what, label: t(`audit.what.${what}`) }))]}
        />
      </div>
      <div className="s-toolbar" role="search">
        <SearchBox
          label={t('audit.actor')}
          placeholder={t('audit.actor')}
          value={(one('actor') ?? '').replace(/^user:/, '')}
          onChange={(name) => change({ actor: name ? (name.startsWith('system:') ? name : `user:${name}`) : undefined })}
        />
        <FoldedFilters>
          <CustomerSelect
            value={about.startsWith('customer:') ? about.slice('customer:'.length) : undefined}
            onChange={(id) => change({ about: id ? `customer:${id}` : undefined })}
          />
          <StaffSelect
            label={t('audit.staff')}
            value={about.startsWith('staff:') ? about.slice('staff:'.length) : undefined}
            onChange={(userid) => change({ about: userid ? `staff:${userid}` : undefined })}
          />
          <Days filters={filters} />
        </FoldedFilters>
      </div>
    </>
  )
}

/** Choose one customer; the list is searched on the server. */
function CustomerSelect({ value, onChange }: { value: string | undefined; onChange: (id: string | undefined) => void }) {
  const { t } = useTranslation()
  const [q, setQ] = useState('')
  const customers = useQuery({
    ...resource('customers').list('', { q: useDebounced(q.trim()), limit: 20 }),
    enabled: q.trim() !== '',
  })
  const options = (customers.data?.items ?? []).map((customer) => ({
    value: customer.external_userid,
    label: [calledAs(customer.name, remarkOf(customer.follows, null)), customer.corp_name].filter(Boolean).join(' · '),
  }))
  return (
    <Select
      className="s-filter"
      aria-label={t('audit.customer')}
      placeholder={t('audit.customer')}
      allowClear
      showSearch={{ filterOption: false, onSearch: setQ }}
      loading={customers.isFetching}
      options={options}
      value={value ?? null}
      onChange={(id: string | null) => onChange(id ?? undefined)}
      notFoundContent={q ? t('audit.noCustomer') : null}
    />
  )
}

function Days({ filters }: { filters: Filters }) {
  const { t } = useTranslation()
  const [from, to] = (filters.one('days') ?? '').split('~')
  return (
    <DayRange
      label={t('audit.range')}
      from={from || undefined}
      to={to || undefined}
      onChange={(days) => filters.change({ days: days.from || days.to ? `${days.from ?? ''}~${days.to ?? ''}` : undefined })}
    />
  )
}
