import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'

import { useDebounced } from '../lib/debounce'

interface StaffSelectProps {
  // Both come from the form where there is one.
  value?: string | undefined
  onChange?: (userid: string | undefined) => void
  id?: string
  /** Whom the field asks for; the one who looks after a customer unless said otherwise. */
  label?: string
  /** Everybody in service, instead of those whose customers one sees. */
  everybody?: boolean
}

/** Choose one member of staff; the list is searched on the server. */
export function StaffSelect({ value, onChange, label, id, everybody = false }: StaffSelectProps) {
  const { t } = useTranslation()
  const name = label ?? t('filter.staff')
  const [q, setQ] = useState('')
  const asked = { q: useDebounced(q.trim()), limit: 50 }
  const own = useQuery({ ...resource('staff').list('', asked), staleTime: 30_000, enabled: !everybody })
  const all = useQuery({ ...resource('colleagues').list('', asked), staleTime: 30_000, enabled: everybody })
  const staff = everybody ? all : own
  const options = (staff.data?.items ?? []).map((member) => ({
    value: member.userid,
    label: member.name,
    title: member.departments.join(' / '),
  }))
  return (
    <Select
      className="s-filter"
      aria-label={name}
      placeholder={name}
      allowClear
      showSearch={{ filterOption: false, onSearch: setQ }}
      loading={staff.isFetching}
      options={options}
      value={value ?? null}
      onChange={(userid: string | null) => onChange?.(userid ?? undefined)}
      {...(id ? { id } : {})}
      notFoundContent={t('filter.noStaff')}
    />
  )
}

/** The name of a member whom an address names; who is not found keeps the userid. */
export function StaffName({ userid }: { userid: string }) {
  const found = useQuery({ ...resource('staff').list('', { q: userid, limit: 50 }), staleTime: 30_000 })
  return <>{found.data?.items.find((member) => member.userid === userid)?.name ?? userid}</>
}
