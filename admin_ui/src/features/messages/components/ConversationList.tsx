import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { Conversation, ConversationQuery } from '@/api/types'
import { wordFor } from '@/shared/i18n'
import { total } from '@/shared/lib/numbers'
import { ago, exactTime } from '@/shared/lib/time'
import { Called } from '@/shared/ui/Called'
import { Async, EmptyState, NothingFound } from '@/shared/ui/States'
import { Tile } from '@/shared/ui/Tile'

interface ListProps {
  query: ConversationQuery
  chosen: number | null
  onChoose: (id: number) => void
  /** Takes every filter away; none if there is none. */
  onClear: (() => void) | null
}

/** Conversations, the latest first. */
export function ConversationList({ query, chosen, onChoose, onClear }: ListProps) {
  const { t } = useTranslation()
  const list = useInfiniteQuery({
    ...resource('messages').pages('conversations', query),
    placeholderData: keepPreviousData,
  })
  return (
    <Async query={list} rows={8}>
      {(data) => {
        const rows = data.pages.flatMap((page) => page.items)
        if (!rows.length) {
          return onClear ? (
            <NothingFound title={t('archive.noneFound')} onClear={onClear} />
          ) : (
            <EmptyState title={t('archive.none')} hint={t('archive.noneHint')} />
          )
        }
        return (
          <>
            <p className="f-chat-total">
              {t('archive.total', {
                count: data.pages[0]?.total ?? rows.length,
                n: total(data.pages[0]?.total ?? rows.length, data.pages[0]?.total_capped ?? false),
              })}
            </p>
            <ul className="f-chat-list" aria-label={t('archive.conversations')}>
              {rows.map((row) => (
                <li key={row.id}>
                  <button type="button" aria-pressed={row.id === chosen} onClick={() => onChoose(row.id)}>
                    <Line row={row} />
                  </button>
                </li>
              ))}
            </ul>
            {list.hasNextPage ? (
              <Button block type="text" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t('action.more')}
              </Button>
            ) : null}
          </>
        )
      }}
    </Async>
  )
}

function Line({ row }: { row: Conversation }) {
  const { t } = useTranslation()
  const title = row.title || row.peer?.name || row.chat_id || t(`conversationKind.${row.kind}`)
  const words = row.last_words || `[${wordFor('chat.type', row.last_type)}]`
  return (
    <>
      <Tile name={title} seed={row.chat_id ?? row.peer?.id ?? String(row.id)} image={row.avatar} size={38} round={false} />
      <span className="f-chat-grow">
        <span className="f-chat-line">
          <b>
            <Called name={title} remark={row.remark} />
          </b>
          <time dateTime={row.last_at} title={exactTime(row.last_at)}>
            {ago(row.last_at)}
          </time>
        </span>
        <small>
          {row.last_sender ? `${row.last_sender}：` : ''}
          {words}
        </small>
        {row.member && row.kind === 'customer' ? <small>{t('archive.follower', { name: row.member.name })}</small> : null}
      </span>
    </>
  )
}
