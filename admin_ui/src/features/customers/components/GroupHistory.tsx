import { useInfiniteQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { GroupEvent, GroupEventKind } from '@/api/types'
import { dateTime } from '@/shared/lib/time'
import { ByDay, Happening, type Tone } from '@/shared/ui/ByDay'
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

const KINDS: Readonly<Record<GroupEventKind, Tone>> = {
  member_joined: 'good',
  member_left: 'bad',
  owner_changed: 'plain',
  admin_added: 'plain',
  admin_removed: 'plain',
  renamed: 'plain',
  notice_changed: 'plain',
  created: 'good',
  dismissed: 'bad',
  vanished: 'bad',
  came_back: 'good',
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
            <ByDay
              rows={rows}
              pages={events}
              happening={(row) => <Event key={row.id} row={row} />}
              end={since ? <p className="s-sub">{t('group.since', { time: dateTime(since) })}</p> : null}
            />
          )
        }}
      </Async>
    </>
  )
}

function Event({ row }: { row: GroupEvent }) {
  const { t } = useTranslation()
  const facts = useFacts(row)
  const personal = row.userid !== null || row.external_userid !== null
  return (
    <Happening
      at={row.at}
      tone={KINDS[row.kind]}
      who={personal ? row.name || row.userid || row.external_userid : null}
      title={row.kind === 'member_left' && row.quit_scene === 1 ? t('group.removed') : t(`groupEvent.${row.kind}`)}
    >
      {facts.map((fact) => (
        <div key={fact} className="s-sub">
          {fact}
        </div>
      ))}
    </Happening>
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
