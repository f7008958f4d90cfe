import '../words'
import '../groups/words'

import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'

import { resource } from '@/api/resource'
import type { GroupDetail } from '@/api/types'
import { useBack } from '@/shared/lib/back'
import { number } from '@/shared/lib/numbers'
import { dateTime } from '@/shared/lib/time'
import { Id } from '@/shared/ui/Id'
import { Card, Facts, Page } from '@/shared/ui/Page'
import { Async } from '@/shared/ui/States'

import { GroupDays, daysOf } from '../components/GroupDays'
import { GroupHistory, eventsOf } from '../components/GroupHistory'
import '../customers.css'

/** One customer group: what it is, its days, and what happened in it. */
export default function GroupPage() {
  const { t } = useTranslation()
  const { chat_id: chatId = '' } = useParams()
  const group = useQuery(resource('groups').one('{chat_id}', { chat_id: chatId }))
  useQuery(daysOf(chatId)) // beside the group, not after
  useInfiniteQuery(eventsOf(chatId, {}))
  const back = useBack('/customers')
  return (
    <Page
      title={group.data ? group.data.name || t('common.unnamed') : t('group.title')}
      note={group.data ? <Standing group={group.data} /> : null}
      actions={<Button onClick={back}>{t('action.back')}</Button>}
    >
      <Async query={group} rows={8}>
        {(data) => (
          <div className="f-customer">
            <div className="f-column">
              <Profile group={data} />
              <GroupDays chatId={chatId} />
            </div>
            <Card title={t('group.history')} className="f-column">
              <GroupHistory chatId={chatId} since={data.logged_since} />
            </Card>
          </div>
        )}
      </Async>
    </Page>
  )
}

function Standing({ group }: { group: GroupDetail }) {
  const { t } = useTranslation()
  if (group.dismissed_at === null) return <>{t('group.members', { count: group.members, total: number(group.members) })}</>
  return <>{t(group.vanished ? 'group.vanishedAt' : 'group.dismissedAt', { time: dateTime(group.dismissed_at) })}</>
}

function Profile({ group }: { group: GroupDetail }) {
  const { t } = useTranslation()
  return (
    <Card title={t('group.profile')}>
      <Facts
        items={[
          [t('group.owner'), group.owner_name || t('common.unnamed')],
          ...(group.status ? [[t('group.status'), t(`groupStatus.${String(group.status) as '1' | '2' | '3'}`)] as const] : []),
          ...(group.admins.length ? [[t('group.admins'), group.admins.join(t('group.comma'))] as const] : []),
          [t('group.outsiders'), t('group.of', { some: number(group.customers), all: number(group.members) })],
          ...(group.created_at
            ? [[t('group.created'), <span key="created" className="s-when">{dateTime(group.created_at)}</span>] as const]
            : []),
          ...(group.notice ? [[t('group.notice'), <span key="notice" className="f-notice">{group.notice}</span>] as const] : []),
          [t('group.id'), <Id key="id" value={group.chat_id} />],
        ]}
      />
    </Card>
  )
}
