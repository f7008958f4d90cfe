import { App, Button, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { SimStaff, SimWorld } from '@/api/simulator'
import { Tile } from '@/shared/ui/Tile'

import { ChatTab } from './ChatTab'
import { ContactsTab, type PhoneProps } from './ContactsTab'
import { GroupsTab } from './GroupsTab'
import { GroupMessagesTab, openTasks } from './GroupMessagesTab'
import { MessagesTab } from './MessagesTab'
import { TransfersTab } from './TransfersTab'
import { useAct } from './useAct'

type Tab = 'contacts' | 'chats' | 'messages' | 'broadcasts' | 'groups' | 'transfers'

/** The phone of the member who is played, with WeCom's client on it. */
export function Phone({ world, staff, q, onSearch, onChoose }: PhoneProps & { onChoose: (userid: string) => void }) {
  const { t } = useTranslation()
  const [tab, setTab] = useState<Tab>('contacts')
  const tasks = openTasks(world, staff)
  const messages = world.messages.filter((message) => message.touser.includes(staff.userid)).length
  return (
    <section className="m-phone" aria-label={t('sim.phoneOf', { name: staff.name })}>
      <div className="m-phone-head">
        <Tile name={staff.name} seed={staff.userid} size={40} round={false} />
        <div className="m-grow">
          <h2>{staff.name}</h2>
          <span className="s-sub">{staff.userid}</span>
        </div>
        <ResignButton world={world} staff={staff} onGone={() => onChoose('')} />
      </div>
      <Segmented<Tab>
        block
        aria-label={t('sim.phone')}
        value={tab}
        onChange={setTab}
        options={[
          { value: 'contacts', label: t('sim.contacts') },
          { value: 'chats', label: t('simChat.tab') },
          { value: 'messages', label: messages ? `${t('sim.messages')} ${messages}` : t('sim.messages') },
          { value: 'broadcasts', label: tasks ? `${t('sim.broadcast.tab')} ${tasks}` : t('sim.broadcast.tab') },
          { value: 'groups', label: t('sim.groups') },
          { value: 'transfers', label: t('simTransfer.tab') },
        ]}
      />
      <div className="m-phone-body">
        {tab === 'contacts' ? <ContactsTab world={world} staff={staff} q={q} onSearch={onSearch} /> : null}
        {tab === 'chats' ? <ChatTab key={staff.userid} world={world} staff={staff} /> : null}
        {tab === 'messages' ? <MessagesTab world={world} staff={staff} /> : null}
        {tab === 'broadcasts' ? <GroupMessagesTab world={world} staff={staff} /> : null}
        {tab === 'groups' ? <GroupsTab world={world} staff={staff} /> : null}
        {tab === 'transfers' ? <TransfersTab world={world} staff={staff} /> : null}
      </div>
    </section>
  )
}

function ResignButton({ world, staff, onGone }: { world: SimWorld; staff: SimStaff; onGone: () => void }) {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const { act } = useAct(world.corp_id)
  return (
    <Button
      size="small"
      danger
      onClick={() =>
        void modal.confirm({
          title: t('sim.resignTitle', { name: staff.name }),
          content: t('sim.resignHint', { count: staff.customers }),
          okText: t('sim.resign'),
          cancelText: t('action.cancel'),
          okButtonProps: { danger: true },
          onOk: async () => {
            if (await act('resign', { userid: staff.userid })) onGone()
          },
        })
      }
    >
      {t('sim.resign')}
    </Button>
  )
}
