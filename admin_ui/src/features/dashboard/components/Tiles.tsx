import { useQuery } from '@tanstack/react-query'
import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import { resource } from '@/api/resource'
import type { Schemas } from '@/api/client'
import { useCan } from '@/api/me'
import { number } from '@/shared/lib/numbers'
import { ago } from '@/shared/lib/time'

interface TileProps {
  name: string
  value: number
  to?: string
  children?: ReactNode
}

function Figure({ name, value, to, children }: TileProps) {
  const words = (
    <>
      <span className="f-figure-name">{name}</span>
      <span className="f-figure-value">{number(value)}</span>
      {children}
    </>
  )
  return (
    <li className="s-card">
      {to ? (
        <Link className="f-figure" to={to}>
          {words}
        </Link>
      ) : (
        <span className="f-figure">{words}</span>
      )}
    </li>
  )
}

/** How a day compares with the one before; `moreIsGood` decides the colour. */
function Change({ today, yesterday, moreIsGood }: { today: number; yesterday: number; moreIsGood: boolean }) {
  const { t } = useTranslation()
  const change = today - yesterday
  if (change === 0) return <span className="f-change">{t('dashboard.same')}</span>
  const good = change > 0 === moreIsGood
  return (
    <span className={`f-change ${good ? 'f-good' : 'f-bad'}`}>
      {change > 0 ? <ArrowUpOutlined aria-hidden="true" /> : <ArrowDownOutlined aria-hidden="true" />}{' '}
      {t('dashboard.vsYesterday', { n: (change > 0 ? '+' : '−') + number(Math.abs(change)) })}
    </span>
  )
}

/** What the tiles show beyond the customers' summary. */
export function useFigures() {
  const can = useCan()
  const alerts = useQuery({ ...resource('alerts').one('summary', {}), enabled: can('alerts.read') })
  const handovers = useQuery({ ...resource('handovers').one('summary', {}), enabled: can('handovers.read') })
  const broadcasts = useQuery({ ...resource('broadcasts').one('summary', {}), enabled: can('broadcasts.read') })
  const archive = useQuery({
    ...resource('messages').one('archive', {}),
    refetchInterval: 10_000,
    enabled: can('messages.read'),
  })
  return { alerts, handovers, broadcasts, archive }
}

/** The figures at the top of the workbench. */
export function Tiles({ summary }: { summary: Schemas['CustomerSummary'] }) {
  const { t } = useTranslation()
  const { alerts, handovers, broadcasts, archive } = useFigures()
  const today = summary.days.at(-1)?.day ?? '' // China's
  return (
    <ul className="f-figures">
      <Figure name={t('dashboard.customers')} value={summary.customers} to="/customers">
        <span className="f-change">
          {t('dashboard.follows')} {number(summary.active_follows)}
        </span>
      </Figure>
      <Figure name={t('dashboard.addedToday')} value={summary.added_today}>
        <Change today={summary.added_today} yesterday={summary.added_yesterday} moreIsGood />
      </Figure>
      <Figure
        name={t('dashboard.lostToday')}
        value={summary.lost_today}
        to={`/customers?lost_from=${today}&lost_to=${today}`}
      >
        <Change today={summary.lost_today} yesterday={summary.lost_yesterday} moreIsGood={false} />
      </Figure>
      {alerts.data ? (
        <Figure name={t('dashboard.alertsOpen')} value={alerts.data.open} to="/alerts?state=open">
          <span className="f-change">{t('dashboard.raisedToday', { n: number(alerts.data.raised_today) })}</span>
        </Figure>
      ) : null}
      {handovers.data ? (
        <Figure name={t('dashboard.handoversOpen')} value={handovers.data.open} to="/handovers?state=open">
          <span className={handovers.data.late ? 'f-change f-bad' : 'f-change'}>
            {handovers.data.late
              ? t('dashboard.handoversLate', { n: number(handovers.data.late) })
              : t('dashboard.handoversWaiting', { count: handovers.data.customers_unassigned })}
          </span>
        </Figure>
      ) : null}
      {broadcasts.data ? (
        <Figure name={t('dashboard.broadcastTile')} value={broadcasts.data.delivered_this_month} to="/broadcasts">
          <span className="f-change">{t('dashboard.broadcastWaiting', { count: broadcasts.data.waiting_for_staff })}</span>
        </Figure>
      ) : null}
      {archive.data?.configured ? (
        <Figure name={t('dashboard.hitsToday')} value={archive.data.hits_today} to="/alerts?kind=word_hit">
          <span className={`f-change ${archive.data.reason ? 'f-bad' : ''}`}>
            {archive.data.reason
              ? t('dashboard.archiveFailing')
              : t('dashboard.archiveTile', {
                  when: ago(archive.data.asked_at),
                  count: archive.data.parked.reduce((sum, row) => sum + row.count, 0),
                })}
          </span>
        </Figure>
      ) : null}
      <Figure name={t('dashboard.groups')} value={summary.groups} />
    </ul>
  )
}
