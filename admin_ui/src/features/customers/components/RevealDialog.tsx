import { useMutation } from '@tanstack/react-query'
import { App, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import { Dialog } from '@/shared/ui/Dialog'
import { useErrorWords } from '@/shared/ui/States'

interface RevealDialogProps {
  customer: string
  onClose: () => void
  onShown: (mobiles: string[]) => void
}

/** Ask for the reason, then show the numbers; fetched when it is first needed. */
export default function RevealDialog({ customer, onClose, onShown }: RevealDialogProps) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const reveal = useMutation({
    mutationFn: (reason: string) =>
      resource('customers').send('post', '{customer}/reveal', { customer, reason }),
  })
  const [form] = Form.useForm<{ reason: string }>()
  return (
    <Dialog
      unsaved={() => form.isFieldsTouched()}
      title={t('customer.revealTitle')}
      okText={t('customer.revealSubmit')}
      cancelText={t('action.cancel')}
      confirmLoading={reveal.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={({ reason }) =>
          reveal.mutate(reason.trim(), {
            onSuccess: ({ mobiles }) => {
              onShown(mobiles)
              onClose()
            },
            onError: (error) => void message.error(words(error)),
          })
        }
      >
        <p className="s-notice-hint">{t('customer.revealHint')}</p>
        <Form.Item
          name="reason"
          label={t('customer.revealReason')}
          rules={[{ required: true, whitespace: true, min: 2, message: t('customer.revealHint') }]}
        >
          <Input autoFocus maxLength={200} placeholder={t('customer.revealPlaceholder')} />
        </Form.Item>
      </Form>
    </Dialog>
  )
}
