import { App, InputNumber, Segmented } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { usePolicy, useSetPolicy, type Policy } from '@/api/broadcasts'
import { Dialog } from '@/shared/ui/Dialog'
import { Async, useErrorWords } from '@/shared/ui/States'

const QUOTAS = ['month', 'week', 'day'] as const

/** The corp's rules: the quota as WeCom has it, and from how many customers on a second person approves. */
export default function PolicyDialog({ onClose }: { onClose: () => void }) {
  const policy = usePolicy()
  return <Async query={policy}>{(data) => <Fields initial={data as Policy} onClose={onClose} />}</Async>
}

function Fields({ initial, onClose }: { initial: Policy; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const set = useSetPolicy()
  const id = useId()
  const [policy, setPolicy] = useState(initial)
  return (
    <Dialog
      title={t('broadcast.policy')}
      okText={t('broadcast.policySave')}
      cancelText={t('action.cancel')}
      confirmLoading={set.isPending}
      onCancel={onClose}
      onOk={() => set.mutate(policy, { onSuccess: onClose, onError: (error) => void message.error(words(error)) })}
    >
      <div className="f-field">
        <span className="f-field-name">{t('broadcast.policyQuota')}</span>
        <Segmented<Policy['quota']>
          aria-label={t('broadcast.policyQuota')}
          value={policy.quota}
          onChange={(quota) => setPolicy({ ...policy, quota })}
          options={QUOTAS.map((quota) => ({ value: quota, label: t(`broadcast.policyQuotas.${quota}`) }))}
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
          onChange={(approval_above) => setPolicy({ ...policy, approval_above: approval_above ?? 0 })}
        />
        <span className="s-sub">{t('broadcast.policyApprovalHint')}</span>
      </div>
    </Dialog>
  )
}
