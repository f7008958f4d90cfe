/** What a list is narrowed to, as a filter of its kind: for who keeps it as a view or takes it as a file. */
import { useTranslation } from 'react-i18next'

import type { ListAddress } from './address'
import type { NamedFilter } from './Bar'
import { filterOf, partsOf } from './conditions'

/** The filter as text and as JSON, and in words what it cannot say. */
export function useWanted(address: ListAddress, named: readonly NamedFilter[]) {
  const { t } = useTranslation()
  const active = named.filter(({ said }) => said)
  const lost = active.filter(({ as }) => !as).map(({ label }) => label)
  if (address.one('q')) lost.push(t('list.searchWords'))
  const filter = filterOf([...active.flatMap(({ as }) => (as ? [as] : [])), ...partsOf(address.asked.filter)])
  return { filter, json: JSON.parse(filter ?? '{}') as Record<string, unknown>, lost }
}
