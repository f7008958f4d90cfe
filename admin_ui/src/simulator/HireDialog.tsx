import { Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import type { SimWorld } from '@/api/simulator'
import { Dialog } from '@/shared/ui/Dialog'

import { useAct } from './useAct'

interface HireDialogProps {
  world: SimWorld
  onClose: () => void
  onHired: (userid: string) => void
}

/** A new member joins a department. */
export default function HireDialog({ world, onClose, onHired }: HireDialogProps) {
  const { t } = useTranslation()
  const { act, busy } = useAct(world.corp_id)
  const [form] = Form.useForm<{ name: string; department: number }>()
  return (
    <Dialog
      unsaved={() => form.isFieldsTouched()}
      title={t('sim.hire')}
      okText={t('sim.hire')}
      cancelText={t('action.cancel')}
      confirmLoading={busy}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: '', department: world.departments.at(-1)?.id }}
        onFinish={(fields) =>
          void act('hire', fields).then((hired) => {
            if (!hired) return
            onHired(String(hired.userid))
            onClose()
          })
        }
      >
        <Form.Item name="name" label={t('sim.staffName')}>
          <Input autoFocus maxLength={32} placeholder={t('sim.nameHint')} />
        </Form.Item>
        <Form.Item name="department" label={t('sim.department')}>
          <Select options={world.departments.map((row) => ({ value: row.id, label: row.name }))} />
        </Form.Item>
      </Form>
    </Dialog>
  )
}
