import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import { useCan } from '@/api/me'
import { resource } from '@/api/resource'
import type { CustomerDetail, LinkRow } from '@/api/types'
import { Pill } from '@/shared/ui/Chips'
import { lazily } from '@/shared/ui/lazily'
import { Card } from '@/shared/ui/Page'
import { Async, useErrorWords } from '@/shared/ui/States'

const LinkDialog = lazily(() => import('./LinkDialog'))

export const linksOf = (customer: string) => resource('customers').one('{customer}/links', { customer })

/** Where a person works, who works at a company, and what companies are to each other. */
export function Links({ name, customer }: { name: string; customer: CustomerDetail }) {
  const { t } = useTranslation()
  const can = useCan()
  const links = useQuery(linksOf(name))
  const [edited, setEdited] = useState<LinkRow | 'new'>()
  const changes = can('customers.write') && customer.may !== 'read'
  return (
    <Card
      title={t(`link.titles.${customer.kind}`)}
      extra={
        changes ? (
          <Button size="small" onClick={() => setEdited('new')}>
            {t('link.add')}
          </Button>
        ) : null
      }
    >
      <Async query={links} rows={2}>
        {({ items }) => (
          <>
            {items.length ? (
              <ul className="f-links">
                {items.map((row) => (
                  <Row key={row.id} customer={customer} row={row} changes={changes} onEdit={() => setEdited(row)} />
                ))}
              </ul>
            ) : (
              <p className="s-sub">{t('link.none')}</p>
            )}
            {edited ? (
              <Suspense fallback={null}>
                <LinkDialog
                  customer={customer}
                  links={items}
                  {...(edited === 'new' ? {} : { row: edited })}
                  onClose={() => setEdited(undefined)}
                />
              </Suspense>
            ) : null}
          </>
        )}
      </Async>
    </Card>
  )
}

interface RowProps {
  customer: CustomerDetail
  row: LinkRow
  changes: boolean
  onEdit: () => void
}

function Row({ customer, row, changes, onEdit }: RowProps) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const words = useErrorWords()
  const remove = useMutation(resource('customers').act('delete', '{customer}/links/{link_id}'))
  const name = row.customer.name
  const works = row.relation === 'works_at' || row.relation === 'employs'
  const known = [
    row.department,
    row.title,
    row.reports_to ? t('link.under', { name: row.reports_to.name }) : '',
  ].filter(Boolean)
  const run = (): Promise<unknown> =>
    remove.mutateAsync({ customer: String(customer.id), link_id: row.id }).then(
      () => void message.success(t('link.removed')),
      (error: unknown) => void message.error(words(error)),
    )
  return (
    <li>
      <div className="f-link-who">
        <span className="s-sub">{t(`link.relations.${row.relation}`)}</span>
        <Link to={`/customers/${row.customer.id}`}>{name}</Link>
        {row.primary ? <Pill tone="good">{t('link.primary')}</Pill> : null}
      </div>
      {known.length ? <div className="s-sub">{known.join(' · ')}</div> : null}
      {changes ? (
        <div className="f-link-acts">
          {works ? (
            <Button type="link" size="small" aria-label={t('link.editTitle', { name })} onClick={onEdit}>
              {t('link.edit')}
            </Button>
          ) : null}
          <Button
            type="link"
            size="small"
            loading={remove.isPending}
            aria-label={t('link.removeOne', { name })}
            onClick={() =>
              void modal.confirm({
                title: t('link.removeTitle', { name }),
                content: t('link.removeHint'),
                okText: t('link.remove'),
                okButtonProps: { danger: true },
                cancelText: t('action.cancel'),
                onOk: run,
              })
            }
          >
            {t('link.remove')}
          </Button>
        </div>
      ) : null}
    </li>
  )
}
