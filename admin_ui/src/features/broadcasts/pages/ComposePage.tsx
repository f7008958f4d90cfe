import { App, Button, Modal } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'

import {
  useBroadcast, useBroadcastStep, useSaveBroadcast, type Attachment, type BroadcastContent,
} from '@/api/broadcasts'
import { number } from '@/shared/lib/numbers'
import { dateTime } from '@/shared/lib/time'
import { Card, Page } from '@/shared/ui/Page'
import { Async, EmptyState, useErrorWords } from '@/shared/ui/States'

import { AudienceFields } from '../components/AudienceFields'
import { ContentFields, WhenFields, type Draft } from '../components/ContentFields'
import { CountBox, useCount } from '../components/CountBox'
import { PhonePreview } from '../components/PhonePreview'
import { bytesOf, isChosen, TEXT_BYTES } from '../states'
import '../broadcasts.css'

const EMPTY: Draft = {
  title: '',
  text: '',
  part: null,
  audience: { all: [], any: [], none: [], everyone: false },
  sendAt: null,
}

/** Write a broadcast, new or a draft that is there. */
export default function ComposePage() {
  const { t } = useTranslation()
  const { id } = useParams()
  const number = id ? Number(id) : null
  const broadcast = useBroadcast(number)
  if (number === null) return <Composer id={null} initial={EMPTY} />
  return (
    <Async query={broadcast} rows={10}>
      {(data) =>
        data.state === 'draft' ? (
          <Composer
            id={data.id}
            initial={{
              title: data.title,
              text: data.text,
              part: (data.attachments[0] as Attachment | undefined) ?? null,
              audience: data.audience,
              sendAt: data.send_at ? dayjs(data.send_at) : null,
            }}
          />
        ) : (
          <EmptyState title={t('broadcast.notDraft')} />
        )
      }
    </Async>
  )
}

function contentOf(draft: Draft): BroadcastContent {
  return {
    title: draft.title.trim(),
    text: draft.text,
    attachments: draft.part ? [draft.part] : [],
    audience: draft.audience,
    send_at: draft.sendAt ? draft.sendAt.toISOString() : null,
  }
}

function Composer({ id, initial }: { id: number | null; initial: Draft }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const navigate = useNavigate()
  const [draft, setDraft] = useState(initial)
  const [saved, setSaved] = useState(id)
  const [asking, setAsking] = useState(false)
  const save = useSaveBroadcast()
  const step = useBroadcastStep()
  const change = (changes: Partial<Draft>): void => setDraft((before) => ({ ...before, ...changes }))
  const bytes = bytesOf(draft.text)
  const partReady = !draft.part || draft.part.kind === 'link' || draft.part.media_id > 0
  const ready =
    draft.title.trim() !== '' && (draft.text.trim() !== '' || draft.part !== null) && partReady && bytes <= TEXT_BYTES
  const sendAt = draft.sendAt?.toISOString() ?? null

  const keep = async (): Promise<number | null> => {
    try {
      const kept = await save.mutateAsync({ id: saved, content: contentOf(draft) })
      setSaved(kept.id)
      return kept.id
    } catch (error) {
      void message.error(words(error))
      return null
    }
  }
  const submit = async (): Promise<void> => {
    setAsking(false)
    const kept = await keep()
    if (kept === null) return
    try {
      await step.mutateAsync({ id: kept, step: 'submit' })
      void navigate(`/broadcasts/${kept}`)
    } catch (error) {
      void message.error(words(error))
    }
  }
  const busy = save.isPending || step.isPending

  return (
    <Page
      title={id === null ? t('broadcast.create') : t('broadcast.edit')}
      actions={
        <>
          <Button onClick={() => void navigate(-1)}>{t('action.back')}</Button>
          <Button
            disabled={!ready || !isChosen(draft.audience)}
            loading={busy}
            onClick={() =>
              void keep().then((kept) => {
                if (kept !== null) void message.success(t('broadcast.saved'))
              })
            }
          >
            {t('broadcast.save')}
          </Button>
          <Button
            type="primary"
            disabled={!ready || !isChosen(draft.audience)}
            loading={busy}
            onClick={() => setAsking(true)}
          >
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
          <ContentFields draft={draft} bytes={bytes} change={change} />
          <Card title={t('broadcast.audience')}>
            <AudienceFields value={draft.audience} onChange={(audience) => change({ audience })} />
          </Card>
          <WhenFields sendAt={draft.sendAt} onChange={(at) => change({ sendAt: at })} />
        </div>
        <div className="f-compose-side">
          <CountBox audience={draft.audience} sendAt={sendAt} />
          <Card title={t('broadcast.preview')}>
            <PhonePreview text={draft.text} attachments={draft.part ? [draft.part] : []} />
            <p className="s-sub">{t('broadcast.sameForAll')}</p>
          </Card>
        </div>
      </div>
      {asking ? (
        <SubmitDialog draft={draft} sendAt={sendAt} onCancel={() => setAsking(false)} onSubmit={() => void submit()} />
      ) : null}
    </Page>
  )
}

interface SubmitDialogProps {
  draft: Draft
  sendAt: string | null
  onCancel: () => void
  onSubmit: () => void
}

function SubmitDialog({ draft, sendAt, onCancel, onSubmit }: SubmitDialogProps) {
  const { t } = useTranslation()
  const count = useCount({ audience: draft.audience, sendAt })
  const customers = count.data?.recipients ?? 0
  return (
    <Modal
      open
      title={t('broadcast.submitTitle', { n: number(customers) })}
      okText={t('broadcast.submit')}
      cancelText={t('action.cancel')}
      okButtonProps={{ disabled: customers === 0 }}
      onCancel={onCancel}
      onOk={onSubmit}
    >
      <p>
        {customers === 0
          ? t('broadcast.nobody')
          : t('broadcast.submitHint', {
              time: sendAt ? dateTime(sendAt) : t('broadcast.now'),
              senders: number(count.data?.senders ?? 0),
            })}
      </p>
      {count.data?.needs_approval ? <p className="f-hint s-tone-warn">{t('broadcast.needsApproval')}</p> : null}
    </Modal>
  )
}
