import { useMutation } from '@tanstack/react-query'
import { App, Button, Form, Input, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { AlertDetail, CloseReason } from '@/api/types'
import { useCan } from '@/api/me'
import { calledAs } from '@/shared/ui/Called'
import { Dialog } from '@/shared/ui/Dialog'
import { useErrorWords } from '@/shared/ui/States'

/** The next step of an alert: take it into review, then close it with a reason. */
export function AlertActions({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation()
  const can = useCan()
  const { message } = App.useApp()
  const words = useErrorWords()
  const review = useMutation(resource('alerts').act('post', '{alert_id}/review'))
  const [closing, setClosing] = useState(false)
  if (alert.state === 'closed') return null
  if (!can('alerts.handle')) return <span className="s-sub">{t('alert.readOnly')}</span>
  return (
    <div className="f-alert-actions">
      {alert.state === 'open' ? (
        <Button
          type="primary"
          loading={review.isPending}
          onClick={() =>
            review.mutate({ alert_id: alert.id }, {
              onSuccess: () => void message.success(t('alert.reviewed')),
              onError: (error) => void message.error(words(error)),
            })
          }
        >
          {t('alert.review')}
        </Button>
      ) : (
        <Button type="primary" onClick={() => setClosing(true)}>
          {t('alert.close')}
        </Button>
      )}
      {closing ? <CloseDialog alert={alert} onDone={() => setClosing(false)} /> : null}
    </div>
  )
}

function CloseDialog({ alert, onDone }: { alert: AlertDetail; onDone: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const close = useMutation(resource('alerts').act('post', '{alert_id}/close'))
  const [form] = Form.useForm<{ reason: CloseReason; note: string }>()
  const reason = Form.useWatch('reason', form)
  return (
    <Dialog
      unsaved={() => form.isFieldsTouched()}
      title={t('alert.closeTitle')}
      okText={t('alert.close')}
      cancelText={t('action.cancel')}
      confirmLoading={close.isPending}
      onCancel={onDone}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ note: '' }}
        onFinish={(fields) =>
          close.mutate(
            { alert_id: alert.id, reason: fields.reason, note: fields.note.trim() },
            {
              onSuccess: () => {
                void message.success(t('alert.closed'))
                onDone()
              },
              onError: (error) => void message.error(words(error)),
            },
          )
        }
      >
        <p className="f-alert-hint">
          {t('alert.closeHint', { customer: calledAs(alert.customer_name, alert.remark) })}
        </p>
        <Form.Item name="reason" label={t('alert.reason')} rules={[{ required: true, message: t('alert.reasonNeeded') }]}>
          <Radio.Group
            className="f-alert-reasons"
            options={alert.close_reasons.map((value) => ({ value, label: t(`closeReason.${value}`) }))}
          />
        </Form.Item>
        <Form.Item
          name="note"
          label={t('alert.note')}
          rules={[{ required: reason === 'other', whitespace: reason === 'other', message: t('alert.noteNeeded') }]}
        >
          <Input.TextArea rows={3} maxLength={500} showCount />
        </Form.Item>
      </Form>
    </Dialog>
  )
}
