import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Form, InputNumber } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { HandoverPolicy } from '@/api/types'
import { Dialog } from '@/shared/ui/Dialog'
import { Async, useErrorWords } from '@/shared/ui/States'

const POLICY = resource('handovers', 'handover-policy').one('policy', {})

/** Deadlines and limits of the corp. */
export function PolicyDialog({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const policy = useQuery(POLICY)
  const set = useMutation(resource('handovers').act('post', 'policy', { becomes: POLICY.queryKey }))
  const [form] = Form.useForm<HandoverPolicy>()
  const rules = [{ required: true, message: t('handover.numberNeeded') }]
  return (
    <Dialog
      unsaved={() => form.isFieldsTouched()}
      title={t('handover.policy')}
      okText={t('handover.save')}
      cancelText={t('action.cancel')}
      confirmLoading={set.isPending}
      onCancel={onDone}
      onOk={() => form.submit()}
    >
      <Async query={policy} rows={3}>
        {(data) => (
          <Form
            form={form}
            layout="vertical"
            requiredMark={false}
            className="f-handover-form"
            initialValues={data}
            onFinish={(fields) =>
              set.mutate(fields, {
                onSuccess: () => {
                  void message.success(t('handover.saved'))
                  onDone()
                },
                onError: (error) => void message.error(words(error)),
              })
            }
          >
            <Form.Item name="due_hours" label={t('handover.dueHours')} extra={t('handover.dueHoursHint')} rules={rules}>
              <InputNumber min={1} max={720} precision={0} />
            </Form.Item>
            <Form.Item
              name="escalate_hours"
              label={t('handover.escalateHours')}
              extra={t('handover.escalateHoursHint')}
              rules={rules}
            >
              <InputNumber min={1} max={720} precision={0} />
            </Form.Item>
            <Form.Item
              name="customer_limit"
              label={t('handover.customerLimit')}
              extra={t('handover.customerLimitHint')}
              rules={rules}
            >
              <InputNumber min={0} max={1_000_000} precision={0} />
            </Form.Item>
          </Form>
        )}
      </Async>
    </Dialog>
  )
}
