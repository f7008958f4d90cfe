import './words'

import { useTranslation } from 'react-i18next'

import { Page } from '@/shared/ui/Page'
import { DeniedState } from '@/shared/ui/States'

import type { ConsolePage } from './pages'

/** In the place of a page that the user may not see. */
export function Denied({ page }: { page: ConsolePage }) {
  const { t } = useTranslation()
  return (
    <Page title={t(`menu.${page.key}`)}>
      <DeniedState />
    </Page>
  )
}
