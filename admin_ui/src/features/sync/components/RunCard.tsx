import { useMutation } from '@tanstack/react-query'
import { Alert, App, Button, Progress } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/me'
import { resource } from '@/api/resource'
import type { SyncRun, SyncStep } from '@/api/types'
import { actorName, wordFor } from '@/shared/i18n'
import { number } from '@/shared/lib/numbers'
import { exactTime } from '@/shared/lib/time'
import { Pill } from '@/shared/ui/Chips'
import { Card } from '@/shared/ui/Page'
import { useErrorWords } from '@/shared/ui/States'

import { isUnderWay, percentOf, SYNC_TONE } from '../states'

/** The newest sync step by step; it moves while the sync runs. */
export function RunCard({ run }: { run: SyncRun }) {
  const { t } = useTranslation()
  const can = useCan()
  return (
    <Card
      title={isUnderWay(run.state) ? t('sync.current') : t('sync.latest')}
      extra={<Pill tone={SYNC_TONE[run.state]}>{t(`syncState.${run.state}`)}</Pill>}
    >
      <p className="s-sub">
        {t('sync.run', { id: run.id })} · {actorName(run.started_by)} · {exactTime(run.started_at)}
      </p>
      {run.state === 'failed' ? (
        <Alert
          className="f-run-failed"
          type="error"
          showIcon
          title={run.reason ?? t('syncState.failed')}
          action={can('sync.start') ? <ResumeButton id={run.id} /> : null}
        />
      ) : null}
      <ol className="f-steps">
        {run.steps.map((step) => (
          <Step key={step.name} step={step} />
        ))}
      </ol>
    </Card>
  )
}

function Step({ step }: { step: SyncStep }) {
  const { t } = useTranslation()
  const name = wordFor('syncStep', step.name)
  return (
    <li>
      <span className="f-step-name">{name}</span>
      <Progress
        aria-label={t('sync.progress', { step: name })}
        percent={percentOf(step)}
        status={step.state === 'failed' ? 'exception' : step.state === 'done' ? 'success' : 'normal'}
        showInfo={false}
      />
      <Pill tone={SYNC_TONE[step.state]}>{t(`syncState.${step.state}`)}</Pill>
      <span className="s-sub f-step-counts">
        {t('sync.done')} {number(step.done)}
        {step.outstanding ? ` · ${t('sync.outstanding')} ${number(step.outstanding)}` : ''}
        {step.skipped ? ` · ${t('sync.skipped')} ${number(step.skipped)}` : ''}
        {step.reason ? ` · ${step.reason}` : ''}
      </span>
    </li>
  )
}

function ResumeButton({ id }: { id: number }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const resume = useMutation(resource('sync-runs').act('post', '{run_id}/resume'))
  return (
    <Button
      loading={resume.isPending}
      onClick={() =>
        resume.mutate({ run_id: id }, {
          onSuccess: () => void message.success(t('sync.resumed')),
          onError: (error) => void message.error(words(error)),
        })
      }
    >
      {t('sync.resume')}
    </Button>
  )
}
