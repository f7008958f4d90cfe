import { useMutation, useQuery } from '@tanstack/react-query'
import { SafetyCertificateOutlined } from '@ant-design/icons'
import { App, Button, Popover } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { ArchiveStatus } from '@/api/types'
import { useCan } from '@/api/me'
import { wordFor } from '@/shared/i18n'
import { number } from '@/shared/lib/numbers'
import { ago, exactTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { Facts } from '@/shared/ui/Page'
import { useErrorWords } from '@/shared/ui/States'

/** That the reading is recorded, how fresh the archive is, and what of it could not be opened. */
export function StatusBar() {
  const { t } = useTranslation()
  const status = useQuery({ ...resource('messages').one('archive', {}), refetchInterval: 10_000 })
  return (
    <div className="f-chat-status" role="status">
      <span>
        <SafetyCertificateOutlined aria-hidden /> {t('chat.recorded')}
      </span>
      {status.data ? <Pull status={status.data} /> : null}
    </div>
  )
}

const parkedOf = (status: ArchiveStatus): number => status.parked.reduce((sum, row) => sum + row.count, 0)

function Pull({ status }: { status: ArchiveStatus }) {
  const { t } = useTranslation()
  if (!status.configured) return <Pill tone="warn">{t('archive.notConfigured')}</Pill>
  const parked = parkedOf(status)
  const worrying = Boolean(status.reason) || parked > 0 || status.incident_count > 0
  return (
    <span className="f-chat-status-right">
      <span>{t('archive.pulled', { n: number(status.stored), when: ago(status.asked_at) })}</span>
      {parked ? <Pill tone="warn">{t('archive.parked', { count: parked })}</Pill> : null}
      {status.reason ? <Pill tone="bad">{t('archive.failing')}</Pill> : null}
      <Popover trigger="click" placement="bottomRight" title={t('archive.pull')} content={<Details status={status} />}>
        <Button size="small" type={worrying ? 'default' : 'text'}>
          {t('action.details')}
        </Button>
      </Popover>
    </span>
  )
}

function Details({ status }: { status: ArchiveStatus }) {
  const { t } = useTranslation()
  const can = useCan()
  const { message } = App.useApp()
  const words = useErrorWords()
  const retry = useMutation(resource('messages').act('post', 'archive/retry'))
  return (
    // It scrolls, by the keyboard too: where much is wrong it is longer than the screen.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="f-chat-details" role="region" aria-label={t('archive.pull')} tabIndex={0}>
      <Facts
        items={[
          [t('archive.askedAt'), exactTime(status.asked_at)],
          [t('archive.newestAt'), exactTime(status.newest_at)],
          [t('archive.stored'), number(status.stored)],
          [t('archive.repeated'), number(status.repeated)],
          [t('archive.mediaOpen'), number(status.media_waiting)],
          [t('archive.mediaGone'), number(status.media_lost)],
        ]}
      />
      {status.reason ? (
        <p>
          {t('archive.reason')} <code>{status.reason}</code>
        </p>
      ) : null}
      {status.parked.length ? (
        <>
          <h3>{t('archive.parkedTitle')}</h3>
          <ul>
            {status.parked.map((row) => (
              <li key={`${row.reason}${row.publickey_ver}`}>
                <span>
                  {wordFor('archive.parkedReason', row.reason)}
                  {row.publickey_ver ? ` · ${t('archive.keyVersion', { n: row.publickey_ver })}` : null}
                </span>
                <b>{number(row.count)}</b>
              </li>
            ))}
          </ul>
          {can('tasks.replay') ? (
            <Button
              size="small"
              loading={retry.isPending}
              onClick={() =>
                retry.mutate(undefined, {
                  onSuccess: ({ waiting }) => void message.success(t('archive.retried', { count: waiting })),
                  onError: (error) => void message.error(words(error)),
                })
              }
            >
              {t('archive.retry')}
            </Button>
          ) : null}
        </>
      ) : null}
      {status.unknown_types.length ? (
        <>
          <h3>{t('archive.unknownTypes')}</h3>
          <ul>
            {status.unknown_types.map((row) => (
              <li key={row.msgtype}>
                <code>{row.msgtype || '–'}</code>
                <b>{number(row.count)}</b>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {status.incidents.length ? (
        <>
          <h3>{t('archive.incidents', { count: status.incident_count })}</h3>
          <ul>
            {status.incidents.map((row) => (
              <li key={`${row.kind}${row.found_at}${row.next_seq}${row.msgid}`}>
                <span>{wordFor('archive.incident', row.kind)}</span>
                <span className="s-sub">{exactTime(row.found_at)}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  )
}
