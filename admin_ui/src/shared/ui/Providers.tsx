import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { App, ConfigProvider } from 'antd'
import type { Locale } from 'antd/es/locale'
import zhCN from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { useEffect, useMemo, useState, type ReactNode } from 'react'

import { ApiError } from '@/api/client'
import { meKey } from '@/api/me'

import { useLanguage } from '../i18n'
import { cspNonce, themeOf, useMode, useMotion } from '../theme'

const RETRIES = 2

function makeQueryClient(): QueryClient {
  const lookAgain = (error: unknown): void => {
    if (error instanceof ApiError && error.status === 401) void client.invalidateQueries({ queryKey: meKey })
  }
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (query.queryKey[0] !== meKey[0]) lookAgain(error)
      },
    }),
    mutationCache: new MutationCache({ onError: lookAgain }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) =>
          failures < RETRIES && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      },
    },
  })
  return client
}

function useAntdLocale(): Locale {
  const language = useLanguage()
  const [english, setEnglish] = useState<Locale>()
  useEffect(() => {
    dayjs.locale(language === 'en-US' ? 'en' : 'zh-cn')
    if (language === 'en-US') void import('antd/locale/en_US').then((loaded) => setEnglish(loaded.default))
  }, [language])
  return language === 'en-US' && english ? english : zhCN
}

/** Everything that a page needs around it: queries, theme, language, the nonce for styles. */
export function Providers({ children }: { children: ReactNode }) {
  const mode = useMode()
  const motion = useMotion()
  const locale = useAntdLocale()
  const [client] = useState(makeQueryClient)
  const theme = useMemo(() => themeOf(mode, motion), [mode, motion])
  const nonce = useMemo(() => cspNonce(), [])
  return (
    <QueryClientProvider client={client}>
      <ConfigProvider
        theme={theme}
        locale={locale}
        button={{ autoInsertSpace: false }}
        {...(nonce ? { csp: { nonce } } : {})}
      >
        <App className="s-app">{children}</App>
      </ConfigProvider>
    </QueryClientProvider>
  )
}
