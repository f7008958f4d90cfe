import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'

import { listed } from '../i18n'
import { tagOptions } from '../lib/tags'
import { StaffName } from '../ui/StaffSelect'
import type { ListAddress } from './address'
import { Chip } from './Chip'
import { bare, conditionOf, partsOf, without, type Condition } from './conditions'
import { useNamed, type Field, type Kind } from './kind'

/** The conditions of the address, each as a chip that says what it asks. */
export function ConditionChips({ address, kind }: { address: ListAddress; kind: Kind | undefined }) {
  const { t } = useTranslation()
  const named = useNamed()
  const filter = address.asked.filter
  return (
    <>
      {partsOf(filter).map((part, at) => {
        const condition = conditionOf(part)
        const field = kind?.fields.find(({ key }) => key === condition?.field)
        const label = field ? named(field) : (condition?.field ?? t('list.combined'))
        return (
          <Chip
            key={JSON.stringify(part)}
            label={label}
            broken={kind && condition && !field ? t('list.gone') : undefined}
            operator={condition ? t(`list.ops.${condition.op as 'is'}`) : ''}
            onRemove={() => address.change({ filter: without(filter, at) })}
          >
            {condition && field && !bare(condition.op) ? <Value condition={condition} field={field} /> : null}
          </Chip>
        )
      })}
    </>
  )
}

function Value({ condition, field }: { condition: Condition; field: Field }) {
  const { t } = useTranslation()
  const named = useNamed()
  const { op, value } = condition
  const all = (Array.isArray(value) ? value : [value]).map(String)
  if (field.type === 'set') return <TagNames ids={all} />
  if (field.type === 'member') return <Members userids={all} />
  if (field.choices) return listed(all.map((one) => said(field, one, named)))
  if (op === 'preset') return t(`list.presets.${all[0] as 'today'}`)
  if (op === 'last_days' || op === 'older_days') return t('time.days', { count: Number(value) })
  if (op === 'between') return all.join(' – ')
  if (field.type === 'flag') return t(value === true ? 'state.yes' : 'state.no')
  return listed(all)
}

const said = (field: Field, value: string, named: (thing: { zh: string; en: string }) => string): string => {
  const choice = field.choices?.find((one) => one.value === value)
  return choice ? named(choice) : value
}

function TagNames({ ids }: { ids: readonly string[] }) {
  const { t } = useTranslation()
  const tags = useQuery({ ...resource('tags').one('', {}), staleTime: 60_000 })
  const options = tagOptions(tags.data?.items, t('common.ownTag'))
  return <>{listed(ids.map((id) => options.find((option) => option.id === id)?.name ?? id))}</>
}

function Members({ userids }: { userids: readonly string[] }) {
  const { t } = useTranslation()
  return (
    <>
      {userids.map((userid, at) => (
        <span key={userid}>
          {at ? listed(['', '']) : ''}
          {userid === '@me' ? t('list.me') : <StaffName userid={userid} />}
        </span>
      ))}
    </>
  )
}
