import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { Audience, AudienceCount } from '@/api/types'
import { useDebounced } from '@/shared/lib/debounce'
import { number } from '@/shared/lib/numbers'
import { dateTime } from '@/shared/lib/time'
import { Called } from '@/shared/ui/Called'
import { Card } from '@/shared/ui/Page'
import { Async } from '@/shared/ui/States'

import { isChosen } from '../draft'

interface CountBoxProps {
  audience: Audience
  sendAt: string | null
}

/** The count of the chosen audience, as it would be planned now. */
export function useCount({ audience, sendAt }: CountBoxProps) {
  const wanted = useDebounced(JSON.stringify({ audience, sendAt }))
  const asked = JSON.parse(wanted) as CountBoxProps
  return useQuery({
    ...resource('broadcasts').reckon('audience', { audience: asked.audience, send_at: asked.sendAt }),
    placeholderData: keepPreviousData,
    enabled: isChosen(asked.audience),
  })
}

/** How many customers it reaches and through whom; quota and approval are said before anything is sent. */
export function CountBox(props: CountBoxProps) {
  const { t } = useTranslation()
  const count = useCount(props)
  return (
    <Card title={t('broadcast.audienceCount')} className="f-count-box">
      {isChosen(props.audience) ? (
        <Async query={count} rows={4}>
          {(data) => <Figures count={data} />}
        </Async>
      ) : (
        <p className="s-sub">{t('broadcast.chooseAudience')}</p>
      )}
    </Card>
  )
}

function Figures({ count }: { count: AudienceCount }) {
  const { t } = useTranslation()
  const { quota } = count
  return (
    <div aria-live="polite">
      <p className="f-count-main">
        {number(count.recipients)}
        <small>{t('broadcast.willGet')}</small>
      </p>
      <dl>
        <dt>{t('broadcast.matched')}</dt>
        <dd>{number(count.matched)}</dd>
        <dt>{t('broadcast.overQuota')}</dt>
        <dd>{number(count.over_quota)}</dd>
        <dt>{t('broadcast.withoutSender')}</dt>
        <dd>{number(count.without_sender)}</dd>
        <dt>{t('broadcast.senders')}</dt>
        <dd>{number(count.senders)}</dd>
      </dl>
      <p className="s-sub">
        {t(`broadcast.quota.${quota.rule}`, { count: quota.limit })} ·{' '}
        {t('broadcast.quotaUntil', { time: dateTime(quota.ends_at) })}
      </p>
      {count.needs_approval ? (
        <p className="f-hint s-tone-warn" role="note">
          {t('broadcast.needsApproval')}
        </p>
      ) : null}
      {count.preview.length ? (
        <details>
          <summary>{t('broadcast.whoAndThrough')}</summary>
          <ul>
            {count.preview.map((row) => (
              <li key={row.external_userid}>
                <span>
                  <Called name={row.customer_name} remark={row.customer_remark} />
                </span>
                <span className="s-sub">{t('broadcast.through', { name: row.staff_name })}</span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  )
}
