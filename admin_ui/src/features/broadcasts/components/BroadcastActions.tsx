import { useMutation } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'

import { resource } from '@/api/resource'
import type { BroadcastDetail, Step } from '@/api/types'
import { useCan } from '@/api/me'
import { ReasonDialog } from '@/shared/approvals/ReasonDialog'
import { useErrorWords } from '@/shared/ui/States'

const PAUSABLE = new Set(['scheduled', 'sending'])
const CANCELLABLE = new Set(['waiting_approval', 'scheduled', 'sending', 'paused', 'collecting'])
const WATCHED = new Set(['sending', 'paused', 'collecting'])

/** What can be done with a broadcast in its present state. */
export function BroadcastActions({ broadcast }: { broadcast: BroadcastDetail }) {
  const { t } = useTranslation()
  const can = useCan()
  const navigate = useNavigate()
  const { message, modal } = App.useApp()
  const words = useErrorWords()
  const [returning, setReturning] = useState(false)
  const { id, state } = broadcast
  const step = useMutation(
    resource('broadcasts').acts((wanted: Step) =>
      resource('broadcasts').send('post', `{broadcast_id}/${wanted}`, { broadcast_id: id }),
    ),
  )
  const remove = useMutation(resource('broadcasts').act('delete', '{broadcast_id}'))
  const giveBack = useMutation(resource('broadcasts').act('post', '{broadcast_id}/reject'))
  const told = (error: unknown): void => void message.error(words(error))
  const take = (wanted: Step, done: string): void =>
    step.mutate(
      wanted,
      { onSuccess: () => void message.success(done), onError: told },
    )
  const cancel = (): void =>
    void modal.confirm({
      title: t('broadcast.cancelTitle', { count: broadcast.report.audience }),
      content: t('broadcast.cancelHint'),
      okText: t('broadcast.cancel'),
      cancelText: t('broadcast.keep'),
      okButtonProps: { danger: true },
      onOk: () => take('cancel', t('broadcast.cancelled')),
    })
  const discard = (): void =>
    void modal.confirm({
      title: t('broadcast.removeTitle'),
      okText: t('broadcast.remove'),
      cancelText: t('action.cancel'),
      okButtonProps: { danger: true },
      onOk: () => remove.mutate({ broadcast_id: id }, { onSuccess: () => void navigate('/broadcasts') }),
    })
  const send = can('broadcasts.send')
  return (
    <>
      <Button onClick={() => void navigate('/broadcasts')}>{t('action.back')}</Button>
      {WATCHED.has(state) ? (
        <Button loading={step.isPending} onClick={() => take('refresh', t('broadcast.refreshed'))}>
          {t('broadcast.refresh')}
        </Button>
      ) : null}
      {send && state === 'draft' ? (
        <>
          <Button danger onClick={discard}>
            {t('broadcast.remove')}
          </Button>
          <Button type="primary" onClick={() => void navigate(`/broadcasts/${id}/edit`)}>
            {t('broadcast.edit')}
          </Button>
        </>
      ) : null}
      {send && state === 'scheduled' ? (
        <Button onClick={() => setReturning(true)}>{t('broadcast.reject')}</Button>
      ) : null}
      {send && PAUSABLE.has(state) ? (
        <Button onClick={() => take('pause', t('broadcast.paused'))}>{t('broadcast.pause')}</Button>
      ) : null}
      {send && CANCELLABLE.has(state) ? (
        <Button danger onClick={cancel}>
          {t('broadcast.cancel')}
        </Button>
      ) : null}
      {send && state === 'paused' ? (
        <Button type="primary" onClick={() => take('resume', t('broadcast.resumed'))}>
          {t('broadcast.resume')}
        </Button>
      ) : null}
      {returning ? (
        <ReasonDialog
          title={t('broadcast.rejectTitle')}
          does={t('broadcast.reject')}
          label={t('approvalReason')}
          needed
          busy={giveBack.isPending}
          onReason={(note) => giveBack.mutate({ broadcast_id: id, note }, { onSuccess: () => setReturning(false), onError: told })}
          onClose={() => setReturning(false)}
        />
      ) : null}
    </>
  )
}
