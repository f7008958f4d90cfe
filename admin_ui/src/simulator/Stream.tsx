import { useTranslation } from 'react-i18next'

import type { SimDelivery, SimWorld } from '@/api/simulator'
import { wordFor } from '@/shared/i18n'
import { clockTime, exactTime } from '@/shared/lib/time'
import { prettyXml } from '@/shared/lib/xml'
import { Pill } from '@/shared/ui/Chips'
import { EmptyState } from '@/shared/ui/States'

const valueOf = (xml: string, name: string): string =>
  new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([^\\]<]*)`).exec(xml)?.[1] ?? ''

/** The callbacks that WeCom sends, as they leave, with the answer each got. */
export function Stream({ world }: { world: SimWorld }) {
  const { t } = useTranslation()
  const { items, pending } = world.deliveries
  return (
    <section className="s-card m-stream" aria-labelledby="stream">
      <div className="s-card-head">
        <h2 id="stream">{t('sim.stream')}</h2>
        {pending ? <Pill tone="info">{t('sim.pending', { count: pending })}</Pill> : null}
      </div>
      <p className="s-sub">{t('sim.streamHint')}</p>
      {items.length ? (
        <ol className="m-list" aria-live="off">
          {items.map((item) => (
            <Delivery key={item.seq} item={item} />
          ))}
        </ol>
      ) : (
        <EmptyState title={t('sim.noStream')} hint={t('sim.noStreamHint')} />
      )}
    </section>
  )
}

function Delivery({ item }: { item: SimDelivery }) {
  const { t } = useTranslation()
  const change = valueOf(item.xml, 'ChangeType')
  const accepted = item.status === 200
  const at = new Date(item.at * 1000).toISOString()
  return (
    <li className="m-delivery">
      <details>
        <summary>
          <time dateTime={at} title={exactTime(at)}>
            {clockTime(at)}
          </time>
          <span className="m-grow">
            {change ? wordFor('changeType', change) : wordFor('event', valueOf(item.xml, 'Event'))}
            <small>
              {[
                item.app,
                valueOf(item.xml, 'UserID') || valueOf(item.xml, 'ChatId'),
                item.attempt > 1 ? t('sim.attempt', { n: item.attempt }) : '',
              ]
                .filter(Boolean)
                .join(' · ')}
            </small>
          </span>
          <Pill tone={accepted ? 'good' : 'bad'}>
            {accepted ? t('sim.answered', { ms: Math.round(item.ms) }) : String(item.status ?? item.reason ?? t('sim.noAnswer'))}
          </Pill>
        </summary>
        {/* A long line scrolls by itself, so the keyboard has to reach it. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre tabIndex={0}>{prettyXml(item.xml)}</pre>
      </details>
    </li>
  )
}
