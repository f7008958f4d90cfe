import { useMutation } from '@tanstack/react-query'
import { App, Form } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { CustomerDetail } from '@/api/types'
import { Dialog } from '@/shared/ui/Dialog'
import { StaffSelect } from '@/shared/ui/StaffSelect'
import { useErrorWords } from '@/shared/ui/States'

/** Whose customer it is to be; fetched when it is first needed. */
export default function HandOnDialog({ customer, onClose }: { customer: CustomerDetail; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const [form] = Form.useForm<{ userid: string }>()
  const change = useMutation(resource('customers').act('put', '{customer}'))
  return (
    <Dialog
      unsaved={() => form.isFieldsTouched()}
      title={t('share.handTitle')}
      okText={t('share.handOn')}
      cancelText={t('action.cancel')}
      confirmLoading={change.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={({ userid }) =>
          change.mutate(
            { customer: String(customer.id), version: customer.version, name: null, owner_userid: userid },
            {
              onSuccess: ({ owner }) => {
                void message.success(t('share.handed', { name: owner?.staff_name ?? userid }))
                onClose()
              },
              onError: (error) => void message.error(words(error)),
            },
          )
        }
      >
        <p className="s-notice-hint">{t('share.handHint')}</p>
        <Form.Item name="userid" label={t('share.newOwner')} rules={[{ required: true, message: t('share.needOwner') }]}>
          <StaffSelect label={t('share.newOwner')} />
        </Form.Item>
      </Form>
    </Dialog>
  )
}
