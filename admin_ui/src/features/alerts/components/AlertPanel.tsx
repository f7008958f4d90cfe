import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { AlertDetail } from '@/api/types'
import { wordFor } from '@/shared/i18n'
import { SEVERITY_TONE } from '@/shared/lib/severity'
import { PanelFoot } from '@/shared/list/Panel'
import { exactTime } from '@/shared/lib/time'
import { calledAs } from '@/shared/ui/Called'
import { Pill } from '@/shared/ui/Chips'
import { Facts } from '@/shared/ui/Page'
import { Async } from '@/shared/ui/States'
import { Tile } from '@/shared/ui/Tile'

import '../alerts.css'
import { viewOf, type View } from '../kinds/view'
import { NOTICE_TONE, STATE_TONE } from '../tones'
import { AlertActions } from './AlertActions'

/** One alert beside the list: who lost whom, what stood before, who was told, what was done. */
export function AlertPanel({ id }: { id: number }) {
  const alert = useQuery(resource('alerts').one('{alert_id}', { alert_id: id }))
  return (
    <Async query={alert} rows={10}>
      {(data) => (
        <>
          <Detail key={data.id} alert={data} view={viewOf(data.kind)} />
          <PanelFoot>
            <AlertActions alert={data} />
          </PanelFoot>
        </>
      )}
    </Async>
  )
}

function Detail({ alert, view }: { alert: AlertDetail; view: View }) {
  const { t } = useTranslation()
  const facts = view.useFacts(alert)
  const customer = calledAs(alert.customer_name, alert.remark)
  return (
    <div className="f-alert">
      <div className="s-person">
        <Tile name={alert.customer_name || t('common.unnamed')} seed={alert.external_userid} image={alert.customer_avatar} size={48} round={false} />
        <div>
          <p className="f-alert-sentence">
            {t(`alertSentence.${alert.kind}`, {
              staff: alert.staff_name || alert.userid,
              customer,
              ...view.slots?.(alert),
            })}
          </p>
          <span className="s-chips">
            <Pill tone={STATE_TONE[alert.state]}>{t(`alertState.${alert.state}`)}</Pill>
            <Pill tone={view.tone}>{t(`alertKind.${alert.kind}`)}</Pill>
            {view.graded ? <Pill tone={SEVERITY_TONE[alert.severity]}>{t(`severity.${alert.severity}`)}</Pill> : null}
          </span>
        </div>
      </div>
      <Facts
        items={[
          [t('alert.happened'), exactTime(alert.event_at)],
          [t('alert.raised'), exactTime(alert.raised_at)],
          [t('alert.staff'), alert.userid ? `${alert.staff_name} (${alert.userid})` : '—'],
          ...facts,
        ]}
      />
      <view.Body alert={alert} />
      <History alert={alert} />
      <Notices alert={alert} />
      <Handling alert={alert} />
    </div>
  )
}

function History({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation()
  if (!alert.history.length) return null
  return (
    <section aria-label={t('alert.history')}>
      <h2>{t('alert.history')}</h2>
      <ol className="f-alert-history">
        {alert.history.map((moment) => (
          <li key={`${moment.kind}${moment.at}`}>
            <time dateTime={moment.at}>{exactTime(moment.at)}</time>
            <span>{wordFor('moment', moment.kind)}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** Why WeCom did not deliver: the member is unknown to the app, or what WeCom said. */
function wordsOf(reason: string | null): string | null {
  return reason === null ? null : wordFor('noticeReason', reason)
}

function Notices({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation()
  return (
    <section aria-label={t('alert.notices')}>
      <h2>{t('alert.notices')}</h2>
      {alert.notices.length ? (
        <ul className="f-alert-notices">
          {alert.notices.map((notice) => (
            <li key={notice.userid} className="s-person">
              <Tile name={notice.staff_name} seed={notice.userid} size={28} />
              <div className="f-alert-told">
                <div>
                  {notice.staff_name || notice.userid} <span className="s-sub">{t(`noticeKind.${notice.kind}`)}</span>
                </div>
                <div className="s-sub">
                  {notice.state === 'unknown' ? t('alert.unknownHint') : (wordsOf(notice.reason) ?? exactTime(notice.finished_at))}
                </div>
              </div>
              <Pill tone={NOTICE_TONE[notice.state]}>{t(`noticeState.${notice.state}`)}</Pill>
            </li>
          ))}
        </ul>
      ) : (
        <p className="s-sub">{t('alert.noNotices')}</p>
      )}
    </section>
  )
}

function Handling({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation()
  if (!alert.reviewer && !alert.closed_by) return null
  return (
    <section aria-label={t('alert.handling')}>
      <h2>{t('alert.handling')}</h2>
      {alert.reviewer ? <p>{t('alert.reviewBy', { name: alert.reviewer, time: exactTime(alert.review_at) })}</p> : null}
      {alert.closed_by ? (
        <>
          <p>{t('alert.closedBy', { name: alert.closed_by, time: exactTime(alert.closed_at) })}</p>
          <p>
            {t('alert.reason')}: {wordFor('closeReason', alert.close_reason)}
          </p>
          {alert.close_note ? <p>{alert.close_note}</p> : null}
        </>
      ) : null}
    </section>
  )
}
