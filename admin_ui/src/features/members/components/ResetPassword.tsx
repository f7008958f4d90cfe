import { useMutation } from '@tanstack/react-query'
import { Alert, App, Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { resource } from '@/api/resource'
import { exactTime } from '@/shared/lib/time'
import { Id } from '@/shared/ui/Id'
import { useErrorWords } from '@/shared/ui/States'

/** Give the account a one-time password, which is shown here until the dialog is closed and nowhere again. */
export function ResetPassword({ name }: { name: string }) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const words = useErrorWords()
  const reset = useMutation(resource('accounts').act('post', '{name}/reset-password', { everything: true }))
  const run = (): Promise<void> =>
    reset.mutateAsync({ name }).then(
      () => undefined,
      (error: unknown) => void message.error(words(error)),
    )
  const ask = (): void =>
    void modal.confirm({
      title: t('members.resetTitle', { name }),
      content: t('members.resetHint'),
      okText: t('members.reset'),
      okButtonProps: { danger: true },
      cancelText: t('action.cancel'),
      onOk: run,
    })
  return (
    <>
      <Button loading={reset.isPending} onClick={ask}>
        {t('members.reset')}
      </Button>
      {reset.data ? (
        <Alert
          className="f-one-time"
          type="info"
          showIcon
          title={t('members.resetDone')}
          description={
            <>
              <Id value={reset.data.password} />
              <div>{t('members.resetUntil', { at: exactTime(reset.data.until) })}</div>
            </>
          }
        />
      ) : null}
    </>
  )
}
