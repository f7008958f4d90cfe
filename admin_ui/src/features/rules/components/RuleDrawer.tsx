import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Button, Drawer, Form, Input, Segmented, Switch } from 'antd'
import { useEffect, useRef, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'

import { useMe } from '@/api/me'
import { resource } from '@/api/resource'
import type { RuleBody, RuleDetail, RuleRow } from '@/api/types'
import { useGuardedClose } from '@/shared/lib/guard'
import { number } from '@/shared/lib/numbers'
import { exactTime } from '@/shared/lib/time'
import { Async, useErrorWords } from '@/shared/ui/States'

import { VIEWS } from '../kinds'
import { PastScan } from './PastScan'

const SEVERITIES = ['high', 'medium', 'low'] as const
const NEW = { name: '', severity: 'high', enabled: true }
/** Of the kinds there are, the one that a new rule is of. */
const FIRST: RuleRow['kind'] = 'word_list'

interface DrawerProps {
  /** A rule's id, 0 for a new one, none while closed. */
  id: number | null
  onClose: () => void
  onSaved: (id: number) => void
}

const nothing = (): boolean => false

/** A rule beside the list: its words, a box to try them out, the past, its versions. */
export function RuleDrawer({ id, onClose, onSaved }: DrawerProps) {
  const { t } = useTranslation()
  const rule = useQuery({ ...resource('rules').one('{rule_id}', { rule_id: id ?? 0 }), enabled: Boolean(id) })
  const unsavedRef = useRef(nothing)
  const close = useGuardedClose(() => unsavedRef.current(), onClose)
  return (
    <Drawer
      open={id !== null}
      onClose={close}
      size={620}
      title={id === 0 ? t('rules.create') : t('rules.edit')}
      styles={{ wrapper: { maxWidth: '100vw' } }}
      destroyOnHidden
    >
      {id === 0 ? <RuleForm rule={null} unsavedRef={unsavedRef} onSaved={onSaved} /> : null}
      {id ? (
        <Async query={rule} rows={10}>
          {(data) => (
            <div className="f-rule">
              <RuleForm key={`${data.id}/${data.version}`} rule={data} unsavedRef={unsavedRef} onSaved={onSaved} />
              <PastScan rule={data} />
              <Versions rule={data} />
            </div>
          )}
        </Async>
      ) : null}
    </Drawer>
  )
}

interface FormProps {
  rule: RuleDetail | null
  /** Filled by the form: whether something was entered that is not saved. */
  unsavedRef: RefObject<() => boolean>
  onSaved: (id: number) => void
}

function RuleForm({ rule, unsavedRef, onSaved }: FormProps) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failure = useErrorWords()
  const save = useMutation(
    resource('rules').acts((body: RuleBody) =>
      rule
        ? resource('rules').send('post', '{rule_id}', { ...body, rule_id: rule.id, version: rule.version })
        : resource('rules').send('post', '', body),
    ),
  )
  const may = useMe().data?.permissions.includes('rules.edit') ?? false
  const [form] = Form.useForm<RuleBody>()
  const kind = rule?.kind ?? FIRST
  const view = VIEWS[kind]
  useEffect(() => {
    unsavedRef.current = () => form.isFieldsTouched()
    return () => {
      unsavedRef.current = nothing
    }
  }, [form, unsavedRef])
  const initial = rule
    ? { name: rule.name, severity: rule.severity, enabled: rule.enabled, ...view.values(rule) }
    : { ...NEW, ...view.empty }
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      disabled={!may}
      initialValues={initial}
      onFinish={(body) =>
        save.mutate(
          body,
          {
            onSuccess: (saved) => {
              void message.success(
                saved.duplicates ? t('rules.savedCleaned', { count: saved.duplicates, words: number(saved.rule.words) }) : t('rules.saved'),
              )
              onSaved(saved.rule.id)
            },
            onError: (error) => void message.error(failure(error), 8),
          },
        )
      }
    >
      <Form.Item name="name" label={t('rules.name')} rules={[{ required: true, whitespace: true, message: t('rules.nameNeeded') }]}>
        <Input maxLength={50} placeholder={t('rules.nameHint')} />
      </Form.Item>
      <p className="s-sub">{t(`ruleKind.${kind}`)}</p>
      <view.Fields />
      <div className="f-rule-row">
        <Form.Item name="severity" label={t('rules.severity')}>
          <Segmented
            aria-label={t('rules.severity')}
            options={SEVERITIES.map((value) => ({ value, label: t(`severity.${value}`) }))}
          />
        </Form.Item>
        <Form.Item name="enabled" label={t('rules.enabled')} valuePropName="checked">
          <Switch />
        </Form.Item>
      </div>
      <view.Trial />
      {may ? (
        <div className="f-rule-save">
          <span className="s-sub">{rule ? t('rules.versionHint', { n: rule.version + 1 }) : t('rules.fromNow')}</span>
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t('rules.save')}
          </Button>
        </div>
      ) : null}
    </Form>
  )
}

function Versions({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation()
  return (
    <section aria-label={t('rules.versions')}>
      <h2>{t('rules.versions')}</h2>
      <ol className="f-rule-versions">
        {rule.versions.map((row) => (
          <li key={row.version}>
            {t('rules.versionOf', { n: row.version, who: row.changed_by, count: row.words })}{' '}
            <time className="s-sub" dateTime={row.changed_at}>
              {exactTime(row.changed_at)}
            </time>
          </li>
        ))}
      </ol>
    </section>
  )
}
