import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Button, DatePicker, Form, Radio } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { CustomerDetail, ShareRow } from '@/api/types'
import { dateTime } from '@/shared/lib/time'
import { Dialog } from '@/shared/ui/Dialog'
import { StaffSelect } from '@/shared/ui/StaffSelect'
import { Async, useErrorWords } from '@/shared/ui/States'

interface Entry {
  userid: string
  level: ShareRow['level']
  until?: Dayjs | null
}

/** With whom a customer is shared, and one member more; fetched when it is first needed. */
export default function ShareDialog({ customer, onClose }: { customer: CustomerDetail; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const [form] = Form.useForm<Entry>()
  const id = String(customer.id)
  const shares = useQuery(resource('customers').one('{customer}/shares', { customer: id }))
  const share = useMutation(resource('customers').act('post', '{customer}/shares'))
  const submit = ({ userid, level, until }: Entry): void =>
    share.mutate(
      { customer: id, userid, level, until: until ? until.endOf('day').toISOString() : null },
      {
        onSuccess: ({ items }) => {
          const name = items.find((row) => row.userid === userid)?.staff_name ?? userid
          void message.success(t('share.done', { name }))
          form.resetFields()
        },
        onError: (error) => void message.error(words(error)),
      },
    )
  return (
    <Dialog
      unsaved={() => form.isFieldsTouched()}
      title={t('share.title')}
      okText={t('share.add')}
      cancelText={t('action.close')}
      confirmLoading={share.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <p className="s-notice-hint">{t('share.hint')}</p>
      <Async query={shares} rows={2}>
        {({ items }) =>
          items.length ? (
            <ul className="f-links f-shares">
              {items.map((row) => (
                <Shared key={row.userid} customer={id} row={row} />
              ))}
            </ul>
          ) : (
            <p className="s-sub f-shares">{t('share.none')}</p>
          )
        }
      </Async>
      <Form<Entry> form={form} layout="vertical" requiredMark={false} initialValues={{ level: 'read' }} onFinish={submit}>
        <Form.Item name="userid" label={t('share.member')} rules={[{ required: true, message: t('share.needMember') }]}>
          <StaffSelect label={t('share.member')} everybody />
        </Form.Item>
        <Form.Item name="level" label={t('share.level')}>
          <Radio.Group options={(['read', 'edit'] as const).map((value) => ({ value, label: t(`share.levels.${value}`) }))} />
        </Form.Item>
        <Form.Item name="until" label={t('share.until')}>
          <DatePicker placeholder={t('share.forever')} minDate={dayjs()} />
        </Form.Item>
      </Form>
    </Dialog>
  )
}

function Shared({ customer, row }: { customer: string; row: ShareRow }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const unshare = useMutation(resource('customers').act('delete', '{customer}/shares/{userid}'))
  return (
    <li>
      <div className="f-link-who">
        <b>{row.staff_name}</b>
        <span className="s-sub">
          {t(`share.levels.${row.level}`)} · {row.until ? t('share.ends', { time: dateTime(row.until) }) : t('share.forever')}
        </span>
      </div>
      <div className="f-link-acts">
        <Button
          type="link"
          size="small"
          loading={unshare.isPending}
          aria-label={t('share.removeOne', { name: row.staff_name })}
          onClick={() =>
            unshare.mutate({ customer, userid: row.userid }, { onError: (error) => void message.error(words(error)) })
          }
        >
          {t('share.remove')}
        </Button>
      </div>
    </li>
  )
}
