import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { GroupEvent, GroupEventKind } from '@/api/types'
import { clockTime, dateTime, dayOf, dayTitle, exactTime } from '@/shared/lib/time'
import { DayRange } from '@/shared/ui/DayRange'
import { Async, EmptyState, NothingFound } from '@/shared/ui/States'

interface Asked {
  kind?: GroupEventKind[]
  at_from?: string
  at_to?: string
}

/** What happened in a group, thirty at a time. */
export const eventsOf = (chatId: string, asked: Asked) =>
  resource('groups').pages('{chat_id}/events', { chat_id: chatId, limit: 30, ...asked })

/** What is chosen, without what is not. */
const asking = (kind: GroupEventKind[] | undefined, from: string | undefined, to: string | undefined): Asked => ({
  ...(kind?.length ? { kind } : {}),
  ...(from ? { at_from: from } : {}),
  ...(to ? { at_to: to } : {}),
})

const KINDS: Readonly<Record<GroupEventKind, 's-good' | 's-bad' | ''>> = {
  member_joined: 's-good',
  member_left: 's-bad',
  owner_changed: '',
  admin_added: '',
  admin_removed: '',
  renamed: '',
  notice_changed: '',
  created: 's-good',
  dismissed: 's-bad',
  vanished: 's-bad',
  came_back: 's-good',
}

/** The log of a group by day, newest first, with its filters. */
export function GroupHistory({ chatId, since }: { chatId: string; since: string | null }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState<Asked>({})
  const events = useInfiniteQuery(eventsOf(chatId, asked))
  return (
    <>
      <div className="s-toolbar" role="search">
        <Select<GroupEventKind[]>
          mode="multiple"
          className="s-filter-wide"
          aria-label={t('group.kind')}
          placeholder={t('group.kind')}
          maxTagCount="responsive"
          value={asked.kind ?? []}
          options={(Object.keys(KINDS) as GroupEventKind[]).map((kind) => ({ value: kind, label: t(`groupEvent.${kind}`) }))}
          onChange={(kind) => setAsked(({ at_from, at_to }) => asking(kind, at_from, at_to))}
        />
        <DayRange
          label={t('group.when')}
          from={asked.at_from}
          to={asked.at_to}
          onChange={({ from, to }) => setAsked(({ kind }) => asking(kind, from, to))}
        />
      </div>
      <Async query={events}>
        {(data) => {
          const rows = data.pages.flatMap((page) => page.items)
          if (!rows.length && Object.keys(asked).length) return <NothingFound onClear={() => setAsked({})} />
          if (!rows.length) return <EmptyState title={t('group.noHistory')} hint={t('group.noHistoryHint')} />
          return (
            <>
              {byDay(rows).map((day) => (
                <section key={day.day} aria-label={day.title}>
                  <h3 className="s-timeline-day">{day.title}</h3>
                  <ol className="s-timeline">
                    {day.rows.map((row) => (
                      <Happening key={row.id} row={row} />
                    ))}
                  </ol>
                </section>
              ))}
              {events.hasNextPage ? (
                <Button block loading={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
                  {t('action.more')}
                </Button>
              ) : since ? (
                <p className="s-sub">{t('group.since', { time: dateTime(since) })}</p>
              ) : null}
            </>
          )
        }}
      </Async>
    </>
  )
}

/** Events under the day on which they happened. */
function byDay(rows: readonly GroupEvent[]): { day: string; title: string; rows: GroupEvent[] }[] {
  const days: { day: string; title: string; rows: GroupEvent[] }[] = []
  for (const row of rows) {
    const last = days.at(-1)
    if (last?.day === dayOf(row.at)) last.rows.push(row)
    else days.push({ day: dayOf(row.at), title: dayTitle(row.at), rows: [row] })
  }
  return days
}

function Happening({ row }: { row: GroupEvent }) {
  const { t } = useTranslation()
  const facts = useFacts(row)
  const personal = row.userid !== null || row.external_userid !== null
  return (
    <li>
      <time dateTime={row.at} title={exactTime(row.at)}>
        {clockTime(row.at)}
      </time>
      <span className={`s-timeline-dot ${KINDS[row.kind]}`} aria-hidden="true" />
      <div>
        <div>
          {personal ? <b>{row.name || row.userid || row.external_userid} </b> : null}
          {row.kind === 'member_left' && row.quit_scene === 1 ? t('group.removed') : t(`groupEvent.${row.kind}`)}
        </div>
        {facts.map((fact) => (
          <div key={fact} className="s-sub">
            {fact}
          </div>
        ))}
      </div>
    </li>
  )
}

/** What is known of an event beside that it happened. */
function useFacts(row: GroupEvent): string[] {
  const { t } = useTranslation()
  const facts: string[] = []
  if (row.kind === 'member_joined' && row.join_scene !== null && row.join_scene >= 0 && row.join_scene <= 3)
    facts.push(t(`joinScene.${String(row.join_scene) as '0' | '1' | '2' | '3'}`))
  if (row.kind === 'member_joined' && row.invitor_name) facts.push(t('group.invitor', { name: row.invitor_name }))
  if (row.kind === 'member_left' && row.joined_at) facts.push(t('group.joinedAt', { time: dateTime(row.joined_at) }))
  if (row.before !== null && row.after !== null)
    facts.push(t('group.fromTo', { before: row.before || t('group.none'), after: row.after || t('group.none') }))
  else if (row.after !== null) facts.push(t('group.to', { after: row.after || t('group.none') }))
  if (row.not_before !== null) facts.push(t('group.between', { time: dateTime(row.not_before) }))
  return facts
}
