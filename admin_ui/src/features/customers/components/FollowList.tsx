import { useTranslation } from 'react-i18next'

import type { FollowDetail } from '@/api/types'
import { wordFor } from '@/shared/i18n'
import { dateTime } from '@/shared/lib/time'
import { Pill, TagChips } from '@/shared/ui/Chips'
import { Facts } from '@/shared/ui/Page'
import { Tile } from '@/shared/ui/Tile'

import { isLive, stateOf, toneOf } from '../status'
import { Mobiles } from './Mobiles'

/** Every follow relation of a customer with what only its staff member wrote; ended ones last. */
export function FollowList({ customer, follows }: { customer: string; follows: readonly FollowDetail[] }) {
  const ordered = [...follows].sort(
    (a, b) => Number(isLive(b)) - Number(isLive(a)) || b.added_at.localeCompare(a.added_at),
  )
  const { t } = useTranslation()
  if (!ordered.length) return <p className="s-sub">{t('customer.noFollows')}</p>
  return (
    <div className="f-follows">
      {ordered.map((follow) => (
        <Follow key={follow.userid} customer={customer} follow={follow} />
      ))}
    </div>
  )
}

function Follow({ customer, follow }: { customer: string; follow: FollowDetail }) {
  const { t } = useTranslation()
  const optional: [string, string][] = [
    [t('customer.remark'), follow.remark],
    [t('customer.corp'), follow.remark_corp_name],
    [t('customer.description'), follow.description],
    [t('customer.channel'), follow.state],
  ]
  return (
    <article className="f-follow" aria-label={follow.staff_name}>
      <div className="s-person">
        <Tile name={follow.staff_name} seed={follow.userid} size={32} />
        <div className="f-follow-who">
          <b>{follow.staff_name}</b>
          <div className="s-sub">{follow.userid}</div>
        </div>
        <Pill tone={toneOf(stateOf(follow))}>{t(`followStatus.${stateOf(follow)}`)}</Pill>
      </div>
      <Facts
        items={[
          ...optional.filter(([, value]) => value),
          [t('customers.addWay'), wordFor('addWay', follow.add_way)],
          [t('customer.addedAt'), <span key="added" className="s-when">{dateTime(follow.added_at)}</span>],
          ...(follow.ended_at
            ? [[t('customer.endedAt'), <span key="ended" className="s-when">{dateTime(follow.ended_at)}</span>] as const]
            : []),
          [
            t('customer.mobiles'),
            <Mobiles key="mobiles" customer={customer} masked={follow.remark_mobiles} />,
          ],
        ]}
      />
      {follow.tags.length || follow.personal_tags.length ? (
        <TagChips tags={[...follow.tags, ...follow.personal_tags.map((name) => ({ name, group_name: t('customer.personalTags') }))]} />
      ) : null}
    </article>
  )
}
