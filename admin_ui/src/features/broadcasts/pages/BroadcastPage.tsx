import '../words'

import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'

import { resource } from '@/api/resource'
import type { Attachment, BroadcastDetail, Step } from '@/api/types'
import { listed } from '@/shared/i18n'
import { Waiting } from '@/shared/approvals/Waiting'
import { useFilters } from '@/shared/lib/filters'
import { number } from '@/shared/lib/numbers'
import { dateTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { Card, Facts, Page } from '@/shared/ui/Page'
import { Async } from '@/shared/ui/States'

import { BroadcastActions } from '../components/BroadcastActions'
import { PartsBar, PartsLegend } from '../components/Parts'
import { PhonePreview } from '../components/PhonePreview'
import { RecipientsTable } from '../components/RecipientsTable'
import { SendersTable, useSendersShown } from '../components/SendersTable'
import { STATE_TONE } from '../states'
import '../broadcasts.css'

/** One broadcast: how far it is, what became of whom, what it says. */
export default function BroadcastPage() {
  const { t } = useTranslation()
  const { id } = useParams()
  const broadcast = useQuery(resource('broadcasts').one('{broadcast_id}', { broadcast_id: Number(id) }))
  useSendersShown(Number(id)) // beside the broadcast, not after
  const data = broadcast.data
  return (
    <Page
      title={data?.title ?? t('broadcast.title')}
      note={data ? <Pill tone={STATE_TONE[data.state]}>{t(`broadcastState.${data.state}`)}</Pill> : null}
      actions={data ? <BroadcastActions broadcast={data} /> : null}
    >
      <Async query={broadcast} rows={10}>
        {(found) => (
          <>
            <Notices broadcast={found} />
            <div className="f-broadcast">
              <div>
                {found.report.audience ? (
                  <>
                    <Progress broadcast={found} />
                    <Details broadcast={found} />
                  </>
                ) : (
                  <Card title={t('broadcast.progress')}>
                    <p className="s-sub">
                      {found.state === 'planning' ? t('broadcast.planning') : t('broadcast.notSubmitted')}
                    </p>
                  </Card>
                )}
              </div>
              <div>
                <Card title={t('broadcast.content')}>
                  <PhonePreview text={found.text} attachments={found.attachments as Attachment[]} />
                </Card>
                <Card title={t('broadcast.about')}>
                  <About broadcast={found} />
                </Card>
              </div>
            </div>
          </>
        )}
      </Async>
    </Page>
  )
}

function Notices({ broadcast }: { broadcast: BroadcastDetail }) {
  const { t } = useTranslation()
  const { state, progress } = broadcast
  return (
    <div role="status" className="s-page">
      {broadcast.approval ? <Waiting kind="large_broadcast" approval={broadcast.approval} subject={broadcast} /> : null}
      {broadcast.reason ? (
        <p className="f-hint s-tone-bad">
          {state === 'draft'
            ? t('broadcast.rejectedBecause', { reason: broadcast.reason })
            : t('broadcast.stoppedBecause', { reason: broadcast.reason })}
        </p>
      ) : null}
      {progress.calls_unknown ? (
        <p className="f-hint s-tone-warn">{t('broadcast.inDoubt', { count: progress.calls_unknown })}</p>
      ) : null}
      {state === 'sending' || state === 'collecting' ? (
        <p className="f-hint s-tone-info">{t('broadcast.staffMustConfirm')}</p>
      ) : null}
    </div>
  )
}

function Progress({ broadcast }: { broadcast: BroadcastDetail }) {
  const { t } = useTranslation()
  const { report, progress } = broadcast
  const reached = report.audience - report.planned - report.in_doubt - report.refused - report.over_quota
  return (
    <Card title={t('broadcast.progress')}>
      <ol className="f-steps">
        <Step name={t('broadcast.stepCreated')} done={reached} of={report.audience} />
        <Step name={t('broadcast.stepConfirmed')} done={progress.senders_confirmed} of={progress.senders} />
        <Step name={t('broadcast.stepDelivered')} done={report.delivered} of={report.audience} />
      </ol>
      <PartsBar report={report} />
      <PartsLegend report={report} />
    </Card>
  )
}

function Step({ name, done, of }: { name: string; done: number; of: number }) {
  return (
    <li>
      <span>{name}</span>
      <b>
        {number(done)} <small>/ {number(of)}</small>
      </b>
    </li>
  )
}

function Details({ broadcast }: { broadcast: BroadcastDetail }) {
  const { t } = useTranslation()
  const filters = useFilters(['by'])
  const shown = filters.one('by') === 'customers' ? 'customers' : 'staff'
  return (
    <Card
      title={t('broadcast.report')}
      extra={
        <Segmented<'staff' | 'customers'>
          aria-label={t('broadcast.report')}
          value={shown}
          // The other view has other filters; none of them stays.
          onChange={(by) => filters.change({ by: by === 'staff' ? undefined : by, q: undefined, state: undefined, userid: undefined })}
          options={[
            { value: 'staff', label: t('broadcast.byStaff') },
            { value: 'customers', label: t('broadcast.byCustomer') },
          ]}
        />
      }
    >
      {shown === 'staff' ? <SendersTable broadcast={broadcast} /> : <RecipientsTable broadcast={broadcast} />}
    </Card>
  )
}

function About({ broadcast }: { broadcast: BroadcastDetail }) {
  const { t } = useTranslation()
  const { audience } = broadcast
  const names = new Map(broadcast.tags.map((tag) => [tag.tag_id, tag.name]))
  const words = (ids: readonly string[] | undefined): string => listed((ids ?? []).map((id) => names.get(id) ?? id))
  return (
    <Facts
      items={[
        ...(audience.everyone ? [[t('broadcast.audience'), t('broadcast.everyone')] as const] : []),
        ...(audience.all?.length ? [[t('broadcast.tags.all'), words(audience.all)] as const] : []),
        ...(audience.any?.length ? [[t('broadcast.tags.any'), words(audience.any)] as const] : []),
        ...(audience.none?.length ? [[t('broadcast.tags.none'), words(audience.none)] as const] : []),
        [t('broadcast.withoutSender'), number(broadcast.without_sender)],
        [t('broadcast.author'), broadcast.author_name],
        ...(broadcast.approver_name ? [[t('broadcast.approver'), broadcast.approver_name] as const] : []),
        [t('broadcast.sendAt'), broadcast.send_at ? dateTime(broadcast.send_at) : t('broadcast.now')],
        [t('broadcast.startedAt'), dateTime(broadcast.started_at)],
        [t('broadcast.calls'), `${number(broadcast.progress.calls_created)} / ${number(broadcast.progress.calls)}`],
        ...(broadcast.watched_until && !broadcast.finished_at
          ? [[t('broadcast.watchedUntil'), dateTime(broadcast.watched_until)] as const]
          : []),
      ]}
    />
  )
}
