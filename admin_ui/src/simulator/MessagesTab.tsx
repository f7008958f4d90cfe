import { useTranslation } from 'react-i18next'

import type { SimMessage, SimStaff, SimWorld } from '@/api/simulator'
import { clockTime } from '@/shared/lib/time'
import { EmptyState } from '@/shared/ui/States'

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()

/** Text of a card, whose description may hold a little HTML; nothing of it is run or laid out. */
function plain(html: string): string {
  const blocks = html.replaceAll(/<(br|\/div|\/p)[^>]*>/gi, '\n')
  return (new DOMParser().parseFromString(blocks, 'text/html').body.textContent ?? '').trim()
}

function words(message: SimMessage): { title: string; text: string; url: string } {
  const of = (name: string): string => (typeof message.content[name] === 'string' ? message.content[name] : '')
  return { title: of('title'), text: plain(of('description') || of('content')), url: of('url') }
}

/** What arrived on this phone from the product's apps, and what its customers were greeted with. */
export function MessagesTab({ world, staff }: { world: SimWorld; staff: SimStaff }) {
  const { t } = useTranslation()
  const messages = world.messages.filter((message) => message.touser.includes(staff.userid))
  const welcomes = world.welcomes.filter((welcome) => welcome.userid.toLowerCase() === staff.userid.toLowerCase())
  if (!messages.length && !welcomes.length) return <EmptyState title={t('sim.noMessages')} hint={t('sim.noMessagesHint')} />
  return (
    <ul className="m-messages">
      {messages.map((message) => {
        const { title, text, url } = words(message)
        return (
          <li key={message.msgid}>
            <span className="s-sub">
              {t('sim.appMessage', { app: message.app })} · {clockTime(iso(message.at))}
            </span>
            <div className="m-bubble">
              {title ? <b>{title}</b> : null}
              <p>{text}</p>
              {/^https?:/.test(url) ? (
                <a href={url} target="scrm-console">
                  {t('action.details')}
                </a>
              ) : null}
            </div>
          </li>
        )
      })}
      {welcomes.map((welcome) => (
        <li key={`${welcome.external_userid}${welcome.at}`} className="m-mine">
          <span className="s-sub">
            {t('sim.welcomeTo', { name: nameOf(world, welcome.external_userid) })} · {clockTime(iso(welcome.at))}
          </span>
          <div className="m-bubble">
            <p>{welcome.text}</p>
          </div>
        </li>
      ))}
    </ul>
  )
}

function nameOf(world: SimWorld, externalUserid: string): string {
  return world.customers.items.find((relation) => relation.external_userid === externalUserid)?.name ?? externalUserid
}
