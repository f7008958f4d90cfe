import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Button, Drawer } from 'antd'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '@/api/client'
import { useCan } from '@/api/me'
import { resource } from '@/api/resource'
import { wordFor } from '@/shared/i18n'
import { exactTime } from '@/shared/lib/time'
import { prettyXml } from '@/shared/lib/xml'
import { Pill } from '@/shared/ui/Chips'
import { Id } from '@/shared/ui/Id'
import { Facts } from '@/shared/ui/Page'
import { Async, useErrorWords } from '@/shared/ui/States'

import '../callbacks.css'
import { titleOf } from '../events'
import { INBOX_TONE } from '../states'

type Callback = Schemas['CallbackDetail']

/** One callback with its message in the clear, and a way to handle it again. */
export function CallbackDrawer({ id, onClose }: { id: number | null; onClose: () => void }) {
  const { t } = useTranslation()
  const can = useCan()
  const callback = useQuery({
    ...resource('callbacks', 'callback').one('{callback_id}', { callback_id: id ?? 0 }),
    enabled: id !== null,
  })
  const footer = callback.data && can('callbacks.replay') ? <Replay id={callback.data.id} /> : null
  return (
    <Drawer
      open={id !== null}
      onClose={onClose}
      size={620}
      title={t('callbacks.detail', { id })}
      footer={footer}
      styles={{ wrapper: { maxWidth: '100vw' } }}
    >
      <Async query={callback} rows={10}>
        {(data) => <Detail callback={data} />}
      </Async>
    </Drawer>
  )
}

function Detail({ callback }: { callback: Callback }) {
  const { t } = useTranslation()
  const known = callback.known === null ? '—' : wordFor('state', callback.known ? 'yes' : 'no')
  return (
    <div className="f-callback">
      <div className="f-callback-head">
        <h2>{titleOf(callback)}</h2>
        <Pill tone={INBOX_TONE[callback.state]}>{t(`inboxState.${callback.state}`)}</Pill>
      </div>
      <Facts
        items={[
          ...(callback.reason ? [[t('callbacks.reason'), callback.reason] as const] : []),
          [t('callbacks.app'), callback.app],
          [t('callbacks.known'), known],
          [t('callbacks.received'), exactTime(callback.received_at)],
          [t('callbacks.eventAt'), exactTime(callback.event_at)],
          [t('callbacks.handled'), exactTime(callback.handled_at)],
          [t('callbacks.attempts'), String(callback.attempts)],
          ...(['userid', 'external_userid', 'chat_id'] as const)
            .filter((name) => callback[name])
            .map((name) => [name, <Id key={name} value={callback[name] ?? ''} />] as const),
        ]}
      />
      <div>
        <h2>{t('callbacks.body')}</h2>
        {callback.body === null ? (
          <p className="s-sub">{t('callbacks.purged')}</p>
        ) : (
          <>
            {/* A long message scrolls by itself, so the keyboard has to reach it. */}
            {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
            <pre className="f-xml" tabIndex={0} role="region" aria-label={t('callbacks.body')}>
              {prettyXml(callback.body)}
            </pre>
            <p className="s-sub">{t('callbacks.audited')}</p>
          </>
        )}
      </div>
    </div>
  )
}

function Replay({ id }: { id: number }) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const words = useErrorWords()
  const replay = useMutation(resource('callbacks').act('post', '{callback_id}/replay', { also: ['callback'] }))
  const run = (): Promise<void> =>
    replay.mutateAsync({ callback_id: id }).then(
      () => void message.success(t('callbacks.replayed')),
      (error: unknown) => void message.error(words(error)),
    )
  return (
    <div className="f-callback-actions">
      <Button
        loading={replay.isPending}
        onClick={() =>
          void modal.confirm({
            title: t('callbacks.replayTitle'),
            content: t('callbacks.replayHint'),
            okText: t('callbacks.replay'),
            cancelText: t('action.cancel'),
            onOk: run,
          })
        }
      >
        {t('callbacks.replay')}
      </Button>
    </div>
  )
}
