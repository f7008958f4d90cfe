import { useTranslation } from 'react-i18next'

import type { CustomerDetail } from '@/api/types'
import { wordFor } from '@/shared/i18n'
import { dateTime } from '@/shared/lib/time'
import { Id } from '@/shared/ui/Id'
import { Facts } from '@/shared/ui/Page'
import { Tile } from '@/shared/ui/Tile'

import { seedOf } from '../status'
import { CustomerTags } from './CustomerTags'
import { OwnedBy } from './OwnedBy'

/** A customer's portrait, tags and facts. */
export function Profile({ customer, size = 64 }: { customer: CustomerDetail; size?: number }) {
  const { t } = useTranslation()
  return (
    <>
      <div className="f-profile">
        <Tile
          name={customer.name}
          seed={seedOf(customer)}
          image={customer.avatar}
          size={size}
          round={false}
        />
        <CustomerTags customer={customer} />
      </div>
      <Facts
        items={[
          [t('customer.type'), customer.external_userid === null ? t(`customerKind.${customer.kind}`) : wordFor('customerType', customer.type)],
          ...(customer.kind === 'person' ? [[t('customer.gender'), wordFor('gender', customer.gender)] as const] : []),
          ...(customer.owner ? [[t('customer.ownedBy'), <OwnedBy key="owner" owner={customer.owner} />] as const] : []),
          ...(customer.corp_name
            ? [[t('customer.corp'), customer.corp_full_name || customer.corp_name] as const]
            : []),
          ...(customer.position ? [[t('customer.position'), customer.position] as const] : []),
          [t(customer.external_userid === null ? 'customer.enteredAt' : 'customer.firstAdded'), <span key="first" className="s-when">{dateTime(customer.first_added_at)}</span>],
          ...(customer.fetched_at
            ? [[t('customer.fetched'), <span key="fetched" className="s-when">{dateTime(customer.fetched_at)}</span>] as const]
            : []),
          [t('customer.id'), <Id key="id" value={customer.external_userid ?? String(customer.id)} />],
        ]}
      />
    </>
  )
}
