import { useTranslation } from 'react-i18next'

import type { CustomerDetail } from '@/api/types'
import { Mobiles } from '@/features/customers/components/Mobiles'
import { leading } from '@/features/customers/status'
import { wordFor } from '@/shared/i18n'
import { dateTime } from '@/shared/lib/time'
import { Id } from '@/shared/ui/Id'
import { Card, Facts } from '@/shared/ui/Page'
import { Tile } from '@/shared/ui/Tile'

/** What is known of a customer, the leading relation's remark first. */
export function ProfileTab({ customer }: { customer: CustomerDetail }) {
  const { t } = useTranslation()
  const follow = leading(customer.follows)
  const optional: [string, string | undefined][] = [
    [t('customer.remark'), follow?.remark],
    [t('customer.description'), follow?.description],
    [t('customer.corp'), customer.corp_full_name || customer.corp_name || follow?.remark_corp_name],
    [t('customer.position'), customer.position],
    [t('customer.channel'), follow?.state],
  ]
  return (
    <>
      <Card>
        <Facts
          items={[
            ...optional.filter((fact): fact is [string, string] => Boolean(fact[1])),
            [
              t('customer.mobiles'),
              <Mobiles key="m" customer={String(customer.id)} masked={follow?.remark_mobiles ?? []} />,
            ],
            [t('customers.addWay'), wordFor('addWay', follow?.add_way)],
            [t('customer.gender'), wordFor('gender', customer.gender)],
            [t('customer.firstAdded'), dateTime(customer.first_added_at)],
            [t('customer.id'), <Id key="id" value={customer.external_userid ?? String(customer.id)} />],
          ]}
        />
      </Card>
      {customer.groups.length ? (
        <Card title={t('customer.groups')}>
          <ul className="b-groups">
            {customer.groups.map((group) => (
              <li key={group.chat_id} className="s-person">
                <Tile name={group.name} seed={group.chat_id} round={false} size={28} />
                <div>
                  <div>{group.name || t('common.unnamed')}</div>
                  <div className="s-sub">{t('customer.owner', { name: group.owner_name })}</div>
                </div>
              </li>
            ))}
          </ul>
        </Card>
      ) : null}
    </>
  )
}
