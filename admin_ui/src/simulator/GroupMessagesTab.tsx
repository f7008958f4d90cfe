import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import type { SimGroupMessage, SimStaff, SimWorld } from '@/api/simulator'
import { clockTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { EmptyState } from '@/shared/ui/States'

import { useAct } from './useAct'

const WAITING = 0

function taskOf(message: SimGroupMessage, staff: SimStaff) {
  return message.tasks.find((task) => task.userid.toLowerCase() === staff.userid.toLowerCase())
}

const ofCorp = (world: SimWorld): SimGroupMessage[] => world.group_messages.filter((message) => message.create_type === 0)

/** How many mass messages wait for this member. */
export function openTasks(world: SimWorld, staff: SimStaff): number {
  return ofCorp(world).filter((message) => {
    const task = taskOf(message, staff)
    return task && task.status === WAITING && !task.ignored && !message.cancelled
  }).length
}

/** The mass messages that the corp asks this member to send. */
export function GroupMessagesTab({ world, staff }: { world: SimWorld; staff: SimStaff }) {
  const { t } = useTranslation()
  const messages = ofCorp(world).filter((message) => taskOf(message, staff))
  if (!messages.length) return <EmptyState title={t('sim.broadcast.none')} hint={t('sim.broadcast.noneHint')} />
  return (
    <ul className="m-messages">
      {messages.map((message) => (
        <li key={message.msgid}>
          <span className="s-sub">{clockTime(new Date(message.at * 1000).toISOString())}</span>
          <div className="m-bubble">
            <p>{message.text}</p>
            {message.attachments.length ? (
              <p className="s-sub">
                {message.attachments
                  .map((part) =>
                    part.msgtype === 'image'
                      ? t('sim.attachment.image')
                      : part.msgtype === 'link'
                        ? t('sim.attachment.link')
                        : t('sim.attachment.miniprogram'),
                  )
                  .join(' · ')}
              </p>
            ) : null}
          </div>
          <Task world={world} staff={staff} message={message} />
        </li>
      ))}
    </ul>
  )
}

function Task({ world, staff, message }: { world: SimWorld; staff: SimStaff; message: SimGroupMessage }) {
  const { t } = useTranslation()
  const { act, busy } = useAct(world.corp_id)
  const task = taskOf(message, staff)
  if (!task) return null
  const facts = { msgid: message.msgid, userid: staff.userid }
  if (task.status !== WAITING) return <Pill tone="good">{t('sim.broadcast.sent', { n: task.delivered })}</Pill>
  if (message.cancelled) return <Pill tone="plain">{t('sim.broadcast.withdrawn')}</Pill>
  return (
    <>
      <p className="s-sub">
        {t('sim.broadcast.to', { count: task.customers })}
        {message.reminders ? ` · ${t('sim.broadcast.reminded', { count: message.reminders })}` : ''}
      </p>
      <div className="m-row">
        <Button size="small" type="primary" disabled={busy} onClick={() => void act('confirm_group_message', facts)}>
          {t('sim.broadcast.confirm')}
        </Button>
        {task.ignored ? (
          <Pill tone="plain">{t('sim.broadcast.ignored')}</Pill>
        ) : (
          <Button size="small" disabled={busy} onClick={() => void act('ignore_group_message', facts)}>
            {t('sim.broadcast.ignore')}
          </Button>
        )}
      </div>
    </>
  )
}
