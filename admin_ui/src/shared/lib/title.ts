import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'

/** The title of the browser tab, for as long as the page is shown. */
export function useTitle(title: string): void {
  const { t } = useTranslation()
  useEffect(() => {
    document.title = title ? `${title} · ${t('app.name')}` : t('app.name')
  }, [title, t])
}
