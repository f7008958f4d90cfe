import { useMutation } from '@tanstack/react-query'
import { Alert, App, Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { LimitStep, Policy } from '@/api/types'
import { exactTime } from '@/shared/lib/time'
import { useErrorWords } from '@/shared/ui/States'

/** A higher approval limit that waits for a second person, with what this user may do about it. */
export function PendingLimit({ pending }: { pending: NonNullable<Policy['pending']> }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const step = useMutation(
    resource('broadcasts').acts((chosen: LimitStep) =>
      resource('broadcasts').send('post', `policy/changes/{change_id}/${chosen}`, { change_id: pending.id }),
    ),
  )
  const take = (chosen: LimitStep): void =>
    step.mutate(
      chosen,
      {
        onSuccess: () => void message.success(t(`broadcasts.done.${chosen}`)),
        onError: (error) => void message.error(words(error)),
      },
    )
  const { approval_before: before, approval_above: after } = pending
  return (
    <Alert
      type="warning"
      showIcon
      title={t('broadcasts.pending')}
      description={
        <>
          <p>{t('broadcasts.asked', { who: pending.asked_by, at: exactTime(pending.asked_at), before, after })}</p>
          <p className="s-sub">{pending.may_withdraw ? t('broadcasts.ownHint') : t('broadcasts.holds', { before })}</p>
          <div className="f-limit-actions">
            {pending.may_decide ? (
              <>
                <Button type="primary" size="small" loading={step.isPending} onClick={() => take('confirm')}>
                  {t('broadcasts.confirm', { after })}
                </Button>
                <Button size="small" disabled={step.isPending} onClick={() => take('reject')}>
                  {t('broadcasts.reject')}
                </Button>
              </>
            ) : null}
            {pending.may_withdraw ? (
              <Button size="small" loading={step.isPending} onClick={() => take('withdraw')}>
                {t('broadcasts.withdraw')}
              </Button>
            ) : null}
          </div>
        </>
      }
    />
  )
}
