import '../words'

import { Alert, App, Button, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'

import { useChangePassword, useCurrentUser } from '@/api/me'
import { useTitle } from '@/shared/lib/title'
import { useErrorWords } from '@/shared/ui/States'

interface Fields {
  old: string
  new: string
  again: string
}

/** Change one's own password; after a one-time password there is no way past it. */
export default function PasswordPage() {
  const { t } = useTranslation()
  useTitle(t('password.title'))
  const me = useCurrentUser()
  const change = useChangePassword()
  const navigate = useNavigate()
  const { message } = App.useApp()
  const words = useErrorWords()
  const save = (fields: Fields): void =>
    change.mutate(
      { old: fields.old, new: fields.new },
      {
        onSuccess: () => {
          void message.success(t('password.done'))
          void navigate('/')
        },
      },
    )
  return (
    <main className="c-login">
      <div className="c-login-box">
        <div className="c-login-head">
          <div>
            <h1>{t('password.title')}</h1>
            <p>{me.display_name}</p>
          </div>
        </div>
        <Form<Fields> layout="vertical" requiredMark={false} onFinish={save} disabled={change.isPending}>
          <Form.Item hidden={!me.must_change_password && !change.error}>
            {change.error ? (
              <Alert type="error" showIcon role="alert" title={words(change.error)} />
            ) : (
              <Alert type="info" showIcon title={t('password.must')} />
            )}
          </Form.Item>
          <Form.Item name="old" label={t('password.old')} rules={[{ required: true, message: t('login.needPassword') }]}>
            <Input.Password autoComplete="current-password" maxLength={256} />
          </Form.Item>
          <Form.Item
            name="new"
            label={t('password.new')}
            extra={t('password.rule')}
            rules={[{ required: true, min: 10, message: t('password.rule') }]}
          >
            <Input.Password autoComplete="new-password" maxLength={256} />
          </Form.Item>
          <Form.Item
            name="again"
            label={t('password.again')}
            dependencies={['new']}
            rules={[
              ({ getFieldValue }) => ({
                validator: (_rule, value) =>
                  value === getFieldValue('new') ? Promise.resolve() : Promise.reject(new Error(t('password.differs'))),
              }),
            ]}
          >
            <Input.Password autoComplete="new-password" maxLength={256} />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={change.isPending}>
            {t('password.submit')}
          </Button>
        </Form>
        {me.must_change_password ? null : (
          <div className="c-login-foot">
            <Link to="/">{t('action.cancel')}</Link>
          </div>
        )}
      </div>
    </main>
  )
}
