import { App, Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useRevealMobiles } from '@/api/customers'
import { useCan } from '@/api/me'
import { useErrorWords } from '@/shared/ui/States'

interface MobilesProps {
  externalUserid: string
  masked: readonly string[]
}

/** Masked phone numbers; whoever may see them in full gives a reason first. */
export function Mobiles({ externalUserid, masked }: MobilesProps) {
  const { t } = useTranslation()
  const can = useCan()
  const [asking, setAsking] = useState(false)
  const [shown, setShown] = useState<readonly string[] | null>(null)
  if (!masked.length) return <>{t('customer.noMobiles')}</>
  return (
    <span>
      <span className="s-when">{(shown ?? masked).join('、')}</span>
      {!shown && can('customers.reveal') ? (
        <Button type="link" size="small" onClick={() => setAsking(true)}>
          {t('customer.reveal')}
        </Button>
      ) : null}
      {asking ? (
        <RevealDialog externalUserid={externalUserid} onClose={() => setAsking(false)} onShown={setShown} />
      ) : null}
    </span>
  )
}

interface RevealDialogProps {
  externalUserid: string
  onClose: () => void
  onShown: (mobiles: string[]) => void
}

function RevealDialog({ externalUserid, onClose, onShown }: RevealDialogProps) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const reveal = useRevealMobiles(externalUserid)
  const [form] = Form.useForm<{ reason: string }>()
  return (
    <Modal
      open
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
    </Modal>
  )
}
