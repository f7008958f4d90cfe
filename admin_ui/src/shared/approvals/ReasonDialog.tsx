import { Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Dialog } from '../ui/Dialog'

interface Props {
  title: string
  /** What the button says that does it. */
  does: string
  label: string
  /** Whether there must be one. */
  needed: boolean
  busy: boolean
  onReason: (reason: string) => void
  onClose: () => void
}

/** Asks why, in at most 200 characters. */
export function ReasonDialog({ title, does, label, needed, busy, onReason, onClose }: Props) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  return (
    <Dialog
      unsaved={() => reason.trim() !== ''}
      title={title}
      okText={does}
      cancelText={t('action.cancel')}
      okButtonProps={{ disabled: needed && !reason.trim() }}
      confirmLoading={busy}
      onCancel={onClose}
      onOk={() => onReason(reason.trim())}
    >
      <Input.TextArea
        rows={3}
        maxLength={200}
        showCount
        aria-label={label}
        placeholder={label}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </Dialog>
  )
}
