import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App, InputNumber, Segmented } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import type { Policy } from '@/api/types'
import { Waiting } from '@/shared/approvals/Waiting'
import { exactTime } from '@/shared/lib/time'
import { Dialog } from '@/shared/ui/Dialog'
import { Async, useErrorWords } from '@/shared/ui/States'


const QUOTAS = ['month', 'week', 'day'] as const

/** The corp's rules: the quota as WeCom has it, and from how many customers on a second person approves. */
export default function PolicyDialog({ onClose }: { onClose: () => void }) {
  const policy = useQuery(resource('broadcasts').one('policy', {}))
  return <Async query={policy}>{(data) => <Fields initial={data} onClose={onClose} />}</Async>
}

function Fields({ initial, onClose }: { initial: Policy; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const set = useMutation(resource('broadcasts').act('put', 'policy'))
  const id = useId()
  // Only what was changed here is sent: somebody else may set or confirm something meanwhile.
  const [edited, setEdited] = useState<Partial<Pick<Policy, 'quota' | 'approval_above'>>>({})
  const policy = { ...initial, ...edited }
  const changes = {
    quota: policy.quota === initial.quota ? null : policy.quota,
    approval_above: policy.approval_above === initial.approval_above ? null : policy.approval_above,
  }
  const raising = policy.approval_above > initial.approval_above
  return (
    <Dialog
      unsaved={() => changes.quota !== null || changes.approval_above !== null}
      title={t('broadcast.policy')}
      okText={t('broadcast.policySave')}
      cancelText={t('action.cancel')}
      confirmLoading={set.isPending}
      onCancel={onClose}
      onOk={() =>
        set.mutate(changes, {
          onSuccess: (now) => {
            // Who asked for a higher limit stays to see that it waits.
            if (!now.pending || now.pending.id === initial.pending?.id) onClose()
            else setEdited({})
          },
          onError: (error) => void message.error(words(error)),
        })
      }
    >
      <div className="f-field">
        <span className="f-field-name">{t('broadcast.policyQuota')}</span>
        <Segmented<Policy['quota']>
          aria-label={t('broadcast.policyQuota')}
          value={policy.quota}
          onChange={(quota) => setEdited({ ...edited, quota })}
          options={QUOTAS.map((quota) => ({ value: quota, label: t(`quotaPolicy.${quota}`) }))}
        />
        <span className="s-sub">{t('broadcast.policyQuotaHint')}</span>
      </div>
      <div className="f-field">
        <label className="f-field-name" htmlFor={id}>
          {t('broadcast.policyApproval')}
        </label>
        <InputNumber
          id={id}
          min={0}
          max={100_000_000}
          precision={0}
          value={policy.approval_above}
          onChange={(above) => setEdited({ ...edited, approval_above: above ?? 0 })}
        />
        <span className="s-sub">{t('broadcast.policyApprovalHint')}</span>
        {raising && !initial.confirmers ? (
          <Alert type="warning" showIcon title={t('broadcasts.alone')} description={t('broadcasts.aloneHint')} />
        ) : raising ? (
          <Alert type="info" showIcon title={t('broadcasts.raising', { count: initial.confirmers })} />
        ) : null}
        {initial.pending ? <Waiting kind="higher_limit" approval={initial.pending} subject={initial.pending} /> : null}
        {initial.rejected ? <Rejected limit={initial.rejected} /> : null}
      </div>
    </Dialog>
  )
}

function Rejected({ limit }: { limit: NonNullable<Policy['rejected']> }) {
  const { t } = useTranslation()
  const slots = { who: limit.decided_by ?? t('broadcasts.operator'), at: exactTime(limit.decided_at), after: limit.approval_above }
  return <Alert type="info" showIcon title={t('broadcasts.rejected', slots)} description={limit.reason} />
}
