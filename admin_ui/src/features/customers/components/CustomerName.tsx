import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import type { CustomerRow } from '@/api/types'
import { useCurrentUser } from '@/api/me'
import { Called, remarkOf } from '@/shared/ui/Called'
import { Tile } from '@/shared/ui/Tile'

import { seedOf } from '../status'
import { FoundBy } from './FoundBy'
import { Origin } from './Origin'

/** Portrait, name and remark as a link, origin: the first cell of every list of customers. */
export function CustomerName({ customer }: { customer: CustomerRow }) {
  const { t } = useTranslation()
  const me = useCurrentUser().userid
  const name = customer.name || t('common.unnamed')
  return (
    <div className="s-person">
      <Tile name={name} seed={seedOf(customer)} image={customer.avatar} />
      <div>
        <Link className="s-person-name" to={`/customers/${customer.id}`}>
          <Called name={name} remark={remarkOf(customer.follows, me, customer.matched)} />
        </Link>
        <div>
          <Origin customer={customer} />
        </div>
        <FoundBy customer={customer} />
      </div>
    </div>
  )
}
