import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { SimRelation, SimStaff, SimWorld } from '@/api/simulator'
import { Pill, TagChips } from '@/shared/ui/Chips'
import { lazily } from '@/shared/ui/lazily'
import { SearchBox } from '@/shared/ui/SearchBox'
import { EmptyState, NothingFound } from '@/shared/ui/States'
import { Tile } from '@/shared/ui/Tile'

import { useAct } from './useAct'

const AddDialog = lazily(() => import('./AddDialog'))
const EditDialog = lazily(() => import('./EditDialog'))

/** What the phone's tabs show: the world, who is played, and the search within it. */
export interface PhoneProps {
  world: SimWorld
  staff: SimStaff
  q: string
  onSearch: (q: string) => void
}

/** The member's customers, newest first, with what can happen between the two. */
export function ContactsTab({ world, staff, q, onSearch }: PhoneProps) {
  const { t } = useTranslation()
  const { act, busy } = useAct(world.corp_id)
  const [adding, setAdding] = useState(false)
  const [edited, setEdited] = useState<SimRelation | null>(null)
  const own = world.customers.items.filter((relation) => relation.userid === staff.userid)
  const pair = (relation: SimRelation) => ({ userid: relation.userid, external_userid: relation.external_userid })
  return (
    <>
      <div className="m-row">
        <SearchBox label={t('sim.search')} placeholder={t('sim.searchHint')} value={q} onChange={onSearch} />
        <Button type="primary" icon={<PlusOutlined />} disabled={!staff.customer_contact} onClick={() => setAdding(true)}>
          {t('sim.add')}
        </Button>
      </div>
      {staff.customer_contact ? null : <p className="s-sub">{t('sim.noContactRight')}</p>}
      <p className="s-sub">{t('sim.contactCount', { count: staff.customers })}</p>
      {own.length ? (
        <ul className="m-contacts">
          {own.map((relation) => (
            <li key={relation.external_userid}>
              <Contact relation={relation} />
              <div className="m-actions">
                {relation.status === 'half' ? (
                  <Button size="small" disabled={busy} onClick={() => void act('confirm_half', pair(relation))}>
                    {t('sim.confirm')}
                  </Button>
                ) : (
                  <Button size="small" onClick={() => setEdited(relation)}>
                    {t('sim.edit')}
                  </Button>
                )}
                <Button size="small" danger disabled={busy} onClick={() => void act('delete_contact', pair(relation))}>
                  {t('sim.delete')}
                </Button>
                <Button
                  size="small"
                  disabled={busy || relation.status === 'left'}
                  onClick={() => void act('customer_deletes', pair(relation))}
                >
                  {t('sim.customerDeletes')}
                </Button>
              </div>
            </li>
          ))}
        </ul>
      ) : q ? (
        <NothingFound title={t('sim.noneFound')} onClear={() => onSearch('')} />
      ) : (
        <EmptyState title={t('sim.noContacts')} />
      )}
      <Suspense fallback={null}>
        {adding ? <AddDialog world={world} staff={staff} onClose={() => setAdding(false)} /> : null}
        {edited ? <EditDialog world={world} relation={edited} onClose={() => setEdited(null)} /> : null}
      </Suspense>
    </>
  )
}

function Contact({ relation }: { relation: SimRelation }) {
  const { t } = useTranslation()
  return (
    <div className="s-person">
      <Tile name={relation.name} seed={relation.external_userid} size={36} />
      <div className="m-grow">
        <b>{relation.name}</b>
        {relation.remark ? <span className="s-sub"> ({relation.remark})</span> : null}
        <div className={`s-person-sub ${relation.type === 2 ? 's-wecom' : 's-wechat'}`}>
          {relation.type === 2 ? `@${relation.corp_name}` : t('common.wechat')}
        </div>
        {relation.tags.length ? <TagChips tags={relation.tags} most={4} /> : null}
      </div>
      {relation.status === 'following' ? null : (
        <Pill tone={relation.status === 'left' ? 'bad' : 'warn'}>{t(`sim.status.${relation.status}`)}</Pill>
      )}
    </div>
  )
}
