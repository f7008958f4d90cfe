import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import { Tile } from '@/shared/ui/Tile'

import { Origin } from './Origin'

interface Named {
  external_userid: string
  name: string
  avatar: string
  type: number | null
  corp_name: string
}

/** Portrait, name as a link, origin: the first cell of every list of customers. */
export function CustomerName({ customer }: { customer: Named }) {
  const { t } = useTranslation()
  const name = customer.name || t('common.unnamed')
  return (
    <div className="s-person">
      <Tile name={name} seed={customer.external_userid} image={customer.avatar} />
      <div>
        <Link className="s-person-name" to={`/customers/${encodeURIComponent(customer.external_userid)}`}>
          {name}
        </Link>
        <div>
          <Origin customer={customer} />
        </div>
      </div>
    </div>
  )
}
