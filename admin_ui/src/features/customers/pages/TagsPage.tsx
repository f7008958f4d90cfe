import '../words'
import '../tags/words'

import { PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/me'
import { resource } from '@/api/resource'
import { useBack } from '@/shared/lib/back'
import { Card, Page } from '@/shared/ui/Page'
import { Async, EmptyState } from '@/shared/ui/States'

import { OwnGroup } from '../components/OwnGroup'
import { TagList, type Wearers } from '../components/TagList'
import { TagNameDialog } from '../components/TagNameDialog'
import '../customers.css'

/** Tags by group: the corp's own, which are made here, and WeCom's; how many customers wear each. */
export default function TagsPage() {
  const { t } = useTranslation()
  const can = useCan()
  const back = useBack('/customers')
  const tags = useQuery(resource('tags').one('', {}))
  const counts = useQuery(resource('tags').one('wearers', {}))
  const wearers: Wearers = counts.data && new Map(counts.data.items.map((row) => [row.tag_id, row.customers]))
  const [making, setMaking] = useState(false)
  const create = can('tags.write') ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
      {t('tags.newGroup')}
    </Button>
  ) : null
  return (
    <Page
      title={t('tags.title')}
      note={t('tags.note')}
      actions={
        <>
          <Button onClick={back}>{t('action.back')}</Button>
          {create}
        </>
      }
    >
      {making ? <TagNameDialog what="group" onClose={() => setMaking(false)} /> : null}
      <Async query={tags} rows={8}>
        {({ items }) => {
          const own = items.filter((group) => group.source === 'own')
          const wecom = items.filter((group) => group.source === 'wecom')
          return (
            <div className="f-column">
              {own.map((group) => (
                <OwnGroup key={group.group_id} group={group} groups={own} wearers={wearers} />
              ))}
              {own.length ? null : (
                <Card>
                  <EmptyState title={t('tags.emptyOwn')} hint={t('tags.emptyOwnHint')} action={create} />
                </Card>
              )}
              <Card title={t('tags.wecomTitle')}>
                <p className="s-sub">{t('tags.wecomHint')}</p>
                {wecom.length ? null : <p className="s-sub">{t('tags.emptyWecom')}</p>}
                {wecom.map((group) => (
                  <section key={group.group_id} aria-label={group.name} className="f-tag-group">
                    <h3>{group.name}</h3>
                    <TagList tags={group.tags} wearers={wearers} />
                  </section>
                ))}
              </Card>
            </div>
          )
        }}
      </Async>
    </Page>
  )
}
