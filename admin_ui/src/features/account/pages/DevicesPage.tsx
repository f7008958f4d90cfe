import '../words'
import '@/shared/access/words'

import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import { Sessions, sessionsOf } from '@/shared/access/Sessions'
import { Tokens } from '@/shared/access/Tokens'
import { Card, Page } from '@/shared/ui/Page'
import { useErrorWords } from '@/shared/ui/States'

/** Where one's account is signed in, and which programs act as it. */
export default function DevicesPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('access.title')} note={t('access.note')}>
      <Card title={t('access.sessions')} extra={<EndOthers />}>
        <Sessions />
      </Card>
      <Card title={t('access.tokens')}>
        <p className="s-sub s-access-note">{t('access.tokensNote')}</p>
        <Tokens />
      </Card>
    </Page>
  )
}

function EndOthers() {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const words = useErrorWords()
  const sessions = useQuery(sessionsOf())
  const end = useMutation(resource('me').act('post', 'sessions/end-others', { everything: true }))
  const run = (): Promise<void> =>
    end.mutateAsync().then(
      (answer) => void message.success(t('access.endedOthers', { count: answer.ended })),
      (error: unknown) => void message.error(words(error)),
    )
  return (
    <Button
      disabled={!sessions.data?.items.some((row) => !row.current)}
      loading={end.isPending}
      onClick={() =>
        void modal.confirm({
          title: t('access.endOthersTitle'),
          content: t('access.endOthersHint'),
          okText: t('access.endOthers'),
          cancelText: t('action.cancel'),
          onOk: run,
        })
      }
    >
      {t('access.endOthers')}
    </Button>
  )
}
