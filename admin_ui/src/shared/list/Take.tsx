import { DownloadOutlined } from '@ant-design/icons'
import { Suspense } from 'react'
import { useTranslation } from 'react-i18next'

import { lazily } from '../ui/lazily'
import { LoadingState } from '../ui/States'
import type { TakeProps } from './bulk/TakeForm'
import { Pop } from './Pop'

const Form = lazily(() => import('./bulk/TakeForm'))

/** Has all that the list shows, on whichever page, written into a file. */
export function Take(props: TakeProps) {
  const { t } = useTranslation()
  return (
    <Pop right label={t('list.take')} content={<Suspense fallback={<LoadingState rows={2} />}><Form {...props} /></Suspense>}>
      <DownloadOutlined aria-hidden /> <span>{t('list.take')}</span>
    </Pop>
  )
}

