import '../words'
import '../welcome.css'

import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App, Button, Input, Switch } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { Welcome } from '@/api/types'
import { actorName } from '@/shared/i18n'
import { exactTime } from '@/shared/lib/time'
import { Card, Page } from '@/shared/ui/Page'
import { Async, useErrorWords } from '@/shared/ui/States'

const WELCOME = resource('welcome').one('', {})

/** Whether new customers are greeted, and with which words. */
export default function WelcomePage() {
  const { t } = useTranslation()
  const welcome = useQuery(WELCOME)
  return (
    <Page title={t('welcome.title')} note={t('welcome.note')}>
      <Card>
        <Async query={welcome} rows={6}>
          {(data) => <Editor key={data.updated_at ?? ''} welcome={data} />}
        </Async>
      </Card>
    </Page>
  )
}

function Editor({ welcome }: { welcome: Welcome }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const set = useMutation(resource('welcome').act('put', '', { becomes: WELCOME.queryKey, also: ['alarms'] }))
  const [enabled, setEnabled] = useState(welcome.enabled)
  const [text, setText] = useState(welcome.text)
  const id = useId()
  const save = (): void =>
    set.mutate(
      { enabled, text },
      {
        onSuccess: () => void message.success(t('welcome.saved')),
        onError: (error) => void message.error(words(error)),
      },
    )
  const unconfirmed = welcome.text !== '' && welcome.updated_at === null
  return (
    <div className="f-welcome">
      {unconfirmed ? <Alert type="warning" showIcon title={t('welcome.unconfirmed')} /> : null}
      <label className="f-welcome-switch">
        <Switch checked={enabled} onChange={setEnabled} aria-label={t('welcome.on')} />
        <span>{enabled ? t('welcome.on') : t('welcome.off')}</span>
      </label>
      <div className="f-welcome-columns">
        <div>
          <label htmlFor={id}>{t('welcome.text')}</label>
          <Input.TextArea id={id} rows={7} maxLength={1_300} showCount value={text} onChange={(event) => setText(event.target.value)} />
          <div className="f-welcome-insert">
            <span className="s-sub">{t('welcome.insert')}</span>
            {(['customer', 'member'] as const).map((name) => (
              <Button key={name} size="small" onClick={() => setText(text + welcome.variables[name])}>
                {t(`welcome.${name}`)}
              </Button>
            ))}
          </div>
          <p className="s-sub">{t('welcome.hint')}</p>
        </div>
        <Preview text={text} variables={welcome.variables} />
      </div>
      <div className="f-welcome-act">
        <Button type="primary" loading={set.isPending} disabled={enabled && !text.trim()} onClick={save}>
          {t('welcome.save')}
        </Button>
        {welcome.updated_at ? (
          <span className="s-sub">
            {t('welcome.changed', { who: actorName(welcome.updated_by), at: exactTime(welcome.updated_at) })}
          </span>
        ) : null}
      </div>
    </div>
  )
}

function Preview({ text, variables }: { text: string; variables: Welcome['variables'] }) {
  const { t } = useTranslation()
  const shown = text
    .replaceAll(variables.customer, t('welcome.exampleCustomer'))
    .replaceAll(variables.member, t('welcome.exampleMember'))
  return (
    <section aria-label={t('welcome.preview')}>
      <h2>{t('welcome.preview')}</h2>
      {shown.trim() ? <div className="f-welcome-bubble">{shown}</div> : <p className="s-sub">{t('welcome.previewEmpty')}</p>}
    </section>
  )
}
