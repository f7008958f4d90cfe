import '../words'
import '../record/words'

import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import { useCurrentUser } from '@/api/me'
import { resource } from '@/api/resource'
import { Called, remarkOf } from '@/shared/ui/Called'
import { Async } from '@/shared/ui/States'

import '../customers.css'
import { FollowList } from './FollowList'
import { Origin } from './Origin'
import { Profile } from './Profile'
import Timeline, { timelineOf } from './Timeline'

/** A customer beside the list: who they are, who follows them, what happened. */
export default function CustomerPanel({ id }: { id: string }) {
  const { t } = useTranslation()
  const me = useCurrentUser().userid
  const customer = useQuery(resource('customers').one('{customer}', { customer: id }))
  useInfiniteQuery(timelineOf(id)) // beside the customer, not after
  return (
    <Async query={customer} rows={10}>
      {(data) => (
        <div className="l-record">
          <div>
            <Link className="l-record-name" to={`/customers/${id}`}>
              <Called name={data.name} remark={remarkOf(data.follows, me)} />
            </Link>{' '}
            <Origin customer={data} />
          </div>
          <div>
            <Profile customer={data} size={48} />
          </div>
          <section aria-label={t('customer.follows')}>
            <h3>{t('customer.follows')}</h3>
            <FollowList customer={id} follows={data.follows} />
          </section>
          <section aria-label={t('customer.timeline')}>
            <h3>{t('customer.timeline')}</h3>
            <Timeline customer={id} />
          </section>
        </div>
      )}
    </Async>
  )
}
