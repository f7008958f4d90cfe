import { useMutation } from '@tanstack/react-query'
import { App, Form, Input, Radio } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'

import { resource } from '@/api/resource'
import type { CustomerRow } from '@/api/types'
import { Dialog } from '@/shared/ui/Dialog'
import { useErrorWords } from '@/shared/ui/States'

interface Entry {
  kind: CustomerRow['kind']
  name: string
}

/** Enter a company, or a person whom WeCom does not know yet; fetched when it is first needed. */
export default function NewCustomer({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const navigate = useNavigate()
  const [form] = Form.useForm<Entry>()
  const kind = Form.useWatch('kind', form) ?? 'company'
  const create = useMutation(resource('customers').act('post', ''))
  const submit = (entry: Entry): void =>
    create.mutate({ ...entry, owner_userid: null }, {
      onSuccess: ({ id }) => {
        void message.success(t('newCustomer.done'))
        onClose()
        void navigate(`/customers/${id}`)
      },
      onError: (error) => void message.error(words(error)),
    })
  return (
    <Dialog
      unsaved={() => form.isFieldsTouched()}
      title={t('customers.new')}
      okText={t('newCustomer.submit')}
      cancelText={t('action.cancel')}
      confirmLoading={create.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ kind: 'company', name: '' }} onFinish={submit}>
        <Form.Item name="kind" label={t('newCustomer.kind')}>
          <Radio.Group options={(['company', 'person'] as const).map((value) => ({ value, label: t(`customerKind.${value}`) }))} />
        </Form.Item>
        <Form.Item
          name="name"
          label={t('newCustomer.name')}
          rules={[{ required: true, whitespace: true, message: t('newCustomer.need') }]}
        >
          <Input maxLength={120} placeholder={t(`newCustomer.hint.${kind}`)} autoFocus />
        </Form.Item>
      </Form>
    </Dialog>
  )
}
