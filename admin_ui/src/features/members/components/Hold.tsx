import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/me'
import { resource } from '@/api/resource'
import type { DepartureHold } from '@/api/types'
import { wordFor } from '@/shared/i18n'
import { exactTime } from '@/shared/lib/time'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { useErrorWords } from '@/shared/ui/States'

/** Departures that wait for a word, if there are any. */
export function Holds() {
  const holds = useQuery(resource('departure-holds').one('', {}))
  return holds.data?.items.map((hold) => <Hold key={hold.id} hold={hold} />)
}

function Hold({ hold }: { hold: DepartureHold }) {
  const { t } = useTranslation()
  const can = useCan()
  const [open, setOpen] = useState(false)
  return (
    <Alert
      className="f-hold"
      type="warning"
      showIcon
      title={t('members.hold.title', { count: hold.member_count })}
      description={
        <>
          <p>
            {t('members.hold.accounts', { lost: hold.accounts_lost, total: hold.accounts_total })}
            {hold.last_administrator ? ` ${t('members.hold.last')}` : ''}
          </p>
          <p>{t('members.hold.hint')}</p>
          <p className="s-sub">{t('members.hold.found', { at: exactTime(hold.found_at) })}</p>
          <div className="f-hold-actions">
            <Button aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? t('members.hold.hide') : t('members.hold.show')}
            </Button>
            {can('accounts.manage') ? <Decide hold={hold} /> : null}
          </div>
          {open ? <Names hold={hold} /> : null}
        </>
      }
    />
  )
}

function Decide({ hold }: { hold: DepartureHold }) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const words = useErrorWords()
  const decide = useMutation(
    resource('departure-holds').acts(
      (gone: boolean) =>
        resource('departure-holds').send('post', gone ? '{hold_id}/confirm' : '{hold_id}/reject', { hold_id: hold.id }),
      { everything: true }, // the alarms and one's own rights among it
    ),
  )
  const run = (gone: boolean): Promise<void> =>
    decide.mutateAsync(gone).then(
      () => void message.success(gone ? t('members.hold.confirmed') : t('members.hold.rejected')),
      (error: unknown) => void message.error(words(error)),
    )
  return (
    <>
      <Button
        danger
        loading={decide.isPending}
        onClick={() =>
          void modal.confirm({
            title: t('members.hold.confirmTitle', { count: hold.member_count }),
            content: t('members.hold.confirmHint', { count: hold.accounts_lost }),
            okText: t('members.hold.confirm'),
            okButtonProps: { danger: true },
            cancelText: t('action.cancel'),
            onOk: () => run(true),
          })
        }
      >
        {t('members.hold.confirm')}
      </Button>
      <Button loading={decide.isPending} onClick={() => void run(false)}>
        {t('members.hold.reject')}
      </Button>
    </>
  )
}

type Held = DepartureHold['members'][number]

function Names({ hold }: { hold: DepartureHold }) {
  const { t } = useTranslation()
  const columns: Column<Held>[] = [
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
    { key: 'becomes', title: t('members.hold.becomes'), render: (row) => wordFor('members.status', row.becomes) },
    { key: 'role', title: t('members.account'), render: (row) => (row.role ? t(`role.${row.role}`) : '—') },
  ]
  return (
    <>
      <DataTable label={t('members.hold.list')} columns={columns} rows={hold.members} rowKey={(row) => row.userid} />
      {hold.member_count > hold.members.length ? (
        <p className="s-sub">{t('members.hold.more', { shown: hold.members.length, count: hold.member_count })}</p>
      ) : null}
    </>
  )
}
