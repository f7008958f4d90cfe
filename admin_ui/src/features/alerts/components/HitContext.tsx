import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import type { Schemas } from '@/api/client'
import { useConversation } from '@/shared/chat/conversation'
import { Bubbles } from '@/shared/chat/Bubbles'
import { Async } from '@/shared/ui/States'

const AROUND = 12

/** What was said before and after the words that raised the alert. */
export function HitContext({ hit }: { hit: Schemas['WordHit'] }) {
  const { t } = useTranslation()
  const window = useConversation(hit.conversation_id, hit.msgid, AROUND)
  const place = new URLSearchParams({ c: String(hit.conversation_id), at: hit.msgid })
  return (
    <section aria-label={t('alert.context')}>
      <div className="f-alert-head">
        <h2>{t('alert.context')}</h2>
        <Link to={`/messages?${place}`}>{t('alert.openConversation')}</Link>
      </div>
      <div className="f-alert-chat">
        <Async query={{ ...window, data: window.data?.pages[0] }} rows={6}>
          {(page) => <Bubbles conversation={page.conversation} items={page.items} hit={hit.msgid} words={hit.words} />}
        </Async>
      </div>
      <p className="s-sub">{t('chat.recorded')}</p>
    </section>
  )
}
