import { Modal, type ModalProps } from 'antd'
import { useEffect, useState } from 'react'

import { useGuardedClose } from '../lib/guard'

interface DialogProps extends Omit<ModalProps, 'open' | 'onCancel'> {
  onCancel: () => void
  /** Whether something was entered that closing would lose; every dialog with a form says it. */
  unsaved?: () => boolean
}

const nothing = (): boolean => false

/** A dialog that is there while it is open: whoever opens it mounts it, and gets the focus back when it goes. */
export function Dialog({ unsaved = nothing, onCancel, ...props }: DialogProps) {
  const cancel = useGuardedClose(unsaved, onCancel)
  // antd gives the focus back after it has closed by itself, which a dialog that is taken away never does.
  const [opener] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
    },
    [opener],
  )
  return <Modal open {...props} onCancel={cancel} />
}
