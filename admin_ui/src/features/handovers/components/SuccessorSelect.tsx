import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import { useDebounced } from '@/shared/lib/debounce'

interface SuccessorSelectProps {
  id: string
  value: string[]
  onChange: (userids: string[]) => void
  /** The member who hands over. */
  without: string
}

/** Choose one or several active members; the list is searched on the server. */
export function SuccessorSelect({ id, value, onChange, without }: SuccessorSelectProps) {
  const { t } = useTranslation()
  const [q, setQ] = useState('')
  const [known, setKnown] = useState<Record<string, string>>({})
  const staff = useQuery({
    ...resource('staff').list('', { q: useDebounced(q.trim()), limit: 50, status: 'active' }),
    staleTime: 30_000,
  })
  const found = (staff.data?.items ?? []).filter((member) => member.userid.toLowerCase() !== without.toLowerCase())
  const options = found.map((member) => ({
    value: member.userid,
    label: member.departments.length ? `${member.name}（${member.departments.join(' / ')}）` : member.name,
  }))
  // Those chosen keep their names when another search no longer finds them.
  const kept = value.filter((userid) => !options.some((option) => option.value === userid))
  return (
    <Select
      id={id}
      mode="multiple"
      placeholder={t('handover.successorsHint')}
      showSearch={{ filterOption: false, onSearch: setQ }}
      loading={staff.isFetching}
      options={[...options, ...kept.map((userid) => ({ value: userid, label: known[userid] ?? userid }))]}
      value={value}
      maxCount={20}
      onChange={(userids: string[]) => {
        setKnown({ ...known, ...Object.fromEntries(options.map((option) => [option.value, option.label])) })
        onChange(userids)
      }}
      notFoundContent={t('filter.noStaff')}
    />
  )
}
