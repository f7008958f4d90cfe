import '../words'

import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App, Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'

import { resource } from '@/api/resource'
import type { HandoverDetail } from '@/api/types'
import { exportAddress } from '@/api/addresses'
import { useCan } from '@/api/me'
import { listed, wordFor } from '@/shared/i18n'
import { number } from '@/shared/lib/numbers'
import { dateTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { Dialog } from '@/shared/ui/Dialog'
import { Card, Facts, Page } from '@/shared/ui/Page'
import { Async, useErrorWords } from '@/shared/ui/States'

import { AssignDialog } from '../components/AssignDialog'
import { ItemList, useItems } from '../components/ItemList'
import { Figures, ProgressBar } from '../components/Progress'
import { Sheet } from '../components/Sheet'
import { STATE_TONE } from '../tones'
import '../handovers.css'

/** One handover: how far it is, what waits for a successor, the sheet, and each customer and group. */
export default function HandoverPage() {
  const { t } = useTranslation()
  const { id = '0' } = useParams()
  const handover = useQuery(resource('handovers').one('{handover_id}', { handover_id: Number(id) }))
  useItems(Number(id)) // beside the case, not after
  const can = useCan()
  const navigate = useNavigate()
  const [assigning, setAssigning] = useState<number[] | null>(null)
  const [closing, setClosing] = useState(false)
  const data = handover.data
  const handle = data && can('handovers.handle')
  const open = handle && (data.state === 'open' || data.state === 'running')
  const left = data ? data.customers.unassigned + data.customers.failed + data.groups.unassigned + data.groups.failed : 0
  return (
    <Page
      title={data ? t(`handover.of.${data.kind}`, { name: data.staff_name }) : t('handover.title')}
      note={data ? <Pill tone={STATE_TONE[data.state]}>{t(`handoverState.${data.state}`)}</Pill> : null}
      actions={
        <>
          <Button onClick={() => void navigate('/handovers')}>{t('action.back')}</Button>
          {handle ? (
            <Button href={exportAddress(data.id)} download>
              {t('handover.export')}
            </Button>
          ) : null}
          {open && left ? <Button onClick={() => setClosing(true)}>{t('handover.close')}</Button> : null}
          {open && left ? (
            <Button type="primary" onClick={() => setAssigning([])}>
              {t('handover.assign')}
            </Button>
          ) : null}
        </>
      }
    >
      <Async query={handover} rows={10}>
        {(found) => (
          <div className="f-handover">
            <Notes handover={found} />
            <div className="f-handover-column">
              <Overview handover={found} />
              <Sheet handover={found} />
            </div>
            <div className="f-handover-column">
              <Told handover={found} />
              <Calls handover={found} />
            </div>
            <ItemList handover={found} onAssign={setAssigning} />
            {assigning ? (
              <AssignDialog handover={found} chosen={assigning} onDone={() => setAssigning(null)} />
            ) : null}
            {closing ? <CloseDialog handover={found} left={left} onDone={() => setClosing(false)} /> : null}
          </div>
        )}
      </Async>
    </Page>
  )
}

function Notes({ handover }: { handover: HandoverDetail }) {
  const { t } = useTranslation()
  if (handover.slices.some((part) => part.state === 'parked')) {
    return <Alert className="f-handover-wide" type="error" showIcon title={t('handover.parked')} />
  }
  if (handover.late) {
    return (
      <Alert
        className="f-handover-wide"
        type="warning"
        showIcon
        title={t('handover.lateNote', { time: dateTime(handover.due_at) })}
      />
    )
  }
  if (handover.state === 'closed') {
    const note = t('handover.closedNote', { name: handover.closed_by ?? '', note: handover.close_note ?? '' })
    return <Alert className="f-handover-wide" type="info" showIcon title={note} />
  }
  return null
}

function Overview({ handover }: { handover: HandoverDetail }) {
  const { t } = useTranslation()
  return (
    <Card title={t('handover.progress')}>
      <Figures counts={handover.customers} />
      <ProgressBar counts={handover.customers} label={t('itemKind.customer')} />
      <div className="f-handover-facts">
        <Facts
          items={[
            [
              t('handover.groups'),
              t('handover.doneOf', { done: number(handover.groups.done), total: number(handover.groups.total) }),
            ],
            [t('handover.department'), handover.department || '—'],
            [t(`handover.since.${handover.kind}`), <time key="at" className="s-when">{dateTime(handover.departed_at)}</time>],
            [t('handover.detected'), t(`handoverDetectedBy.${handover.detected_by as 'callback'}`)],
            [t('handover.assignedTo'), listed(handover.assigned_to) || t('handover.nobodyAssigned')],
            ...(handover.kind === 'departure'
              ? [[t('handover.due'), <time key="due" className="s-when">{dateTime(handover.due_at)}</time>] as const]
              : []),
            ...(handover.poll_at
              ? [[t('handover.nextPoll'), <time key="poll" className="s-when">{dateTime(handover.poll_at)}</time>] as const]
              : []),
            ...(handover.message ? [[t('handover.message'), handover.message] as const] : []),
          ]}
        />
      </div>
    </Card>
  )
}

function Told({ handover }: { handover: HandoverDetail }) {
  const { t } = useTranslation()
  return (
    <Card title={t('handover.told')}>
      {handover.notices.length ? (
        <ul className="f-handover-told">
          {handover.notices.map((notice) => (
            <li key={`${notice.kind}/${notice.userid}`}>
              <div>
                {notice.staff_name}
                <div className="s-sub">
                  {t(`noticeKind.${notice.kind}`)} · {dateTime(notice.created_at)}
                </div>
              </div>
              <Pill tone={notice.state === 'sent' ? 'good' : notice.state === 'waiting' ? 'info' : 'bad'}>
                {t(`noticeState.${notice.state}`)}
              </Pill>
            </li>
          ))}
        </ul>
      ) : (
        <p className="s-sub">{handover.kind === 'on_job' ? t('handover.toldNobodyOnJob') : t('handover.toldNobody')}</p>
      )}
    </Card>
  )
}

function Calls({ handover }: { handover: HandoverDetail }) {
  const { t } = useTranslation()
  return (
    <Card title={t('handover.slices')}>
      {handover.slices_total ? (
        <>
          <p className="s-sub f-handover-calls">
            {t('handover.slicesDone', { done: handover.slices_done, total: handover.slices_total })}
          </p>
          <ul className="f-handover-told">
            {handover.slices.slice(0, 6).map((part) => (
              <li key={part.id}>
                <div>
                  {part.successor_name} · {t(`itemKind.${part.kind}`)} {number(part.size)}
                  <div className="s-sub">
                    {part.not_before && part.state === 'planned'
                      ? t('handover.notBefore', { time: dateTime(part.not_before) })
                      : dateTime(part.requested_at)}
                  </div>
                </div>
                <span className="s-sub">{wordFor('sliceState', part.state)}</span>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p className="s-sub">{t('handover.noSlices')}</p>
      )}
    </Card>
  )
}

function CloseDialog({ handover, left, onDone }: { handover: HandoverDetail; left: number; onDone: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const close = useMutation(resource('handovers').act('post', '{handover_id}/close'))
  const [note, setNote] = useState('')
  return (
    <Dialog
      unsaved={() => note.trim() !== ''}
      title={t('handover.close')}
      okText={t('handover.close')}
      cancelText={t('action.cancel')}
      okButtonProps={{ disabled: !note.trim(), danger: true }}
      confirmLoading={close.isPending}
      onCancel={onDone}
      onOk={() =>
        close.mutate(
          { handover_id: handover.id, note: note.trim() },
          {
            onSuccess: () => {
              void message.success(t('handover.closed'))
              onDone()
            },
            onError: (error) => void message.error(words(error)),
          },
        )
      }
    >
      <div className="f-handover-form">
        <p>{t('handover.closeHint', { count: left })}</p>
        <Input.TextArea
          aria-label={t('handover.closeNote')}
          placeholder={t('handover.closeNote')}
          rows={3}
          maxLength={500}
          showCount
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </div>
    </Dialog>
  )
}
