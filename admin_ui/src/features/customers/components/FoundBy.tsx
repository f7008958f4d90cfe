import { useTranslation } from 'react-i18next'

import type { CustomerRow } from '@/api/types'

/** Why the search found this customer, where the name does not tell. */
export function FoundBy({ customer }: { customer: Pick<CustomerRow, 'found_by'> }) {
  const { t } = useTranslation()
  const found = customer.found_by
  if (!found) return null
  return (
    <div className="s-sub">
      {t(`customers.found.${found.field}`, { text: found.text })}
      {found.staff_name ? ` · ${found.staff_name}` : ''}
    </div>
  )
}
