import { useTranslation } from 'react-i18next'

import { dateTime } from '@/shared/lib/time'
import { Dialog } from '@/shared/ui/Dialog'

import type { Draft } from '../draft'
import { useCount } from './CountBox'

interface SubmitDialogProps {
  draft: Draft
  sendAt: string | null
  onCancel: () => void
  onSubmit: () => void
}

/** Says how many customers it goes to before anything is sent. */
export function SubmitDialog({ draft, sendAt, onCancel, onSubmit }: SubmitDialogProps) {
  const { t } = useTranslation()
  const count = useCount({ audience: draft.audience, sendAt })
  const customers = count.data?.recipients ?? 0
  return (
    <Dialog
      title={t('broadcast.submitTitle', { count: customers })}
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
              count: count.data?.senders ?? 0,
            })}
      </p>
      {count.data?.needs_approval ? <p className="f-hint s-tone-warn">{t('broadcast.needsApproval')}</p> : null}
    </Dialog>
  )
}
