import { Button, Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { ApiError } from '@/api/client'

import { useLanguage } from '../i18n'
import { Glyph, type GlyphName } from './Glyph'

interface NoticeProps {
  glyph: GlyphName
  title: string
  hint?: ReactNode
  action?: ReactNode
}

export function Notice({ glyph, title, hint, action }: NoticeProps) {
  return (
    <div className="s-notice">
      <Glyph name={glyph} />
      <p className="s-notice-title">{title}</p>
      {hint ? <p className="s-notice-hint">{hint}</p> : null}
      {action}
    </div>
  )
}

/** Nothing there, and what to do next. */
export function EmptyState(props: Omit<NoticeProps, 'glyph'>) {
  return <Notice glyph="empty" {...props} />
}

/** Nothing under these filters, and the way out of them. */
export function NothingFound({ onClear, title }: { onClear: () => void; title?: string }) {
  const { t } = useTranslation()
  return (
    <EmptyState
      title={title ?? t('state.nothingFound')}
      hint={t('state.nothingFoundHint')}
      action={<Button onClick={onClear}>{t('action.clear')}</Button>}
    />
  )
}

/** The words of an error in the user's language. */
export function useErrorWords(): (error: unknown) => string {
  const { t } = useTranslation()
  const language = useLanguage()
  return (error) => {
    if (!(error instanceof ApiError)) return t('state.unforeseen')
    return language === 'en-US' ? error.en : error.zh
  }
}

/** What failed, its stable code, and a way to try again; a missing right is told as such. */
export function ErrorState({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation()
  const words = useErrorWords()
  if (error instanceof ApiError && error.status === 403) return <DeniedState />
  const code = error instanceof ApiError ? error.code : 'unforeseen'
  return (
    <div role="alert">
      <Notice
        glyph="broken"
        title={words(error)}
        hint={
          <>
            {t('state.errorCode')} <code>{code}</code>
          </>
        }
        action={retry ? <Button onClick={retry}>{t('action.retry')}</Button> : null}
      />
    </div>
  )
}

export function DeniedState() {
  const { t } = useTranslation()
  return <Notice glyph="locked" title={t('state.denied')} hint={t('state.deniedHint')} />
}

export function LoadingState({ rows = 6 }: { rows?: number }) {
  const { t } = useTranslation()
  return (
    <div className="s-loading" role="status" aria-label={t('state.loading')}>
      <Skeleton active title={false} paragraph={{ rows, width: '100%' }} />
    </div>
  )
}

interface AsyncProps<T> {
  query: { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown }
  children: (data: T) => ReactNode
  rows?: number
}

/** Loading, failed or there: one of the three, for every piece of a page that is fetched. */
export function Async<T>({ query, children, rows }: AsyncProps<T>) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  return <LoadingState {...(rows ? { rows } : {})} />
}
