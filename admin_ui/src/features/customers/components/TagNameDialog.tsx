import { useMutation } from '@tanstack/react-query'
import { App, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { TagGroupRow, TagRow } from '@/api/types'
import { Dialog } from '@/shared/ui/Dialog'
import { useErrorWords } from '@/shared/ui/States'

const LONGEST = 30

interface Named {
  name: string
  tags?: string
}

type TagNameDialogProps = { onClose: () => void } & (
  | { what: 'group'; group?: TagGroupRow }
  | { what: 'tag'; group: TagGroupRow; tag?: TagRow }
)

/** Make or rename a group or a tag; a group is made with its first tags. */
export function TagNameDialog(props: TagNameDialogProps) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const [form] = Form.useForm<Named>()
  const tags = resource('tags')
  const known = props.what === 'group' ? props.group : props.tag
  const save = useMutation(
    tags.acts(({ name, tags: lines }: Named) => {
      if (props.what === 'tag') {
        return props.tag
          ? tags.send('post', '{tag_id}', { tag_id: props.tag.tag_id, name })
          : tags.send('post', 'groups/{group_id}/tags', { group_id: props.group.group_id, name })
      }
      if (props.group) return tags.send('post', 'groups/{group_id}', { group_id: props.group.group_id, name, order: null })
      return tags.send('post', 'groups', { name, tags: linesOf(lines) })
    }),
  )
  const submit = (named: Named): void =>
    save.mutate(named, { onSuccess: props.onClose, onError: (error) => void message.error(words(error)) })
  const title = known
    ? t('tags.renameOne', { name: known.name })
    : props.what === 'tag'
      ? t('tags.newTagOf', { name: props.group.name })
      : t('tags.newGroup')
  return (
    <Dialog
      unsaved={() => form.isFieldsTouched()}
      title={title}
      okText={t(known ? 'tags.save' : 'tags.create')}
      cancelText={t('action.cancel')}
      confirmLoading={save.isPending}
      onCancel={props.onClose}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ name: known?.name ?? '' }} onFinish={submit}>
        <Form.Item
          name="name"
          label={t(props.what === 'group' ? 'tags.groupName' : 'tags.tagName')}
          rules={[{ required: true, whitespace: true, message: t('tags.need') }]}
        >
          <Input maxLength={LONGEST} autoFocus {...(props.what === 'group' ? { placeholder: t('tags.groupHint') } : {})} />
        </Form.Item>
        {props.what === 'group' && !known ? (
          <Form.Item
            name="tags"
            label={t('tags.tagNames')}
            rules={[
              {
                validator: (_rule, lines: string | undefined) =>
                  linesOf(lines).some((line) => line.length > LONGEST) ? Promise.reject(new Error(t('tags.long'))) : Promise.resolve(),
              },
            ]}
          >
            <Input.TextArea autoSize={{ minRows: 4, maxRows: 12 }} />
          </Form.Item>
        ) : null}
      </Form>
    </Dialog>
  )
}

function linesOf(text: string | undefined): string[] {
  return (text ?? '').split('\n').map((line) => line.trim()).filter(Boolean)
}
