import '../words'

import { Alert, Button, Form, Input, Modal } from 'antd'
import { useTranslation } from 'react-i18next'

import { useLoginOptions, useMe, useSignInAgain } from '@/api/me'
import { useErrorWords } from '@/shared/ui/States'

/** The session has ended: sign in over the page, which keeps what was entered on it. It cannot be closed. */
export default function SignInAgain({ name }: { name: string }) {
  const { t } = useTranslation()
  const me = useMe()
  const options = useLoginOptions()
  const signIn = useSignInAgain()
  const words = useErrorWords()
  return (
    <Modal open title={t('login.again')} closable={false} keyboard={false} mask={{ closable: false }} footer={null} zIndex={2_000}>
      <p className="s-notice-hint">{t('login.againHint')}</p>
      <Form
        name="again"
        layout="vertical"
        requiredMark={false}
        initialValues={{ name }}
        disabled={signIn.isPending}
        onFinish={(credentials: { name: string; password: string }) => signIn.mutate(credentials)}
      >
        {signIn.error ? (
          <Form.Item>
            <Alert type="error" showIcon role="alert" title={words(signIn.error)} />
          </Form.Item>
        ) : null}
        <Form.Item name="name" label={t('login.name')} rules={[{ required: true, message: t('login.needName') }]}>
          <Input autoComplete="username" maxLength={64} />
        </Form.Item>
        <Form.Item name="password" label={t('login.password')} rules={[{ required: true, message: t('login.needPassword') }]}>
          <Input.Password autoFocus autoComplete="current-password" maxLength={256} />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
          {t('login.submit')}
        </Button>
      </Form>
      {options.data?.corps.length ? (
        <>
          <div className="c-or">{t('login.againOther')}</div>
          <div className="c-wecom">
            <Button block href="/login" target="_blank" rel="noreferrer">
              {t('login.openTab')}
            </Button>
            <Button block loading={me.isFetching} onClick={() => void me.refetch()}>
              {t('login.goOn')}
            </Button>
          </div>
        </>
      ) : null}
    </Modal>
  )
}
