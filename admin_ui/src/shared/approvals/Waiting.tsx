import { useMutation } from '@tanstack/react-query'
import { Alert, App, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { ApprovalKind, WaitingApproval } from '@/api/types'

import { exactTime } from '../lib/time'
import { useErrorWords } from '../ui/States'
import { viewOf, type Decision, type SubjectOf } from './kinds/view'
import { ReasonDialog } from './ReasonDialog'

interface Props<K extends ApprovalKind> {
  kind: K
  approval: WaitingApproval
  subject: SubjectOf<K>
}

/** Something that waits for a second person: who asked for what, and what this user may do about it. */
export function Waiting<K extends ApprovalKind>({ kind, approval, subject }: Props<K>) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const [asking, setAsking] = useState<'reject' | 'withdraw'>()
  const view = viewOf(kind)
  const named: ApprovalKind = kind
  const slots = { ...view.slots(subject), who: approval.asked_by, at: exactTime(approval.asked_at) }
  const decide = useMutation(
    resource(view.topic).acts(({ decision, reason }: { decision: Decision; reason: string }) =>
      view.decide(subject, decision, reason),
    ),
  )
  const take = (decision: Decision, reason: string): void =>
    decide.mutate(
      { decision, reason },
      {
        onSuccess: () => {
          setAsking(undefined)
          void message.success(t(`approval.${named}.done.${decision}`))
        },
        onError: (error) => void message.error(words(error)),
      },
    )
  const begin = (decision: 'reject' | 'withdraw'): void => (view.reason[decision] ? setAsking(decision) : take(decision, ''))
  const hint = approval.may_withdraw ? 'own' : approval.may_decide ? 'decides' : 'waits'
  return (
    <section aria-label={t(`approvalKind.${named}`)}>
      <Alert
        type="warning"
        showIcon
        title={t(`approval.${named}.title`)}
        description={
          <>
            <p>{t(`approval.${named}.asked`, slots)}</p>
            <p className="s-sub">{t(`approval.${named}.${hint}`, slots)}</p>
            <div className="s-waiting-actions">
              {approval.may_decide ? (
                <>
                  <Button type="primary" size="small" loading={decide.isPending} onClick={() => take('confirm', '')}>
                    {t(`approval.${named}.confirm`, slots)}
                  </Button>
                  <Button size="small" disabled={decide.isPending} onClick={() => begin('reject')}>
                    {t(`approval.${named}.reject`)}
                  </Button>
                </>
              ) : null}
              {approval.may_withdraw ? (
                <Button size="small" loading={decide.isPending} onClick={() => begin('withdraw')}>
                  {t(`approval.${named}.withdraw`)}
                </Button>
              ) : null}
            </div>
          </>
        }
      />
      {asking ? (
        <ReasonDialog
          title={t(`approval.${named}.${asking}Title`)}
          does={t(`approval.${named}.${asking}`)}
          label={t('approvalReason')}
          needed={view.reason[asking] === 'must'}
          busy={decide.isPending}
          onReason={(reason) => take(asking, reason)}
          onClose={() => setAsking(undefined)}
        />
      ) : null}
    </section>
  )
}
