import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/me'
import type { Access, AccountRow, MemberRow } from '@/api/types'
import { listed } from '@/shared/i18n'
import { ago, exactTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import type { Column } from '@/shared/ui/DataTable'

import { ACCESS_TONE, STANDING_TONE, standingOf } from '../states'

type Open = (account: AccountRow) => void

export function useMemberColumns(open: Open): Column<MemberRow>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'member',
      title: t('members.member'),
      render: (row) => (
        <>
          <div className="s-person-name">{row.name}</div>
          <div className="s-sub s-mono">{row.userid}</div>
        </>
      ),
    },
    { key: 'departments', title: t('members.departments'), render: (row) => listed(row.departments) || '—' },
    {
      key: 'status',
      title: t('members.statusTitle'),
      width: 110,
      render: (row) => <Pill tone={STANDING_TONE[standingOf(row)]}>{t(`members.status.${standingOf(row)}`)}</Pill>,
    },
    { key: 'access', title: t('members.accessTitle'), width: 150, render: (row) => <AccessPill access={row.access} account={row.account} /> },
    {
      key: 'role',
      title: t('members.role'),
      width: 100,
      render: (row) => (row.account ? t(`role.${row.account.role}`) : '—'),
    },
    { key: 'seen', title: t('members.lastSeen'), width: 130, render: (row) => <Seen account={row.account} /> },
    {
      key: 'action',
      title: t('members.account'),
      width: 90,
      render: (row) => (row.account ? <Manage account={row.account} open={open} /> : '—'),
    },
  ]
}

export function useLocalColumns(open: Open): Column<AccountRow>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'name',
      title: t('members.account'),
      render: (row) => (
        <>
          <div className="s-person-name">{row.name}</div>
          <div className="s-sub">{row.userid ? `${t('members.unmet')}: ${row.userid}` : t('members.local')}</div>
        </>
      ),
    },
    { key: 'access', title: t('members.accessTitle'), width: 150, render: (row) => <AccessPill access={row.access} account={row} /> },
    { key: 'role', title: t('members.role'), width: 110, render: (row) => t(`role.${row.role}`) },
    { key: 'seen', title: t('members.lastSeen'), width: 140, render: (row) => <Seen account={row} /> },
    { key: 'action', title: t('members.manage'), width: 90, render: (row) => <Manage account={row} open={open} /> },
  ]
}

function AccessPill({ access, account }: { access: Access; account: AccountRow | null }) {
  const { t } = useTranslation()
  const over = account?.one_time_expired ?? false
  // Who has no member to sign in as through WeCom has nothing else than the password.
  const out = over && access === 'may_sign_in' && !account?.userid
  return (
    <span className="f-access" title={access === 'no_account' ? t('members.noAccountHint') : undefined}>
      {out ? null : <Pill tone={ACCESS_TONE[access]}>{t(`members.access.${access}`)}</Pill>}
      {over ? <Pill tone="warn">{t('members.oneTimeOver')}</Pill> : null}
    </span>
  )
}

function Seen({ account }: { account: AccountRow | null }) {
  const { t } = useTranslation()
  if (!account) return '—'
  if (!account.last_seen_at) return t('members.never')
  return (
    <span className="s-when" title={exactTime(account.last_seen_at)}>
      {ago(account.last_seen_at)}
    </span>
  )
}

function Manage({ account, open }: { account: AccountRow; open: Open }) {
  const { t } = useTranslation()
  const can = useCan()
  const label = can('accounts.manage') ? t('members.manage') : t('members.account')
  return (
    <Button size="small" aria-label={t('members.manageOf', { name: account.name })} onClick={() => open(account)}>
      {label}
    </Button>
  )
}
