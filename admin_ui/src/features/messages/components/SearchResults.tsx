import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { FoundMessage, MessageQuery } from '@/api/types'
import { textOf } from '@/shared/chat/body'
import { marked } from '@/shared/chat/marked'
import { wordFor } from '@/shared/i18n'
import { useCursor } from '@/shared/lib/filters'
import { exactTime } from '@/shared/lib/time'
import { calledAs } from '@/shared/ui/Called'
import { Pager } from '@/shared/ui/Pager'
import { Async, NothingFound } from '@/shared/ui/States'

interface ResultsProps {
  query: MessageQuery
  words: readonly string[]
  chosen: string | undefined
  onChoose: (message: FoundMessage) => void
  onClear: () => void
}

/** Messages that hold the words, newest first; each leads to its place in the conversation. */
export function SearchResults({ query, words, chosen, onChoose, onClear }: ResultsProps) {
  const { t } = useTranslation()
  const cursor = useCursor(query)
  const found = useQuery({
    ...resource('messages').list('', { ...query, limit: 30, cursor: cursor.cursor ?? null }),
    retry: false,
  })
  return (
    <Async query={found} rows={8}>
      {(page) =>
        page.items.length ? (
          <>
            <ul className="f-chat-list" aria-label={t('archive.found')} aria-busy={found.isPlaceholderData}>
              {page.items.map((item) => (
                <li key={item.msgid}>
                  <button type="button" aria-pressed={item.msgid === chosen} onClick={() => onChoose(item)}>
                    <span className="f-chat-grow">
                      <span className="f-chat-line">
                        <b>
                          {item.sender.name}
                          {item.conversation.title && item.conversation.title !== item.sender.name
                            ? ` → ${calledAs(item.conversation.title, item.conversation.remark)}`
                            : item.conversation.member
                              ? ` → ${item.conversation.member.name}`
                              : ''}
                        </b>
                        <time dateTime={item.at}>{exactTime(item.at)}</time>
                      </span>
                      <span className="f-chat-found">{marked(excerpt(item), words)}</span>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
            <Pager cursor={cursor} page={page} />
          </>
        ) : (
          <NothingFound title={t('archive.notFound')} onClear={onClear} />
        )
      }
    </Async>
  )
}

function excerpt(item: FoundMessage): string {
  const text = textOf(item.body, 'content', 'title', 'filename', 'description', 'wish', 'solitaire_content')
  return text || `[${wordFor('chat.type', item.msgtype)}]`
}
