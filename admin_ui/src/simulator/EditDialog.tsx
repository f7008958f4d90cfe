import { Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'

import type { SimRelation, SimWorld } from '@/api/simulator'
import { Dialog } from '@/shared/ui/Dialog'
import { TagSelect } from '@/shared/ui/TagSelect'

import { useAct } from './useAct'

interface EditDialogProps {
  world: SimWorld
  relation: SimRelation
  onClose: () => void
}

/** The member changes remark or tags in WeCom's client. */
export default function EditDialog({ world, relation, onClose }: EditDialogProps) {
  const { t } = useTranslation()
  const { act, busy } = useAct(world.corp_id)
  const [form] = Form.useForm<{ remark: string; tags: string[] }>()
  const before = relation.tags.map((tag) => tag.id)
  return (
    <Dialog
      unsaved={() => form.isFieldsTouched()}
      title={t('sim.editOf', { name: relation.name })}
      okText={t('sim.save')}
      cancelText={t('action.cancel')}
      confirmLoading={busy}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ remark: relation.remark, tags: before }}
        onFinish={({ remark, tags }) =>
          void act('edit_contact', {
            userid: relation.userid,
            external_userid: relation.external_userid,
            remark: remark.trim(),
            add_tags: tags.filter((tag) => !before.includes(tag)),
            remove_tags: before.filter((tag) => !tags.includes(tag)),
          }).then((done) => done && onClose())
        }
      >
        <Form.Item name="remark" label={t('sim.remark')}>
          <Input autoFocus maxLength={20} />
        </Form.Item>
        <Form.Item name="tags" label={t('sim.tags')}>
          <TagSelect
            label={t('sim.tags')}
            tags={world.tag_groups.flatMap((group) => group.tags.map((tag) => ({ ...tag, group: group.name })))}
          />
        </Form.Item>
      </Form>
    </Dialog>
  )
}
