import { useQuery } from '@tanstack/react-query'
import { Button, Drawer } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { AuditRow, ReadingDetail } from '@/api/types'
import { actorName, listed, useLanguage, wordFor } from '@/shared/i18n'
import type { Filters } from '@/shared/lib/filters'
import { number } from '@/shared/lib/numbers'
import { exactTime } from '@/shared/lib/time'
import { Facts } from '@/shared/ui/Page'
import { Async } from '@/shared/ui/States'

const KINDS = ['customer', 'staff', 'group', 'conversation', 'alert', 'handover', 'broadcast', 'callback', 'account', 'media', 'rule'] as const

/** Numbers of rows that nobody but a developer looks for. */
const INNER = new Set(['slice_id', 'broadcast_id'])
/** Where the word for a fact's value stands. */
const GROUPS: Record<string, readonly string[]> = {
  before: ['role'],
  after: ['role'],
  role: ['role'],
  kind: ['alertKind', 'handoverKind', 'conversationKind', 'itemKind'],
  reason: ['closeReason'],
  status: ['followStatus'],
  state: ['alertState', 'handoverState', 'broadcastState', 'inboxState', 'itemState', 'recipientState'],
  detected_by: ['detectedBy', 'handoverDetectedBy'],
  quota: ['quotaPolicy'],
  type: ['customerType'],
}

interface AuditDrawerProps {
  row: AuditRow | null
  onClose: () => void
  filters: Filters
}

/** One row of the trail: from where, under which filters, and whom it showed. */
export function AuditDrawer({ row, onClose, filters }: AuditDrawerProps) {
  const { t } = useTranslation()
  const narrow = (changes: Record<string, string>): void => {
    filters.only(changes)
    onClose()
  }
  return (
    <Drawer
      open={row !== null}
      onClose={onClose}
      size={560}
      title={t('audit.detail')}
      footer={
        row ? (
          <div className="f-audit-actions">
            <Button onClick={() => narrow({ actor: row.actor })}>{t('audit.onlyActor')}</Button>
            {/^(customer|staff):/.test(row.subject) ? (
              <Button onClick={() => narrow({ about: row.subject })}>{t('audit.onlyAbout')}</Button>
            ) : null}
          </div>
        ) : null
      }
      styles={{ wrapper: { maxWidth: '100vw' } }}
    >
      {row ? <Row row={row} /> : null}
    </Drawer>
  )
}

function Row({ row }: { row: AuditRow }) {
  const reading = row.kind === 'reading'
  const detail = useQuery({
    ...resource('audit').one('readings/{reading_id}', { reading_id: row.repeats ?? row.id }),
    enabled: reading,
  })
  return (
    <div className="f-audit-detail">
      <Head row={row} />
      {reading ? (
        <Async query={detail} rows={6}>
          {(data) => <Shown detail={data} />}
        </Async>
      ) : null}
    </div>
  )
}

function Head({ row }: { row: AuditRow }) {
  const { t } = useTranslation()
  const english = useLanguage() === 'en-US'
  const facts = Object.entries(row.facts).filter(([name]) => !INNER.has(name))
  return (
    <>
      <h2>{english ? row.en : row.zh}</h2>
      <Facts
        items={[
          [t('audit.at'), exactTime(row.at)],
          [t('audit.who'), row.actor_name],
          [t('audit.account'), <span key="account" className="s-mono">{row.actor.replace(/^user:/, '')}</span>],
          [t('audit.address'), row.address || '—'],
          [t('audit.session'), <span key="session" className="s-mono">{row.session || '—'}</span>],
          ...(row.shown === null ? [] : [[t('audit.shown'), String(row.shown)] as const]),
          ...(row.refused ? [[t('audit.refused'), row.refused] as const] : []),
          ...facts.map(([name, value]) => [wordFor('audit.fact', name), factText(name, value)] as const),
        ]}
      />
      <details className="f-audit-codes">
        <summary>{t('audit.codes')}</summary>
        <Facts
          items={[
            [t('audit.verb'), <span key="verb" className="s-mono">{row.verb}</span>],
            [t('audit.subject'), <span key="subject" className="s-mono">{row.subject}</span>],
          ]}
        />
      </details>
    </>
  )
}

function Shown({ detail }: { detail: ReadingDetail }) {
  const { t } = useTranslation()
  return (
    <>
      {detail.words ? <Facts items={[[t('audit.words'), detail.words]]} /> : null}
      {detail.about.length ? (
        <section>
          <h2>{t('audit.about')}</h2>
          <ul className="f-audit-about">
            {detail.about.map(({ thing, name }) => {
              const [kind, id] = [thing.slice(0, thing.indexOf(':')), thing.slice(thing.indexOf(':') + 1)]
              const known = KINDS.find((one) => one === kind)
              return (
                <li key={thing}>
                  <span className="s-sub">{known ? t(`audit.kind.${known}`) : kind}</span> {name ?? ''}{' '}
                  <span className="s-sub s-mono">{id}</span>
                </li>
              )
            })}
          </ul>
        </section>
      ) : null}
      {detail.repetitions.length ? (
        <section>
          <h2>{t('audit.repetitions')}</h2>
          <ul className="f-audit-about">
            {detail.repetitions.map((one) => (
              <li key={one.at}>
                <span className="s-when">{exactTime(one.at)}</span>{' '}
                {t('audit.repetition', { count: one.shown, added: one.added })}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  )
}

/** A fact in words: what is one of a few values by its word, yes and no, several names listed. */
function factText(name: string, value: unknown): string {
  if (typeof value === 'boolean') return wordFor('state', value ? 'yes' : 'no')
  if (Array.isArray(value)) return listed(value.map((one) => factText(name, one)))
  if (typeof value === 'number') return number(value)
  if (typeof value !== 'string') return JSON.stringify(value)
  if (name === 'asked_by') return actorName(value)
  for (const group of GROUPS[name] ?? []) {
    const word = wordFor(group, value)
    if (word !== value) return word
  }
  return value
}
