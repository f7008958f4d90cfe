import './words'

import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { TokenRow } from '@/api/types'
import { ago, dateTime, exactTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { Async, useErrorWords } from '@/shared/ui/States'

/** One's own tokens, or those of an account, without what opens anything. */
export function Tokens({ name }: { name?: string }) {
  const { t } = useTranslation()
  const tokens = useQuery({
    queryKey: ['access', 'tokens', name ?? ''],
    queryFn: () =>
      name === undefined ? resource('me').read('tokens', {}) : resource('accounts').read('{name}/tokens', { name }),
  })
  const label = name === undefined ? t('access.tokens') : t('access.tokensOf', { name })
  return (
    <Async query={tokens} rows={2}>
      {(page) =>
        page.items.length ? (
          <ul className="s-access" aria-label={label}>
            {page.items.map((row) => (
              <Token key={row.id} row={row} {...(name === undefined ? {} : { name })} />
            ))}
          </ul>
        ) : (
          <p className="s-access-none">{t('access.noTokens')}</p>
        )
      }
    </Async>
  )
}

function Token({ row, name }: { row: TokenRow; name?: string }) {
  const { t } = useTranslation()
  const called = row.name || t('access.unnamed', { id: row.id })
  return (
    <li>
      <div className="s-access-what">
        <div className="s-access-name">
          {called}
          <Ending row={row} />
        </div>
        <div className="s-sub s-access-facts">
          <span>{t('access.made', { at: dateTime(row.created_at) })}</span>
          {row.last_used_at ? (
            <span title={exactTime(row.last_used_at)}>{t('access.used', { at: ago(row.last_used_at) })}</span>
          ) : (
            <span>{t('access.neverUsed')}</span>
          )}
          <span>{t('access.until', { at: dateTime(row.ends_at) })}</span>
        </div>
      </div>
      <Revoke id={row.id} token={called} {...(name === undefined ? {} : { name })} />
    </li>
  )
}

function Ending({ row }: { row: TokenRow }) {
  const { t } = useTranslation()
  if (row.ended) return <Pill tone="plain">{t('access.over')}</Pill>
  return row.ends_soon ? <Pill tone="warn">{t('access.soon')}</Pill> : null
}

function Revoke({ id, token, name }: { id: number; token: string; name?: string }) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const words = useErrorWords()
  const revoke = useMutation(
    resource('accounts').acts(
      (token_id: number) =>
        name === undefined
          ? resource('me').send('delete', 'tokens/{token_id}', { token_id })
          : resource('accounts').send('delete', '{name}/tokens/{token_id}', { name, token_id }),
      { everything: true }, // the members' page counts them
    ),
  )
  const run = (): Promise<void> =>
    revoke.mutateAsync(id).then(
      () => void message.success(t('access.revoked')),
      (error: unknown) => void message.error(words(error)),
    )
  return (
    <Button
      size="small"
      danger
      loading={revoke.isPending}
      aria-label={t('access.revokeOf', { token })}
      onClick={() =>
        void modal.confirm({
          title: t('access.revokeTitle', { token }),
          content: t('access.revokeHint'),
          okText: t('access.revoke'),
          okButtonProps: { danger: true },
          cancelText: t('action.cancel'),
          onOk: run,
        })
      }
    >
      {t('access.revoke')}
    </Button>
  )
}
