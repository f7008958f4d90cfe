import { Modal, type ModalProps } from 'antd'
import { useEffect, useState } from 'react'

/** A dialog that is there while it is open: whoever opens it mounts it, and gets the focus back when it goes. */
export function Dialog(props: Omit<ModalProps, 'open'>) {
  // antd gives the focus back after it has closed by itself, which a dialog that is taken away never does.
  const [opener] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
    },
    [opener],
  )
  return <Modal open {...props} />
}
