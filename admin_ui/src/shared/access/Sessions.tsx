import './words'

import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { SessionRow } from '@/api/types'
import { wordFor } from '@/shared/i18n'
import { ago, dateTime, exactTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { Async, useErrorWords } from '@/shared/ui/States'

const WEEK = 7 * 86_400_000

/** One's own sessions, or those of an account. */
export const sessionsOf = (name?: string) =>
  queryOptions({
    queryKey: ['access', 'sessions', name ?? ''],
    queryFn: () =>
      name === undefined ? resource('me').read('sessions', {}) : resource('accounts').read('{name}/sessions', { name }),
  })

/** The browsers that one is signed in with, or that an account is. */
export function Sessions({ name }: { name?: string }) {
  const { t } = useTranslation()
  const sessions = useQuery(sessionsOf(name))
  const label = name === undefined ? t('access.sessions') : t('access.sessionsOf', { name })
  return (
    <Async query={sessions} rows={2}>
      {(page) =>
        page.items.length ? (
          <ul className="s-access" aria-label={label}>
            {page.items.map((row) => (
              <Session key={row.id} row={row} {...(name === undefined ? {} : { name })} />
            ))}
          </ul>
        ) : (
          <p className="s-access-none">{t('access.noSessions')}</p>
        )
      }
    </Async>
  )
}

function Session({ row, name }: { row: SessionRow; name?: string }) {
  const { t } = useTranslation()
  const browser = useBrowserName()(row)
  // A session that is used ends a week after it was last, unless its start is too long ago.
  const last = new Date(row.ends_at).getTime() - new Date(row.seen_at).getTime() < WEEK - 1_000
  return (
    <li>
      <div className="s-access-what">
        <div className="s-access-name">
          {browser}
          {row.current ? <Pill tone="good">{t('access.current')}</Pill> : null}
        </div>
        <div className="s-sub s-access-facts">
          {row.address ? <span>{t('access.from', { address: row.address })}</span> : null}
          <span>{t('access.since', { way: t(`access.way.${row.way}`), at: dateTime(row.created_at) })}</span>
          <span title={exactTime(row.seen_at)}>{t('access.seen', { at: ago(row.seen_at) })}</span>
          <span>{t(last ? 'access.endsAt' : 'access.ends', { at: dateTime(row.ends_at) })}</span>
        </div>
      </div>
      {row.current ? null : <End id={row.id} browser={browser} {...(name === undefined ? {} : { name })} />}
    </li>
  )
}

function useBrowserName(): (row: SessionRow) => string {
  const { t } = useTranslation()
  return ({ browser, system }) => {
    if (!browser) return t('access.unknown')
    const named = wordFor('access.browser', browser)
    return system ? t('access.on', { browser: named, system: wordFor('access.system', system) }) : named
  }
}

function End({ id, browser, name }: { id: number; browser: string; name?: string }) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const words = useErrorWords()
  const end = useMutation(
    resource('accounts').acts(
      (session_id: number) =>
        name === undefined
          ? resource('me').send('delete', 'sessions/{session_id}', { session_id })
          : resource('accounts').send('delete', '{name}/sessions/{session_id}', { name, session_id }),
      { everything: true }, // the members' page counts them
    ),
  )
  const run = (): Promise<void> =>
    end.mutateAsync(id).then(
      () => void message.success(t('access.ended')),
      (error: unknown) => void message.error(words(error)),
    )
  return (
    <Button
      size="small"
      loading={end.isPending}
      aria-label={t('access.endOf', { browser })}
      onClick={() =>
        void modal.confirm({
          title: t('access.endTitle', { browser }),
          content: t('access.endHint'),
          okText: t('access.end'),
          cancelText: t('action.cancel'),
          onOk: run,
        })
      }
    >
      {t('access.end')}
    </Button>
  )
}
