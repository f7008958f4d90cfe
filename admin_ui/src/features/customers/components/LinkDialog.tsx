import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Checkbox, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { CustomerDetail, CustomerRow, LinkRow } from '@/api/types'
import { useDebounced } from '@/shared/lib/debounce'
import { Dialog } from '@/shared/ui/Dialog'
import { useErrorWords } from '@/shared/ui/States'

type Relation = LinkRow['relation']
type Kind = CustomerRow['kind']

/** What a customer of each kind can be to another, and of which kind the other then is. */
const RELATIONS: Readonly<Record<Kind, Partial<Record<Relation, Kind | undefined>>>> = {
  person: { works_at: 'company', agent_of: 'company' },
  company: {
    employs: 'person',
    subsidiary_of: 'company',
    parent_of: 'company',
    agent_of: 'company',
    represented_by: undefined,
    partner_of: 'company',
  },
}

interface Entry {
  relation: Relation
  customer_id?: number
  title?: string
  department?: string
  reports_to?: number | null
  primary?: boolean
}

interface LinkDialogProps {
  customer: CustomerDetail
  links: readonly LinkRow[]
  row?: LinkRow
  onClose: () => void
}

/** Link two customers, or say what somebody is at a company; fetched when it is first needed. */
export default function LinkDialog({ customer, links, row, onClose }: LinkDialogProps) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const [form] = Form.useForm<Entry>()
  const offered = Object.keys(RELATIONS[customer.kind]) as Relation[]
  const relation = Form.useWatch('relation', form) ?? row?.relation ?? offered[0]
  const works = relation === 'works_at' || relation === 'employs'
  const add = useMutation(resource('customers').act('post', '{customer}/links'))
  const change = useMutation(resource('customers').act('put', '{customer}/links/{link_id}'))
  const told = {
    onSuccess: () => {
      void message.success(t('link.done'))
      onClose()
    },
    onError: (error: unknown) => void message.error(words(error)),
  }
  const submit = (entry: Entry): void => {
    // What is null stays as it is.
    const post = {
      title: works ? (entry.title ?? '') : null,
      department: works ? (entry.department ?? '') : null,
      reports_to: works && customer.kind === 'company' ? (entry.reports_to ?? 0) : null,
      primary: works && (row || entry.primary) ? (entry.primary ?? false) : null,
    }
    if (row) change.mutate({ customer: String(customer.id), link_id: row.id, ...post }, told)
    else if (entry.customer_id)
      add.mutate({ customer: String(customer.id), relation: entry.relation, customer_id: entry.customer_id, ...post }, told)
  }
  // Of a company's contacts all are here; a person's page does not list their colleagues.
  const colleagues = links.filter((one) => one.relation === 'employs' && one.id !== row?.id)
  return (
    <Dialog
      unsaved={() => form.isFieldsTouched()}
      title={row ? t('link.editTitle', { name: row.customer.name }) : t('link.add')}
      okText={row ? t('link.save') : t('link.add')}
      cancelText={t('action.cancel')}
      confirmLoading={add.isPending || change.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form<Entry>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={
          row
            ? { title: row.title, department: row.department, reports_to: row.reports_to?.id ?? null, primary: row.primary }
            : { relation: offered[0] }
        }
        onFinish={submit}
      >
        {row ? null : (
          <>
            <Form.Item name="relation" label={t('link.relation')}>
              <Select
                options={offered.map((value) => ({ value, label: t(`link.relations.${value}`) }))}
                onChange={() => form.resetFields(['customer_id'])}
              />
            </Form.Item>
            <Form.Item name="customer_id" label={t('link.customer')} rules={[{ required: true, message: t('link.need') }]}>
              <CustomerSelect kind={relation && RELATIONS[customer.kind][relation]} without={customer.id} />
            </Form.Item>
          </>
        )}
        {works ? (
          <>
            <Form.Item name="department" label={t('link.department')}>
              <Input maxLength={64} />
            </Form.Item>
            <Form.Item name="title" label={t('link.jobTitle')}>
              <Input maxLength={64} />
            </Form.Item>
            {customer.kind === 'company' && colleagues.length ? (
              <Form.Item name="reports_to" label={t('link.reportsTo')}>
                <Select
                  allowClear
                  placeholder={t('link.nobody')}
                  options={colleagues.map((one) => ({ value: one.customer.id, label: one.customer.name }))}
                />
              </Form.Item>
            ) : null}
            <Form.Item name="primary" valuePropName="checked" noStyle>
              <Checkbox>{t('link.primary')}</Checkbox>
            </Form.Item>
          </>
        ) : null}
      </Form>
    </Dialog>
  )
}

interface CustomerSelectProps {
  kind: Kind | undefined
  without: number
  // From the form.
  id?: string
  value?: number
  onChange?: (id: number) => void
}

/** Choose a customer; the list is searched on the server. */
function CustomerSelect({ kind, without, id, value, onChange }: CustomerSelectProps) {
  const { t } = useTranslation()
  const [q, setQ] = useState('')
  const found = useQuery(resource('customers').list('', { q: useDebounced(q.trim()), kind, limit: 20 }))
  return (
    <Select<number>
      {...(id ? { id } : {})}
      {...(value ? { value } : {})}
      {...(onChange ? { onChange } : {})}
      showSearch={{ filterOption: false, onSearch: setQ }}
      placeholder={t('link.search')}
      loading={found.isFetching}
      notFoundContent={found.isFetching ? null : t('link.noCustomers')}
      options={(found.data?.items ?? [])
        .filter((one) => one.id !== without)
        .map((one) => ({ value: one.id, label: one.name }))}
    />
  )
}
