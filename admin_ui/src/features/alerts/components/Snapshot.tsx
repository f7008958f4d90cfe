import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import type { AlertDetail } from '@/api/types'
import { listed, wordFor } from '@/shared/i18n'
import { exactTime, lasted } from '@/shared/lib/time'
import { TagChips } from '@/shared/ui/Chips'
import { Facts } from '@/shared/ui/Page'

/** Whatever kind it is, its facts are those of a relation that ended. */
type Loss = AlertDetail & { facts: Extract<AlertDetail['facts'], { other_followers: string[]; followed_seconds: number | null }> }

/** Facts of an alert on a lost customer, beside those of all alerts. */
export function useLossFacts(alert: Loss): readonly (readonly [string, string])[] {
  const { t } = useTranslation()
  return [
    [t('alert.department'), alert.facts.department || '—'],
    [t('alert.detected'), wordFor('detectedBy', alert.detected_by)],
    [t('alert.others'), listed(alert.facts.other_followers) || t('alert.othersNone')],
  ]
}

/** The customer as it stood when it was lost. */
export function Snapshot({ alert }: { alert: Loss }) {
  const { t } = useTranslation()
  const { facts } = alert
  return (
    <section aria-label={t('alert.snapshot')}>
      <div className="f-alert-head">
        <h2>{t('alert.snapshot')}</h2>
        <Link to={`/customers/${encodeURIComponent(alert.external_userid)}`}>{t('alert.openCustomer')}</Link>
      </div>
      <Facts
        items={[
          [t('alert.remark'), alert.remark || '—'],
          [t('alert.corp'), facts.customer_corp_name || '—'],
          [t('alert.addWay'), wordFor('addWay', facts.add_way)],
          [t('alert.channel'), facts.channel || '—'],
          [t('alert.addedAt'), exactTime(facts.added_at)],
          [t('alert.followed'), lasted(facts.followed_seconds)],
        ]}
      />
      <div className="f-alert-tags">
        {alert.tags.length ? (
          <TagChips tags={alert.tags.map((name) => ({ name }))} />
        ) : (
          <span className="s-sub">{t('common.noTags')}</span>
        )}
      </div>
    </section>
  )
}
