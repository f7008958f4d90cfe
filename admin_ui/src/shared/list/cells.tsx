import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { number } from '../lib/numbers'
import { dateTime } from '../lib/time'
import { TagChips } from '../ui/Chips'
import { useNamed, type Field, type Kind } from './kind'
import type { ListColumn } from './Table'

/** As the service answers rows of a kind that were asked for with columns. */
interface Celled {
  cells?: Record<string, unknown> | null
}

/** The columns of a kind that its page has none of its own for: shown to who chooses them. */
export function moreColumns<Row>(kind: Kind | undefined, own: readonly { key: string }[], title: (field: Field) => string): ListColumn<Row>[] {
  const known = new Set(own.map(({ key }) => key))
  return (kind?.fields ?? [])
    .filter((field) => field.column && !known.has(field.key))
    .map((field) => ({
      key: field.key,
      title: title(field),
      extra: true,
      numeric: field.type === 'number',
      render: (row) => <Cell field={field} value={(row as Celled).cells?.[field.key]} />,
    }))
}

function Cell({ field, value }: { field: Field; value: unknown }): ReactNode {
  const { t } = useTranslation()
  const named = useNamed()
  if (value === null || value === undefined || value === '') return '—'
  if (field.type === 'member') return (value as { name?: string; userid: string }).name || (value as { userid: string }).userid
  if (field.type === 'set') return (value as unknown[]).length ? <TagChips tags={value as { name: string }[]} most={3} /> : '—'
  if (field.type === 'moment') return <span className="s-when">{dateTime(String(value))}</span>
  if (field.type === 'number') return number(Number(value))
  if (field.type === 'flag') return t(value ? 'state.yes' : 'state.no')
  const choice = field.choices?.find((one) => one.value === String(value))
  return choice ? named(choice) : String(value)
}
