import { useMutation } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'

import { resource } from '@/api/resource'
import type { BroadcastContent } from '@/api/types'
import { listed } from '@/shared/i18n'
import { useBack } from '@/shared/lib/back'
import { useReaddress } from '@/shared/lib/standing'
import { useUnsaved } from '@/shared/lib/unsaved'
import { Card, Page } from '@/shared/ui/Page'
import { useErrorWords } from '@/shared/ui/States'

import { contentOf, missing, type Draft } from '../draft'
import { AudienceFields } from './AudienceFields'
import { ContentFields } from './ContentFields'
import { CountBox } from './CountBox'
import { PhonePreview } from './PhonePreview'
import { SubmitDialog } from './SubmitDialog'
import { WhenFields } from './WhenFields'

interface ComposerProps {
  /** Of a draft that is there; none for a new one. */
  id: number | null
  initial: Draft
  /** A new one has got its id. */
  onKept?: (id: number) => void
}

/** The form of a broadcast with its preview and its count beside it. */
export function Composer({ id, initial, onKept }: ComposerProps) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const words = useErrorWords()
  const navigate = useNavigate()
  const readdress = useReaddress()
  const back = useBack('/broadcasts')
  const [draft, setDraft] = useState(initial)
  const [kept, setKept] = useState({ id, draft: initial })
  const [asking, setAsking] = useState(false)
  const save = useMutation(
    resource('broadcasts').acts((content: BroadcastContent) =>
      kept.id === null
        ? resource('broadcasts').send('post', '', content)
        : resource('broadcasts').send('put', '{broadcast_id}', { broadcast_id: kept.id, ...content }),
    ),
  )
  const step = useMutation(resource('broadcasts').act('post', '{broadcast_id}/submit'))
  const change = (changes: Partial<Draft>): void => setDraft((before) => ({ ...before, ...changes }))
  const wanting = missing(draft).map((name) => t(`broadcast.missing.${name}`))
  const sendAt = draft.sendAt?.toISOString() ?? null
  const busy = save.isPending || step.isPending
  const unsaved = draft !== kept.draft
  useUnsaved(unsaved, (leave, stay) => {
    const question = modal.confirm({
      title: t('unsaved.title'),
      content: t('unsaved.hint'),
      okText: t('unsaved.leave'),
      cancelText: t('unsaved.stay'),
      onOk: leave,
      onCancel: stay,
    })
    return () => question.destroy()
  })

  const keep = async (): Promise<number> => {
    const made = await save.mutateAsync(contentOf(draft))
    setKept({ id: made.id, draft })
    if (kept.id === null) onKept?.(made.id)
    return made.id
  }
  const saveDraft = async (): Promise<void> => {
    const number = await keep()
    void message.success(t('broadcast.saved'))
    // The address of the draft itself, so that loading the page anew goes on with it.
    if (kept.id === null) readdress(`/broadcasts/${number}/edit`)
  }
  const submit = async (): Promise<void> => {
    setAsking(false)
    const number = await keep()
    await step.mutateAsync({ broadcast_id: number })
    void navigate(`/broadcasts/${number}`, { replace: true })
  }
  const said = (work: Promise<void>): void => void work.catch((error: unknown) => message.error(words(error)))

  return (
    <Page
      title={id === null ? t('broadcast.create') : t('broadcast.edit')}
      note={wanting.length ? t('broadcast.stillMissing', { what: listed(wanting) }) : null}
      actions={
        <>
          <Button onClick={back}>{t('action.back')}</Button>
          <Button disabled={wanting.length > 0} loading={busy} onClick={() => said(saveDraft())}>
            {t('broadcast.save')}
          </Button>
          <Button type="primary" disabled={wanting.length > 0} loading={busy} onClick={() => setAsking(true)}>
            {t('broadcast.submit')}
          </Button>
        </>
      }
    >
      <p className="f-hint s-tone-info" role="note">
        {t('broadcast.staffMustConfirm')}
      </p>
      <div className="f-compose">
        <div className="f-compose-form">
          <ContentFields
            draft={draft}
            change={change}
            changeParts={(changed) => setDraft((before) => ({ ...before, parts: changed(before.parts) }))}
          />
          <Card title={t('broadcast.audience')}>
            <AudienceFields value={draft.audience} onChange={(audience) => change({ audience })} />
          </Card>
          <WhenFields sendAt={draft.sendAt} onChange={(at) => change({ sendAt: at })} />
        </div>
        <div className="f-compose-side">
          <CountBox audience={draft.audience} sendAt={sendAt} />
          <Card title={t('broadcast.preview')}>
            <PhonePreview text={draft.text} attachments={draft.parts.map(({ part }) => part)} />
            <p className="s-sub">{t('broadcast.sameForAll')}</p>
          </Card>
        </div>
      </div>
      {asking ? (
        <SubmitDialog draft={draft} sendAt={sendAt} onCancel={() => setAsking(false)} onSubmit={() => said(submit())} />
      ) : null}
    </Page>
  )
}
