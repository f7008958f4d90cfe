import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Button, Input, Select, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/me'
import { resource } from '@/api/resource'
import type { CustomerDetail, IdentityRow } from '@/api/types'
import { Card } from '@/shared/ui/Page'
import { Async, useErrorWords } from '@/shared/ui/States'

const ENTERED = { person: ['phone', 'mail', 'bank'], company: ['phone', 'mail', 'credit_code', 'bank'] } as const
type Kind = (typeof ENTERED)['company'][number]

export const identitiesOf = (customer: string) => resource('customers').one('{customer}/identities', { customer })

/** By what else a customer is known: what members noted in WeCom, and what was entered here, which can be taken back. */
export function Identities({ name, customer }: { name: string; customer: CustomerDetail }) {
  const { t } = useTranslation()
  const can = useCan()
  const known = useQuery(identitiesOf(name))
  return (
    <Card title={t('identity.title')}>
      <Async query={known} rows={2}>
        {({ items }) =>
          items.length ? (
            <ul className="f-identities">
              {items.map((row) => (
                <Known key={row.id} customer={customer} row={row} />
              ))}
            </ul>
          ) : (
            <p className="s-sub">{t('identity.none')}</p>
          )
        }
      </Async>
      {can('customers.write') && customer.may !== 'read' ? <Enter customer={customer} /> : null}
    </Card>
  )
}

function Known({ customer, row }: { customer: CustomerDetail; row: IdentityRow }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const can = useCan()
  const remove = useMutation(resource('customers').act('delete', '{customer}/identities/{identity_id}'))
  const label = `${t(`identity.kinds.${row.kind}`)} ${row.shown}`
  return (
    <li>
      <span className="s-sub">{t(`identity.kinds.${row.kind}`)}</span>
      <span className="s-when">{row.shown}</span>
      <span className="s-sub">{t(`identity.sources.${row.source}`, { name: row.staff_name })}</span>
      {row.source === 'hand' && can('customers.write') && customer.may !== 'read' ? (
        <Button
          type="link"
          size="small"
          loading={remove.isPending}
          aria-label={t('identity.removeOne', { what: label })}
          onClick={() =>
            remove.mutate({ customer: String(customer.id), identity_id: row.id }, { onError: (error) => void message.error(words(error)) })
          }
        >
          {t('identity.remove')}
        </Button>
      ) : null}
    </li>
  )
}

function Enter({ customer }: { customer: CustomerDetail }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const [kind, setKind] = useState<Kind>('phone')
  const [value, setValue] = useState('')
  const add = useMutation(resource('customers').act('post', '{customer}/identities'))
  const enter = (): void => {
    if (!value.trim()) return
    add.mutate(
      { customer: String(customer.id), kind, value },
      { onSuccess: () => setValue(''), onError: (error) => void message.error(words(error)) },
    )
  }
  return (
    <Space.Compact className="f-identity-new">
      <Select
        aria-label={t('identity.kind')}
        value={kind}
        onChange={setKind}
        options={ENTERED[customer.kind].map((one) => ({ value: one, label: t(`identity.kinds.${one}`) }))}
      />
      <Input
        aria-label={t('identity.value')}
        placeholder={t(`identity.hints.${kind}`)}
        value={value}
        maxLength={200}
        onChange={(event) => setValue(event.target.value)}
        onPressEnter={enter}
      />
      <Button loading={add.isPending} disabled={!value.trim()} onClick={enter}>
        {t('identity.add')}
      </Button>
    </Space.Compact>
  )
}
