import '../words'

import { Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import type { ConversationKind, ConversationQuery, MessageQuery } from '@/api/types'
import { wordFor } from '@/shared/i18n'
import { useFilters } from '@/shared/lib/filters'
import { Page } from '@/shared/ui/Page'
import { SearchBox } from '@/shared/ui/SearchBox'
import { StaffSelect } from '@/shared/ui/StaffSelect'
import { EmptyState } from '@/shared/ui/States'

import { ConversationList } from '../components/ConversationList'
import { ConversationPane } from '../components/ConversationPane'
import { SearchResults } from '../components/SearchResults'
import { StatusBar } from '../components/StatusBar'
import '../messages.css'

const FILTERS = ['q', 'who', 'kind', 'msgtype', 'userid', 'external_userid', 'chat_id', 'c', 'at'] as const
const KINDS: readonly ConversationKind[] = ['customer', 'group', 'internal']
const TYPES = ['text', 'image', 'voice', 'video', 'file', 'link', 'weapp', 'card', 'chatrecord', 'external_redpacket', 'revoke']

/** The chat archive: conversations on the left, what was said on the right; words lead to their place. */
export default function MessagesPage() {
  const { t } = useTranslation()
  const filters = useFilters(FILTERS)
  const { one, change } = filters
  const q = one('q')
  const words = q ? [q] : []
  const chosen = Number(one('c')) || null
  const people = { userid: one('userid'), external_userid: one('external_userid'), chat_id: one('chat_id') }
  const list = { ...people, kind: one('kind'), q: one('who'), limit: 50 } as ConversationQuery
  const search = { ...people, q, msgtype: one('msgtype') } as MessageQuery
  const filtered = [...Object.values(people), one('kind'), one('who')].some(Boolean)
  const searching = Boolean(q ?? one('msgtype'))
  return (
    <Page title={t('archive.title')} note={t('archive.note')}>
      <StatusBar />
      <div className={`s-card f-chat-archive ${chosen ? 'f-chat-opened' : ''}`}>
        <div className="f-chat-side">
          <div className="f-chat-tools" role="search">
            <SearchBox
              label={t('archive.search')}
              placeholder={t('archive.searchHint')}
              value={q ?? ''}
              onChange={(value) => change({ q: value, at: undefined })}
            />
            <div className="f-chat-tools-row">
              <StaffSelect label={t('archive.staff')} value={one('userid')} onChange={(userid) => change({ userid })} />
              <Select<string | null>
                className="s-filter"
                aria-label={t('archive.typeFilter')}
                placeholder={t('archive.typeFilter')}
                allowClear
                value={one('msgtype') ?? null}
                onChange={(msgtype) => change({ msgtype: msgtype ?? undefined })}
                options={TYPES.map((type) => ({ value: type, label: wordFor('chat.type', type) }))}
              />
            </div>
            {searching ? null : (
              <>
                <Segmented<ConversationKind | ''>
                  block
                  aria-label={t('archive.kinds')}
                  value={(one('kind') as ConversationKind | undefined) ?? ''}
                  onChange={(kind) => change({ kind })}
                  options={[
                    { value: '', label: t('common.all') },
                    ...KINDS.map((kind) => ({ value: kind, label: t(`conversationKind.${kind}`) })),
                  ]}
                />
                <SearchBox
                  label={t('archive.who')}
                  placeholder={t('archive.who')}
                  value={one('who') ?? ''}
                  onChange={(who) => change({ who })}
                />
              </>
            )}
          </div>
          <div className="f-chat-scroll">
            {searching ? (
              <SearchResults
                query={search}
                words={words}
                chosen={one('at')}
                onClear={filters.clear}
                onChoose={(item) => change({ c: String(item.conversation_id), at: item.msgid })}
              />
            ) : (
              <ConversationList
                query={list}
                chosen={chosen}
                onChoose={(id) => change({ c: String(id), at: undefined })}
                onClear={filtered ? filters.clear : null}
              />
            )}
          </div>
        </div>
        {chosen ? (
          <ConversationPane
            key={`${chosen}/${one('at') ?? ''}`}
            id={chosen}
            around={one('at')}
            words={words}
            onBack={() => change({ c: undefined, at: undefined })}
            onLatest={() => change({ at: undefined })}
          />
        ) : (
          <section className="f-chat-pane f-chat-pane-none">
            <EmptyState title={t('archive.choose')} hint={t('archive.chooseHint')} />
          </section>
        )}
      </div>
    </Page>
  )
}
