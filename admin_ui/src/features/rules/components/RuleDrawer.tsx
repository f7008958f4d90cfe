import { App, Button, Drawer, Form, Input, Segmented, Switch } from 'antd'
import { useEffect, useRef, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'

import { useMe } from '@/api/me'
import { useRule, useSaveRule, type RuleBody, type RuleDetail } from '@/api/rules'
import { useGuardedClose } from '@/shared/lib/guard'
import { number } from '@/shared/lib/numbers'
import { exactTime } from '@/shared/lib/time'
import { Async, useErrorWords } from '@/shared/ui/States'

import { PastScan } from './PastScan'
import { Trial } from './Trial'

const SEVERITIES = ['high', 'medium', 'low'] as const
const SENDERS = ['anyone', 'staff', 'customer'] as const
const NEW: RuleBody = { name: '', severity: 'high', senders: 'anyone', enabled: true, words: '' }

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
  const rule = useRule(id || null)
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
  const save = useSaveRule()
  const may = useMe().data?.permissions.includes('rules.edit') ?? false
  const [form] = Form.useForm<RuleBody>()
  const words = Form.useWatch('words', form) ?? ''
  useEffect(() => {
    unsavedRef.current = () => form.isFieldsTouched()
    return () => {
      unsavedRef.current = nothing
    }
  }, [form, unsavedRef])
  const initial: RuleBody = rule
    ? {
        name: rule.name,
        severity: rule.severity,
        senders: rule.senders,
        enabled: rule.enabled,
        words: rule.word_list.join('\n'),
      }
    : NEW
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      disabled={!may}
      initialValues={initial}
      onFinish={(body) =>
        save.mutate(
          { ...body, id: rule?.id ?? null, version: rule?.version ?? 0 },
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
      <Form.Item name="words" label={t('rules.words')} extra={t('rules.wordsHint', { count: linesOf(words) })}>
        <Input.TextArea rows={9} placeholder={t('rules.wordsPlaceholder')} className="s-mono" />
      </Form.Item>
      <div className="f-rule-row">
        <Form.Item name="severity" label={t('rules.severity')}>
          <Segmented
            aria-label={t('rules.severity')}
            options={SEVERITIES.map((value) => ({ value, label: t(`severity.${value}`) }))}
          />
        </Form.Item>
        <Form.Item name="senders" label={t('rules.senders')}>
          <Segmented
            aria-label={t('rules.senders')}
            options={SENDERS.map((value) => ({ value, label: t(`rules.sender.${value}`) }))}
          />
        </Form.Item>
        <Form.Item name="enabled" label={t('rules.enabled')} valuePropName="checked">
          <Switch />
        </Form.Item>
      </div>
      <Trial words={words} />
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

const linesOf = (words: string): number => words.split('\n').filter((line) => line.trim()).length

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
