import { App } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

/**
 * How a dialog or drawer with a form is left: at once when nothing was entered, else after a question. The browser asks
 * likewise where the tab is closed or loaded anew. `unsaved` is asked when it matters, so that a form need not tell of
 * each key.
 */
export function useGuardedClose(unsaved: () => boolean, close: () => void): () => void {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const latest = useRef(unsaved)
  useEffect(() => {
    latest.current = unsaved
  })
  useEffect(() => {
    const hold = (event: BeforeUnloadEvent): void => {
      if (latest.current()) event.preventDefault()
    }
    globalThis.addEventListener('beforeunload', hold)
    return () => globalThis.removeEventListener('beforeunload', hold)
  }, [])
  return () => {
    if (!unsaved()) return close()
    void modal.confirm({
      title: t('unsaved.title'),
      content: t('unsaved.hint'),
      okText: t('unsaved.leave'),
      cancelText: t('unsaved.stay'),
      autoFocusButton: 'cancel',
      onOk: close,
    })
  }
}
