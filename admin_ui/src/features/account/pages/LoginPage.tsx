import '../words'

import { Alert, Button, Form, Input, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate, useSearchParams } from 'react-router'

import { useLoginOptions, useSignIn } from '@/api/me'
import type { Schemas } from '@/api/client'
import { chooseLanguage, useLanguage, type Language } from '@/shared/i18n'
import { useTitle } from '@/shared/lib/title'
import { Tile } from '@/shared/ui/Tile'
import { useErrorWords } from '@/shared/ui/States'

import { safeNext } from '../next'

/** Sign in by password, with WeCom, or by one click in a demo. */
export default function LoginPage() {
  const { t } = useTranslation()
  useTitle(t('login.title'))
  const navigate = useNavigate()
  const [params] = useSearchParams()
  const next = safeNext(params.get('next'))
  const options = useLoginOptions()
  const signIn = useSignIn()
  const words = useErrorWords()
  const language = useLanguage()
  const enter = (credentials: Schemas['Credentials']): void =>
    signIn.mutate(credentials, {
      // The sidebar is a page of its own and has to be loaded, not routed to.
      onSuccess: () => (next.startsWith('/sidebar') ? globalThis.location.assign(next) : void navigate(next)),
    })
  const corps = options.data?.corps ?? []
  const demo = options.data?.demo_logins ?? []

  return (
    <main className="c-login">
      <div className="c-login-box">
        <div className="c-login-head">
          <img src="/favicon.svg" alt="" width="44" height="44" />
          <div>
            <h1>{t('app.name')}</h1>
            <p>{t('app.tagline')}</p>
          </div>
        </div>
        <Form layout="vertical" requiredMark={false} onFinish={enter} disabled={signIn.isPending}>
          {signIn.error ? (
            <Form.Item>
              <Alert type="error" showIcon role="alert" title={words(signIn.error)} />
            </Form.Item>
          ) : null}
          <Form.Item name="name" label={t('login.name')} rules={[{ required: true, message: t('login.needName') }]}>
            <Input autoComplete="username" size="large" maxLength={64} />
          </Form.Item>
          <Form.Item
            name="password"
            label={t('login.password')}
            rules={[{ required: true, message: t('login.needPassword') }]}
          >
            <Input.Password autoComplete="current-password" size="large" maxLength={256} />
          </Form.Item>
          <Form.Item>
            <Button type="primary" htmlType="submit" size="large" block loading={signIn.isPending}>
              {t('login.submit')}
            </Button>
          </Form.Item>
        </Form>
        {corps.length ? (
          <>
            <div className="c-or">{t('login.or')}</div>
            <div className="c-wecom">
              {corps.map((corp) => (
                <Button
                  key={corp.corp_id}
                  size="large"
                  block
                  href={`/login/wecom?corp_id=${encodeURIComponent(corp.corp_id)}&next=${encodeURIComponent(next)}`}
                >
                  {corps.length === 1 ? t('login.wecom') : t('login.wecomTo', { corp: corp.name })}
                </Button>
              ))}
            </div>
          </>
        ) : null}
        {demo.length ? (
          <section className="c-demo" aria-labelledby="demo-logins">
            <h2 id="demo-logins">{t('login.demo')}</h2>
            <div className="c-demo-logins">
              {demo.map((login) => (
                <button
                  key={login.name}
                  type="button"
                  disabled={signIn.isPending}
                  aria-label={t('login.as', { role: t(`role.${login.role}`), name: login.display_name })}
                  onClick={() => enter({ name: login.name, password: login.password })}
                >
                  <Tile name={login.display_name} seed={login.name} size={32} />
                  <span>
                    <b>{t(`role.${login.role}`)}</b>
                    <small>{login.display_name}</small>
                  </span>
                </button>
              ))}
            </div>
          </section>
        ) : null}
        <div className="c-login-foot">
          <Segmented<Language>
            size="small"
            aria-label={t('shell.language')}
            value={language}
            onChange={(chosen) => void chooseLanguage(chosen)}
            options={[
              { value: 'zh-CN', label: t('language.zh') },
              { value: 'en-US', label: t('language.en') },
            ]}
          />
        </div>
      </div>
    </main>
  )
}
