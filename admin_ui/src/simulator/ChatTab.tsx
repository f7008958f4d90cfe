import { Button, Input, Segmented, Select } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useSimArchive, type SimRelation, type SimSaid, type SimStaff, type SimWorld } from '@/api/simulator'
import { wordFor } from '@/shared/i18n'
import { clockTime } from '@/shared/lib/time'
import { EmptyState } from '@/shared/ui/States'
import { Tile } from '@/shared/ui/Tile'

import { useAct } from './useAct'

type Side = 'staff' | 'customer'

/** The member and one customer talk; either side can be played, and what is said goes to the archive. */
export function ChatTab({ world, staff }: { world: SimWorld; staff: SimStaff }) {
  const { t } = useTranslation()
  const archive = useSimArchive(world.corp_id)
  const own = world.customers.items.filter((row) => row.userid === staff.userid && row.status === 'following')
  const [chosen, setChosen] = useState('')
  const relation = own.find((row) => row.external_userid === chosen) ?? own[0]
  if (archive.error) return <EmptyState title={t('simChat.noArchive')} />
  if (!relation) return <EmptyState title={t('sim.noContacts')} />
  const said = (archive.data?.said ?? []).filter((one) => isOf(one, relation)).reverse()
  return (
    <>
      <Select
        aria-label={t('simChat.with')}
        showSearch={{ optionFilterProp: 'label' }}
        value={relation.external_userid}
        onChange={setChosen}
        options={own.map((row) => ({ value: row.external_userid, label: row.name }))}
      />
      <Talk said={said} relation={relation} staff={staff} corpId={world.corp_id} />
      <Composer key={relation.external_userid} corpId={world.corp_id} staff={staff} relation={relation} />
    </>
  )
}

function isOf(one: SimSaid, relation: SimRelation): boolean {
  const ends = [one.from, ...(one.tolist ?? [])]
  return !one.roomid && ends.includes(relation.userid) && ends.includes(relation.external_userid)
}

interface TalkProps {
  said: readonly SimSaid[]
  relation: SimRelation
  staff: SimStaff
  corpId: string
}

function Talk({ said, relation, staff, corpId }: TalkProps) {
  const { t } = useTranslation()
  const { act, busy } = useAct(corpId)
  const box = useRef<HTMLOListElement>(null)
  const taken = new Set(said.flatMap((one) => (one.revoke ? [one.revoke.pre_msgid] : [])))
  const latest = said.at(-1)?.msgid
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight
  }, [latest])
  const shown = said.filter((one) => !one.revoke)
  if (!shown.length) return <EmptyState title={t('simChat.none')} hint={t('simChat.noneHint')} />
  return (
    <ol className="m-talk" ref={box} aria-label={t('simChat.talk')}>
      {shown.map((one) => {
        const mine = one.from === staff.userid
        return (
          <li key={one.msgid} className={mine ? 'm-ours' : ''}>
            <Tile name={mine ? staff.name : relation.name} seed={one.from} size={28} round={false} />
            <div className="m-grow">
              <div className="m-bubble">
                <p>{taken.has(one.msgid) ? t('simChat.recalled') : words(one)}</p>
              </div>
              <span className="s-sub">
                {clockTime(new Date(one.msgtime).toISOString())}
                {taken.has(one.msgid) ? null : (
                  <button
                    type="button"
                    className="s-link"
                    disabled={busy}
                    onClick={() => void act('recall_message', { msgid: one.msgid })}
                  >
                    {t('simChat.recall')}
                  </button>
                )}
              </span>
            </div>
          </li>
        )
      })}
    </ol>
  )
}

const words = (one: SimSaid): string => one.text?.content ?? `[${wordFor('chat.type', one.msgtype)}]`

const EXTRAS = ['image', 'payment_code', 'voice', 'file', 'link', 'weapp', 'card', 'location', 'external_redpacket', 'chatrecord'] as const

function Composer({ corpId, staff, relation }: { corpId: string; staff: SimStaff; relation: SimRelation }) {
  const { t } = useTranslation()
  const { act, busy } = useAct(corpId)
  const [side, setSide] = useState<Side>('staff')
  const [typed, setTyped] = useState('')
  const ends = side === 'staff' ? [staff.userid, relation.external_userid] : [relation.external_userid, staff.userid]
  const [sender, receiver] = ends
  const say = (facts: Record<string, unknown>): Promise<unknown> => act('send_message', { sender, receiver, ...facts })
  const send = (): void => {
    if (typed.trim()) void say({ content: typed.trim() }).then((done) => done && setTyped(''))
  }
  return (
    <div className="m-compose">
      <Segmented<Side>
        block
        size="small"
        aria-label={t('simChat.side')}
        value={side}
        onChange={setSide}
        options={[
          { value: 'staff', label: t('simChat.as', { name: staff.name }) },
          { value: 'customer', label: t('simChat.as', { name: relation.name }) },
        ]}
      />
      <div className="m-row">
        <Input
          aria-label={t('simChat.type')}
          placeholder={t('simChat.type')}
          maxLength={2000}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onPressEnter={send}
        />
        <Button type="primary" disabled={busy || !typed.trim()} onClick={send}>
          {t('simChat.send')}
        </Button>
      </div>
      <Select<string | null>
        size="small"
        aria-label={t('simChat.other')}
        placeholder={t('simChat.other')}
        value={null}
        disabled={busy}
        onChange={(kind) =>
          void say(kind === 'payment_code' ? { msgtype: 'image', payment_code: true } : { msgtype: kind })
        }
        options={EXTRAS.map((kind) => ({
          value: kind,
          label: kind === 'payment_code' ? t('simChat.paymentCode') : wordFor('chat.type', kind),
        }))}
      />
    </div>
  )
}
