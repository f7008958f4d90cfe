import { ArrowLeftOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import type { Conversation } from '@/api/types'
import { useConversation } from '@/shared/chat/conversation'
import { Bubbles } from '@/shared/chat/Bubbles'
import { Called } from '@/shared/ui/Called'
import { Pill } from '@/shared/ui/Chips'
import { Async } from '@/shared/ui/States'


interface PaneProps {
  id: number
  around: string | undefined
  words: readonly string[]
  onBack: () => void
  onLatest: () => void
}

/** One conversation, walked both ways from where it was opened. */
export function ConversationPane({ id, around, words, onBack, onLatest }: PaneProps) {
  const { t } = useTranslation()
  const window = useConversation(id, around)
  const box = useRef<HTMLDivElement>(null)
  const pages = window.data?.pages ?? []
  const items = pages.flatMap((page) => page.items)
  const first = pages.length > 0
  const latest = items.at(-1)?.msgid
  const walked = pages.length > 1
  // A hit is brought into view; a chat that is read from its end stays there while more is said.
  useEffect(() => {
    const room = box.current
    if (!room || !first || walked) return
    const target = around ? room.querySelector<HTMLElement>(`[data-msgid="${CSS.escape(around)}"]`) : null
    // Not scrollIntoView: that would move the page as well.
    room.scrollTop = target ? target.offsetTop - room.clientHeight / 2 + target.offsetHeight / 2 : room.scrollHeight
  }, [around, first, id, latest, walked])
  return (
    <section className="f-chat-pane" aria-label={t('archive.conversation')}>
      <Async query={{ ...window, data: pages[0] }} rows={10}>
        {(page) => (
          <>
            <PaneHead conversation={page.conversation} onBack={onBack} onLatest={around ? onLatest : undefined} />
            {/* It scrolls by itself, so the keyboard has to reach it. */}
            {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
            <div className="f-chat-room" ref={box} tabIndex={0} role="region" aria-label={t('archive.messages')}>
              {window.hasPreviousPage ? (
                <Button
                  block
                  type="text"
                  loading={window.isFetchingPreviousPage}
                  onClick={() => void window.fetchPreviousPage()}
                >
                  {t('archive.earlier')}
                </Button>
              ) : (
                <p className="f-chat-day">{t('archive.beginning')}</p>
              )}
              <Bubbles conversation={page.conversation} items={items} hit={around} words={words} />
              {window.hasNextPage ? (
                <Button block type="text" loading={window.isFetchingNextPage} onClick={() => void window.fetchNextPage()}>
                  {t('archive.later')}
                </Button>
              ) : null}
            </div>
          </>
        )}
      </Async>
    </section>
  )
}

interface HeadProps {
  conversation: Conversation
  onBack: () => void
  onLatest: (() => void) | undefined
}

function PaneHead({ conversation, onBack, onLatest }: HeadProps) {
  const { t } = useTranslation()
  const { kind, member, peer } = conversation
  return (
    <header className="f-chat-pane-head">
      <Button className="f-chat-back" type="text" icon={<ArrowLeftOutlined />} aria-label={t('action.back')} onClick={onBack} />
      <div className="f-chat-grow">
        <h2>
          <Called name={conversation.title || t(`conversationKind.${kind}`)} remark={conversation.remark} /> <Pill tone="plain">{t(`conversationKind.${kind}`)}</Pill>
        </h2>
        <span className="s-sub">
          {kind === 'customer' && member ? `${t('archive.follower', { name: member.name })} · ` : ''}
          {t('archive.count', { count: conversation.messages })}
        </span>
      </div>
      {kind === 'customer' && peer ? (
        <Link to={`/customers/${encodeURIComponent(peer.id)}`}>{t('archive.openCustomer')}</Link>
      ) : null}
      {onLatest ? (
        <Button size="small" onClick={onLatest}>
          {t('archive.toLatest')}
        </Button>
      ) : null}
    </header>
  )
}
