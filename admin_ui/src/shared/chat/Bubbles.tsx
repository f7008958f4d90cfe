import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import type { Conversation, MessageRow } from '@/api/types'
import { clockTime, dayOf, dayTitle, exactTime } from '@/shared/lib/time'
import { Tile } from '@/shared/ui/Tile'

import './words'
import { Content } from './Content'

interface BubblesProps {
  conversation: Conversation
  items: readonly MessageRow[]
  /** The message to stand out. */
  hit?: string | undefined
  words?: readonly string[]
}

/** Messages as the two saw them: our side on the right, a line for each day. */
export function Bubbles({ conversation, items, hit, words = [] }: BubblesProps) {
  return (
    <ol className="f-chat-bubbles">
      {items.map((item, place) => {
        const before = items[place - 1]
        return (
          <li key={item.msgid} data-msgid={item.msgid}>
            {before && dayOf(before.at) === dayOf(item.at) ? null : <p className="f-chat-day">{dayTitle(item.at)}</p>}
            <Bubble item={item} mine={isOurs(conversation, item)} hit={item.msgid === hit} words={words} />
          </li>
        )
      })}
    </ol>
  )
}

/** Of two members the first stands for us, so that a chat has two sides. */
function isOurs(conversation: Conversation, item: MessageRow): boolean {
  if (item.sender.kind !== 'staff') return false
  return conversation.kind !== 'internal' || item.sender.id.toLowerCase() === conversation.member?.id.toLowerCase()
}

function Bubble({ item, mine, hit, words }: { item: MessageRow; mine: boolean; hit: boolean; words: readonly string[] }) {
  const { t } = useTranslation()
  const found = [...words, ...item.hits.flatMap((one) => one.words)]
  return (
    <div className={`f-chat-row ${mine ? 'f-chat-mine' : ''} ${hit ? 'f-chat-hit' : ''}`}>
      <Tile name={item.sender.name} seed={item.sender.id} image={item.sender.avatar} size={34} round={false} />
      <div className="f-chat-said">
        <span className="f-chat-who">
          {item.sender.name || item.sender.id}{' '}
          <time dateTime={item.at} title={exactTime(item.at)}>
            {clockTime(item.at)}
          </time>
        </span>
        <div className={`f-chat-bubble ${item.recalled_at ? 'f-chat-recalled' : ''}`}>
          <Content type={item.msgtype} body={item.body} words={found} />
        </div>
        {item.time_known ? null : <span className="s-sub">{t('chat.timeUnknown')}</span>}
        {item.versions.length ? <Versions item={item} words={found} /> : null}
        {item.recalled_at ? <span className="s-sub">{t('chat.recalled', { time: clockTime(item.recalled_at) })}</span> : null}
        {item.hits.map((one) => (
          <Link key={one.alert_id} className="f-chat-alarm s-tone-bad" to={`/alerts/${one.alert_id}`}>
            {t('chat.hit', { rule: one.rule_name })}
          </Link>
        ))}
      </div>
    </div>
  )
}

/** Other content that came under the same id: evidence, so it stands open to whoever looks. */
function Versions({ item, words }: { item: MessageRow; words: readonly string[] }) {
  const { t } = useTranslation()
  return (
    <details className="f-chat-versions">
      <summary>{t('chat.versions', { count: item.versions.length })}</summary>
      {item.versions.map((version) => (
        <div key={`${version.archived_at}${version.at}`} className="f-chat-bubble">
          <span className="s-sub">{t('chat.versionCame', { time: exactTime(version.archived_at) })}</span>
          <Content type={version.msgtype} body={version.body} words={words} />
        </div>
      ))}
    </details>
  )
}
