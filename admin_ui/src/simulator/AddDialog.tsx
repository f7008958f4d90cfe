import { Checkbox, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'

import type { SimStaff, SimWorld } from '@/api/simulator'
import { Dialog } from '@/shared/ui/Dialog'

import { useAct } from './useAct'

interface AddDialogProps {
  world: SimWorld
  staff: SimStaff
  onClose: () => void
}

/** A customer and the member become contacts. */
export default function AddDialog({ world, staff, onClose }: AddDialogProps) {
  const { t } = useTranslation()
  const { act, busy } = useAct(world.corp_id)
  const [form] = Form.useForm<{ name: string; state: string; half: boolean }>()
  return (
    <Dialog
      unsaved={() => form.isFieldsTouched()}
      title={t('sim.addTo', { name: staff.name })}
      okText={t('sim.add')}
      cancelText={t('action.cancel')}
      confirmLoading={busy}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: '', state: '', half: false }}
        onFinish={({ name, state, half }) =>
          void act('add_contact', {
            userid: staff.userid,
            half,
            ...(name.trim() ? { name: name.trim() } : {}),
            ...(state.trim() ? { state: state.trim() } : {}),
          }).then((added) => added && onClose())
        }
      >
        <Form.Item name="name" label={t('sim.customerName')}>
          <Input autoFocus maxLength={32} placeholder={t('sim.nameHint')} />
        </Form.Item>
        <Form.Item name="state" label={t('sim.channel')}>
          <Input maxLength={30} placeholder={t('sim.channelHint')} />
        </Form.Item>
        <Form.Item name="half" valuePropName="checked">
          <Checkbox>{t('sim.half')}</Checkbox>
        </Form.Item>
      </Form>
    </Dialog>
  )
}
