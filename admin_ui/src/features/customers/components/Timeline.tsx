import '../timeline/words'

import {
  AlertOutlined,
  IdcardOutlined,
  MessageOutlined,
  NotificationOutlined,
  SwapOutlined,
  UsergroupAddOutlined,
} from '@ant-design/icons'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import type { Schemas } from '@/api/client'
import { useCan, type Permission } from '@/api/me'
import { resource } from '@/api/resource'
import type { TimelineRow } from '@/api/types'
import { listed } from '@/shared/i18n'
import { ByDay, Happening } from '@/shared/ui/ByDay'
import { Pill } from '@/shared/ui/Chips'
import { Async, EmptyState, NothingFound } from '@/shared/ui/States'

import { VIEWS } from '../kinds'
import { FACTS, STATES, titleOf, type Fact, type View, type Views } from '../kinds/view'

type Source = Schemas['SourceName']

interface Shown {
  icon: ReactNode
  /** Who lacks it is told nothing of this source. */
  needs?: Permission
}

const SOURCES: Readonly<Record<Source, Shown>> = {
  file: { icon: <IdcardOutlined /> },
  broadcasts: { icon: <NotificationOutlined /> },
  chats: { icon: <MessageOutlined />, needs: 'messages.read' },
  alerts: { icon: <AlertOutlined />, needs: 'alerts.read' },
  handovers: { icon: <SwapOutlined />, needs: 'handovers.read' },
  groups: { icon: <UsergroupAddOutlined /> },
}
const EVERY = Object.keys(SOURCES) as Source[]

/** The page of a record, by its kind. */
const PAGES: Readonly<Record<Schemas['TimelineReference']['kind'], (id: string) => string>> = {
  alert: (id) => `/alerts/${id}`,
  broadcast: (id) => `/broadcasts/${id}`,
  conversation: (id) => `/messages?${new URLSearchParams({ c: id })}`,
  group: (id) => `/customers/groups/${encodeURIComponent(id)}`,
  handover: (id) => `/handovers/${id}`,
}

/** What happened to a customer, of one source or of all, thirty at a time. */
export const timelineOf = (customer: string, source?: Source) =>
  resource('customers').pages('{customer}/timeline', { customer, source: source ? [source] : EVERY, limit: 30 })

/** Whether a fact says anything; a kind tells some of its facts only sometimes. */
const told = (value: unknown): boolean => value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && !value.length)

interface TimelineProps {
  customer: string
  /** Beside a chat there are no pages of the console: records open in a window of their own. */
  aside?: boolean
}

/** A way to a page of the console. */
function Way({ to, aside, children }: { to: string; aside: boolean; children: ReactNode }) {
  return aside ? (
    <a href={to} target="_blank" rel="noreferrer">
      {children}
    </a>
  ) : (
    <Link to={to}>{children}</Link>
  )
}

function Entry({ row, aside }: { row: TimelineRow; aside: boolean }) {
  const { t } = useTranslation()
  // A row may be of a kind that only a newer version knows.
  const view: View = (VIEWS as Partial<Views>)[row.kind] ?? { tone: 'plain', shows: [] }
  const facts = view.shows.filter((name) => told(row.facts[name]))
  const lead = view.lead && told(row.facts[view.lead]) ? FACTS[view.lead](row.facts[view.lead]) : ''
  const to = row.reference ? PAGES[row.reference.kind](row.reference.id) : undefined
  const words = titleOf(row.kind)
  return (
    <Happening
      at={row.at}
      tone={view.tone}
      who={row.staff_name}
      icon={SOURCES[row.source].icon}
      title={
        <>
          {lead ? `${words} ` : null}
          {to ? (
            <Way to={to} aside={aside}>
              {lead || words}
            </Way>
          ) : (
            lead || words
          )}
          {view.state ? <State name={view.state} value={row.facts[view.state]} /> : null}
        </>
      }
    >
      {facts.map((name) => (
        <Said key={name} name={name} value={row.facts[name]} />
      ))}
      {row.actor.kind === 'account' && row.actor.name ? (
        <div className="s-sub">{t('customer.doneBy', { name: row.actor.name })}</div>
      ) : null}
      {row.also.length ? (
        <div className="s-sub">
          {t('customer.also')}:{' '}
          {row.also.map((other) => (
            <Way key={other.id} to={`/customers/${other.id}`} aside={aside}>
              {other.name}{' '}
            </Way>
          ))}
        </div>
      ) : null}
    </Happening>
  )
}

function State({ name, value }: { name: keyof typeof STATES; value: unknown }) {
  const tones: Partial<Record<string, (typeof STATES)['alert_state']['open']>> = STATES[name]
  return told(value) ? (
    <>
      {' '}
      <Pill tone={tones[String(value)] ?? 'plain'}>{FACTS[name](value)}</Pill>
    </>
  ) : null
}

function Said({ name, value }: { name: Fact; value: unknown }) {
  const { t } = useTranslation()
  return (
    <div className="s-sub">
      {t(`fact.${name}`)}: {FACTS[name](value)}
    </div>
  )
}

/** What happened to a customer, by day, of all that tell of it or of one. */
export default function Timeline({ customer, aside = false }: TimelineProps) {
  const { t } = useTranslation()
  const can = useCan()
  const [source, setSource] = useState<Source>()
  const timeline = useInfiniteQuery(timelineOf(customer, source))
  const offered = EVERY.filter((name) => !SOURCES[name].needs || can(SOURCES[name].needs))
  const named = (names: readonly Source[]) => listed(names.map((name) => t(`timelineSource.${name}`)))
  return (
    <>
      <div className="s-timeline-filters" role="group" aria-label={t('customer.filterTimeline')}>
        {[undefined, ...offered].map((name) => (
          <button key={name ?? 'all'} type="button" className="s-timeline-filter" aria-pressed={source === name} onClick={() => setSource(name)}>
            {t(`timelineSource.${name ?? 'all'}`)}
          </button>
        ))}
      </div>
      <Async query={timeline}>
        {(data) => {
          const rows = data.pages.flatMap((page) => page.items)
          const failed = [...new Set(data.pages.flatMap((page) => page.failed))]
          const gathering = data.pages.at(-1)?.gathering ?? []
          return (
            <>
              {failed.length ? (
                <Alert
                  type="warning"
                  showIcon
                  className="s-timeline-note"
                  title={t('customer.unread', { sources: named(failed) })}
                  action={
                    <Button size="small" onClick={() => void timeline.refetch()}>
                      {t('action.retry')}
                    </Button>
                  }
                />
              ) : null}
              {gathering.length ? (
                <Alert type="info" showIcon className="s-timeline-note" title={t('customer.gathering', { sources: named(gathering) })} />
              ) : null}
              {rows.length ? (
                <ByDay
                  rows={rows}
                  pages={timeline}
                  happening={(row) => <Entry key={`${row.source}:${row.id}`} row={row} aside={aside} />}
                />
              ) : failed.length || gathering.length ? null : source ? (
                <NothingFound title={t('customer.noneOfSource')} onClear={() => setSource(undefined)} />
              ) : (
                <EmptyState title={t('customer.noTimeline')} />
              )}
            </>
          )
        }}
      </Async>
    </>
  )
}
