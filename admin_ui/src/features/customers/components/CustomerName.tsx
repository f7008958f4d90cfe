import { useTranslation } from 'react-i18next'

import type { CustomerRow } from '@/api/types'
import { useCurrentUser } from '@/api/me'
import type { ListAddress } from '@/shared/list/address'
import { OpenLink } from '@/shared/list/List'
import { Called, remarkOf } from '@/shared/ui/Called'
import { Tile } from '@/shared/ui/Tile'

import { seedOf } from '../status'
import { FoundBy } from './FoundBy'
import { Origin } from './Origin'

/** Portrait, name and remark, origin or why the search found them: the first cell of the list of customers. */
export function CustomerName({ customer, address }: { customer: CustomerRow; address: ListAddress }) {
  const { t } = useTranslation()
  const me = useCurrentUser().userid
  const name = customer.name || t('common.unnamed')
  return (
    <div className="s-person">
      <Tile name={name} seed={seedOf(customer)} image={customer.avatar} size={28} />
      <div>
        <OpenLink address={address} id={customer.id}>
          <Called name={name} remark={remarkOf(customer.follows, me, customer.matched)} />
        </OpenLink>
        <div className="l-second">{customer.found_by ? <FoundBy customer={customer} /> : <Origin customer={customer} />}</div>
      </div>
    </div>
  )
}
