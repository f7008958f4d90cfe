import './words'

import { Button, Popover, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'

import { useCurrentUser, useSignOut } from '@/api/me'
import { chooseLanguage, useLanguage, type Language } from '@/shared/i18n'
import { chooseTheme, useThemeChoice, type ThemeChoice } from '@/shared/theme'
import { Tile } from '@/shared/ui/Tile'

/** Who is signed in, with theme, language and the way out. */
export default function AccountMenu() {
  const { t } = useTranslation()
  const me = useCurrentUser()
  const [open, setOpen] = useState(false)
  const role = t(`role.${me.role}`)
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={open}
      onOpenChange={setOpen}
      content={<Choices onDone={() => setOpen(false)} />}
    >
      <button
        type="button"
        className="c-account"
        aria-label={t('frame.account', { name: me.display_name, role })}
        aria-expanded={open}
      >
        <Tile name={me.display_name} seed={me.name} size={28} />
        <span className="c-account-name">
          {me.display_name} · {role}
        </span>
      </button>
    </Popover>
  )
}

function Choices({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const theme = useThemeChoice()
  const language = useLanguage()
  const navigate = useNavigate()
  const signOut = useSignOut()
  const goTo = (path: string): void => {
    onDone()
    void navigate(path)
  }
  return (
    <div className="c-choices">
      <span id="c-theme">{t('frame.theme')}</span>
      <Segmented<ThemeChoice>
        block
        aria-labelledby="c-theme"
        value={theme}
        onChange={chooseTheme}
        options={[
          { value: 'light', label: t('frame.light') },
          { value: 'dark', label: t('frame.dark') },
          { value: 'system', label: t('frame.system') },
        ]}
      />
      <span id="c-language">{t('shell.language')}</span>
      <Segmented<Language>
        block
        aria-labelledby="c-language"
        value={language}
        onChange={(chosen) => void chooseLanguage(chosen)}
        options={[
          { value: 'zh-CN', label: t('language.zh') },
          { value: 'en-US', label: t('language.en') },
        ]}
      />
      <Button block onClick={() => goTo('/devices')}>
        {t('frame.devices')}
      </Button>
      <Button block onClick={() => goTo('/password')}>
        {t('frame.changePassword')}
      </Button>
      <Button
        block
        loading={signOut.isPending}
        onClick={() => signOut.mutate(undefined, { onSettled: () => void navigate('/login') })}
      >
        {t('frame.signOut')}
      </Button>
    </div>
  )
}
