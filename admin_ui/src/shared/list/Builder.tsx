import { useQuery } from '@tanstack/react-query'
import { Button, DatePicker, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'

import { useDebounced } from '../lib/debounce'
import { tagOptions } from '../lib/tags'
import { DayRange } from '../ui/DayRange'
import { TagSelect } from '../ui/TagSelect'
import type { ListAddress } from './address'
import { bare, given, withMore } from './conditions'
import { useNamed, type Field, type Kind } from './kind'

const PRESETS = ['today', 'yesterday', 'last_7', 'last_30', 'this_month', 'last_month'] as const
/** Asked with a number of ours, which nobody has at hand: links of other pages use them. */
const LINKED_ONLY = 'through'

/** One more condition: a field of the kind, how it is asked, and with what. */
export default function Builder({ address, kind }: { address: ListAddress; kind: Kind }) {
  const { t } = useTranslation()
  const named = useNamed()
  const [key, setKey] = useState<string>()
  const [op, setOp] = useState('')
  const [value, setValue] = useState<unknown>()
  const fields = kind.fields.filter((field) => field.filter && field.type !== LINKED_ONLY)
  const field = fields.find((one) => one.key === key)
  const choose = (next: string): void => {
    const ops = fields.find((one) => one.key === next)?.operators ?? []
    setKey(next)
    setOp((ops.includes('preset') ? 'preset' : ops[0]) ?? '')
    setValue(undefined)
  }
  const add = (): void => {
    if (!key) return
    const condition = bare(op) ? { field: key, op } : { field: key, op, value }
    address.change({ filter: withMore(address.asked.filter, condition) })
    setKey(undefined)
    setValue(undefined)
  }
  return (
    <div className="l-builder">
      <span>{t('list.condition')}</span>
      <Select
        aria-label={t('list.field')}
        placeholder={t('list.field')}
        showSearch={{ optionFilterProp: 'label' }}
        value={key ?? null}
        options={fields.map((one) => ({ value: one.key, label: named(one) }))}
        onChange={(next: string) => choose(next)}
      />
      {field ? (
        <>
          <Select
            aria-label={t('list.operator')}
            value={op}
            options={field.operators.map((one) => ({ value: one, label: t(`list.ops.${one as 'is'}`) }))}
            onChange={(next: string) => {
              setOp(next)
              setValue(undefined)
            }}
          />
          <Editor key={`${field.key} ${op}`} field={field} op={op} value={value} onChange={setValue} />
          <Button type="primary" size="small" disabled={!given(op, value)} onClick={add}>
            {t('list.addCondition')}
          </Button>
        </>
      ) : null}
    </div>
  )
}

interface EditorProps {
  field: Field
  op: string
  value: unknown
  onChange: (value: unknown) => void
}

function Editor({ field, op, value, onChange }: EditorProps) {
  const { t } = useTranslation()
  const named = useNamed()
  const label = t('list.value')
  if (bare(op)) return null
  if (field.type === 'set') return <Tags value={value} onChange={onChange} />
  if (field.type === 'member') return <Members several={op !== 'is'} value={value} onChange={onChange} />
  const options = optionsOf(field, op, (preset) => t(`list.presets.${preset}`), named, [t('state.yes'), t('state.no')])
  if (options) {
    const several = op === 'any' || op === 'none'
    return (
      <Select
        aria-label={label}
        placeholder={label}
        {...(several ? { mode: 'multiple' as const } : {})}
        value={(value as string) ?? (several ? [] : null)}
        options={options}
        onChange={(next: unknown) => onChange(field.type === 'flag' ? next === 'true' : next)}
      />
    )
  }
  if (field.type === 'moment' && op === 'between') {
    const [from, to] = (value as [string?, string?] | undefined) ?? []
    return <DayRange label={label} from={from} to={to} onChange={(days) => onChange([days.from, days.to])} />
  }
  if (field.type === 'moment' && op !== 'last_days' && op !== 'older_days') {
    return <DatePicker aria-label={label} onChange={(day) => onChange(day?.format('YYYY-MM-DD'))} />
  }
  if (field.type === 'number' && op === 'between') {
    const [from, to] = (value as [number?, number?] | undefined) ?? []
    return (
      <div className="l-range">
        <InputNumber aria-label={t('filter.from')} precision={0} value={from ?? null} onChange={(next) => onChange([next, to])} />
        <InputNumber aria-label={t('filter.to')} precision={0} value={to ?? null} onChange={(next) => onChange([from, next])} />
      </div>
    )
  }
  if (field.type === 'number' || field.type === 'moment') {
    return <InputNumber aria-label={label} precision={0} min={field.type === 'moment' ? 1 : 0} value={(value as number) ?? null} onChange={onChange} />
  }
  return <Input aria-label={label} maxLength={100} value={(value as string) ?? ''} onChange={(event) => onChange(event.target.value)} />
}

function optionsOf(
  field: Field,
  op: string,
  preset: (name: (typeof PRESETS)[number]) => string,
  named: (thing: { zh: string; en: string }) => string,
  [yes, no]: [string, string],
) {
  if (op === 'preset') return PRESETS.map((value) => ({ value, label: preset(value) }))
  if (field.type === 'flag') return [{ value: 'true', label: yes }, { value: 'false', label: no }]
  return field.choices?.map((choice) => ({ value: choice.value, label: named(choice) }))
}

function Tags({ value, onChange }: Pick<EditorProps, 'value' | 'onChange'>) {
  const { t } = useTranslation()
  const tags = useQuery({ ...resource('tags').one('', {}), staleTime: 60_000 })
  return (
    <TagSelect
      label={t('list.value')}
      loading={tags.isPending}
      tags={tagOptions(tags.data?.items, t('common.ownTag'))}
      value={(value as string[] | undefined) ?? []}
      onChange={onChange}
    />
  )
}

/** Members by name, and whoever reads. */
function Members({ several, value, onChange }: Pick<EditorProps, 'value' | 'onChange'> & { several: boolean }) {
  const { t } = useTranslation()
  const [q, setQ] = useState('')
  const staff = useQuery({ ...resource('staff').list('', { q: useDebounced(q.trim()), limit: 50 }), staleTime: 30_000 })
  const options = (staff.data?.items ?? []).map((member) => ({ value: member.userid, label: member.name }))
  return (
    <Select
      aria-label={t('list.value')}
      placeholder={t('list.value')}
      {...(several ? { mode: 'multiple' as const } : {})}
      showSearch={{ filterOption: false, onSearch: setQ }}
      loading={staff.isFetching}
      options={q ? options : [{ value: '@me', label: t('list.me') }, ...options]}
      value={(value as string) ?? (several ? [] : null)}
      onChange={onChange}
    />
  )
}
