import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import { resource } from '@/api/resource'
import type { BroadcastDetail } from '@/api/types'
import { number } from '@/shared/lib/numbers'
import { dateTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { Facts } from '@/shared/ui/Page'
import { Async } from '@/shared/ui/States'

import '../broadcasts.css'
import { STATE_TONE } from '../states'
import { PartsBar, PartsLegend } from './Parts'

/** A broadcast beside the list: how far it is, what it says, who sent it. */
export function BroadcastPanel({ id }: { id: number }) {
  const broadcast = useQuery(resource('broadcasts').one('{broadcast_id}', { broadcast_id: id }))
  return (
    <Async query={broadcast} rows={8}>
      {(data) => <Summary broadcast={data} />}
    </Async>
  )
}

function Summary({ broadcast }: { broadcast: BroadcastDetail }) {
  const { t } = useTranslation()
  const { report, progress, state } = broadcast
  return (
    <div className="l-record">
      <div>
        <Link className="l-record-name" to={`/broadcasts/${broadcast.id}`}>
          {broadcast.title}
        </Link>{' '}
        <Pill tone={STATE_TONE[state]}>{t(`broadcastState.${state}`)}</Pill>
      </div>
      {broadcast.reason ? (
        <p className="f-hint s-tone-bad">
          {t(state === 'draft' ? 'broadcast.rejectedBecause' : 'broadcast.stoppedBecause', { reason: broadcast.reason })}
        </p>
      ) : null}
      {report.audience ? (
        <div>
          <PartsBar report={report} />
          <PartsLegend report={report} />
        </div>
      ) : (
        <p className="s-sub">{state === 'planning' ? t('broadcast.planning') : t('broadcast.notSubmitted')}</p>
      )}
      <Facts
        items={[
          [t('broadcast.author'), broadcast.author_name],
          [t('broadcast.sendAt'), broadcast.send_at ? dateTime(broadcast.send_at) : t('broadcast.now')],
          [t('broadcast.startedAt'), dateTime(broadcast.started_at)],
          [t('broadcast.stepConfirmed'), `${number(progress.senders_confirmed)} / ${number(progress.senders)}`],
        ]}
      />
      {broadcast.text ? (
        <section aria-label={t('broadcast.content')}>
          <h3>{t('broadcast.content')}</h3>
          <p className="l-record-text">{broadcast.text}</p>
        </section>
      ) : null}
    </div>
  )
}
