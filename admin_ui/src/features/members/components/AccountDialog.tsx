import { useMutation } from '@tanstack/react-query'
import { App, Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan, useCurrentUser, type Role } from '@/api/me'
import { resource } from '@/api/resource'
import type { AccountRow } from '@/api/types'
import { Sessions } from '@/shared/access/Sessions'
import { Tokens } from '@/shared/access/Tokens'
import { number } from '@/shared/lib/numbers'
import { exactTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { Dialog } from '@/shared/ui/Dialog'
import { Facts } from '@/shared/ui/Page'
import { useErrorWords } from '@/shared/ui/States'

import { ACCESS_TONE, ROLES } from '../states'
import { ResetPassword } from './ResetPassword'

/** One account: what it is, and what an administrator may do about it. */
export function AccountDialog({ account, onClose }: { account: AccountRow; onClose: () => void }) {
  const { t } = useTranslation()
  const can = useCan()
  const me = useCurrentUser()
  const oneTime = [
    t('members.oneTime'),
    account.one_time_expired ? (
      <Pill key="oneTime" tone="warn">{t('members.oneTimeOver')}</Pill>
    ) : (
      t('members.oneTimeUntil', { at: exactTime(account.one_time_until) })
    ),
  ] as const
  return (
    <Dialog width={640} title={t('members.dialog', { name: account.name })} footer={null} onCancel={onClose}>
      <Facts
        items={[
          [t('members.accessTitle'), <Pill key="access" tone={ACCESS_TONE[account.access]}>{t(`members.access.${account.access}`)}</Pill>],
          [t('members.role'), t(`role.${account.role}`)],
          [t('members.member'), account.userid ?? t('members.local')],
          [t('members.lastSeen'), account.last_seen_at ? exactTime(account.last_seen_at) : t('members.never')],
          [t('members.sessions'), number(account.sessions)],
          [t('members.tokens'), number(account.tokens)],
          [t('members.created'), exactTime(account.created_at)],
          ...(account.one_time_until ? [oneTime] : []),
        ]}
      />
      {can('accounts.manage') ? (
        <>
          <ChangeRole key={account.role} account={account} />
          <div className="f-account-act">
            <OnOff account={account} />
            <EndSessions account={account} />
            {account.name === me.name ? null : <ResetPassword name={account.name} />}
          </div>
          <section className="f-account-part" aria-label={t('access.sessions')}>
            <h3>{t('access.sessions')}</h3>
            <Sessions name={account.name} />
          </section>
          <section className="f-account-part" aria-label={t('access.tokens')}>
            <h3>{t('access.tokens')}</h3>
            <Tokens name={account.name} />
          </section>
        </>
      ) : null}
    </Dialog>
  )
}

function ChangeRole({ account }: { account: AccountRow }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const [role, setRole] = useState<Role>(account.role)
  const change = useMutation(resource('accounts').act('post', '{name}/role', { everything: true }))
  const save = (): void =>
    change.mutate(
      { name: account.name, role },
      {
        onSuccess: () => void message.success(t('members.roleChanged', { name: account.name, role: t(`role.${role}`) })),
        onError: (error) => void message.error(words(error)),
      },
    )
  return (
    <div className="f-account-act">
      <Select<Role>
        aria-label={t('members.role')}
        value={role}
        onChange={setRole}
        options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
      />
      <Button type="primary" disabled={role === account.role} loading={change.isPending} onClick={save}>
        {t('members.changeRole')}
      </Button>
    </div>
  )
}

function OnOff({ account }: { account: AccountRow }) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const words = useErrorWords()
  const change = useMutation(
    resource('accounts').acts(
      (on: boolean) => resource('accounts').send('post', on ? '{name}/enable' : '{name}/disable', { name }),
      { everything: true },
    ),
  )
  const enabled = account.disabled_at === null
  const { name } = account
  const run = (): Promise<void> =>
    change.mutateAsync(!enabled).then(
      () => void message.success(enabled ? t('members.disabled', { name }) : t('members.enabled', { name })),
      (error: unknown) => void message.error(words(error)),
    )
  const ask = (): void =>
    void modal.confirm({
      title: t('members.disableTitle', { name }),
      content: t('members.disableHint'),
      okText: t('members.disable'),
      okButtonProps: { danger: true },
      cancelText: t('action.cancel'),
      onOk: run,
    })
  return (
    <Button danger={enabled} loading={change.isPending} onClick={() => (enabled ? ask() : void run())}>
      {enabled ? t('members.disable') : t('members.enable')}
    </Button>
  )
}

function EndSessions({ account }: { account: AccountRow }) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const words = useErrorWords()
  const end = useMutation(resource('accounts').act('post', '{name}/end-sessions', { everything: true }))
  const { name } = account
  const run = (): Promise<void> =>
    end.mutateAsync({ name }).then(
      (answer) => void message.success(t('members.ended', { count: answer.ended })),
      (error: unknown) => void message.error(words(error)),
    )
  return (
    <Button
      disabled={account.sessions === 0}
      loading={end.isPending}
      onClick={() =>
        void modal.confirm({
          title: t('members.endTitle', { name }),
          content: t('members.endHint'),
          okText: t('members.endSessions'),
          cancelText: t('action.cancel'),
          onOk: run,
        })
      }
    >
      {t('members.endSessions')}
    </Button>
  )
}
