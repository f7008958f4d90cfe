import { MenuOutlined, SearchOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Suspense, useEffect, useState, type MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Outlet, useLocation } from 'react-router'

import { useCurrentUser } from '@/api/me'
import { PulseContext, usePulse } from '@/api/pulse'
import { useKeys } from '@/shared/lib/keys'
import { useOnline } from '@/shared/lib/online'
import { standingPage } from '@/shared/lib/standing'
import { Boundary } from '@/shared/ui/Boundary'
import { lazily } from '@/shared/ui/lazily'
import { LoadingState } from '@/shared/ui/States'

import logo from '../../public/favicon.svg?raw'
import { PAGES } from './pages'

const CommandMenu = lazily(() => import('./CommandMenu'))
const KeySheet = lazily(() => import('./KeySheet'))
const frame = () => import('./frame')
const AccountMenu = lazily(async () => ({ default: (await frame()).AccountMenu }))
const Bell = lazily(async () => ({ default: (await frame()).Bell }))
const DemoPill = lazily(async () => ({ default: (await frame()).DemoPill }))
const KeysButton = lazily(async () => ({ default: (await frame()).KeysButton }))
const Menu = lazily(async () => ({ default: (await frame()).Menu }))

const LOGO = `data:image/svg+xml,${encodeURIComponent(logo)}`
const isMac = /Mac|iP/.test(globalThis.navigator.platform)
const RAIL = 'scrm.rail'

/** To the page itself, without an address of its own: another one would be another page. */
function toMain(event: MouseEvent): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

/** Whether the menu shows icons alone, as this browser remembers it; ⌘\ changes it. */
function useRail(): [boolean, () => void] {
  const [narrow, setNarrow] = useState(() => globalThis.localStorage.getItem(RAIL) === 'narrow')
  const toggle = (): void => {
    globalThis.localStorage.setItem(RAIL, narrow ? 'wide' : 'narrow')
    setNarrow(!narrow)
  }
  return [narrow, toggle]
}

/** The frame of the console: menu, search, bell, account; the page in the middle. */
export function Shell() {
  const { t } = useTranslation()
  const me = useCurrentUser()
  const pulse = usePulse(true)
  const here = useLocation()
  const [dialog, setDialog] = useState<'search' | 'keys' | null>(null)
  const [narrow, toggleRail] = useRail()
  // The drawer belongs to the page it was opened on: going anywhere closes it.
  const [menuOn, setMenuOn] = useState<string | null>(null)
  const menuOpen = menuOn === here.key

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const held = event.metaKey || event.ctrlKey
      if (held && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        setDialog('search')
      } else if (held && event.key === '\\') {
        event.preventDefault()
        toggleRail()
      } else if (event.key === 'Escape') {
        setMenuOn(null)
      }
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  })
  useKeys({ '?': () => setDialog('keys') })
  const close = (): void => setDialog(null)

  return (
    <PulseContext value={pulse}>
      <a className="c-skip" href="#main" onClick={toMain}>
        {t('shell.skip')}
      </a>
      <div className={`c-frame ${menuOpen ? 'c-menu-open' : ''} ${narrow ? 'c-narrow' : ''}`}>
        <aside className="c-side">
          <Link to="/" className="c-brand">
            <img src={LOGO} alt="" width="24" height="24" />
            <span>{t('app.name')}</span>
          </Link>
          <Suspense fallback={<div className="c-nav" />}>
            <Menu pages={PAGES} narrow={narrow && !menuOpen} corp={me.corp_name} onRail={toggleRail} />
          </Suspense>
        </aside>
        {menuOpen ? <div className="c-veil" aria-hidden="true" onClick={() => setMenuOn(null)} /> : null}
        <div className="c-right">
          <header className="c-top">
            <Button
              className="c-menu-button"
              type="text"
              icon={<MenuOutlined />}
              aria-label={t('shell.openMenu')}
              aria-expanded={menuOpen}
              onClick={() => setMenuOn(menuOpen ? null : here.key)}
            />
            <button type="button" className="c-search" onClick={() => setDialog('search')}>
              <SearchOutlined aria-hidden="true" />
              <span>{t('shell.search')}</span>
              <kbd>{isMac ? '⌘K' : 'Ctrl K'}</kbd>
            </button>
            <Suspense fallback={<span className="c-account-room" />}>
              {me.demo ? <DemoPill /> : null}
              <div className="c-top-right">
                <KeysButton onOpen={() => setDialog('keys')} />
                <Bell count={pulse.alertsOpen} />
                <AccountMenu />
              </div>
            </Suspense>
          </header>
          <Banners connected={pulse.connected} />
          <main id="main" className="c-main" tabIndex={-1}>
            <Boundary key={standingPage(here)}>
              <Suspense fallback={<LoadingState />}>{pulse.ready ? <Outlet /> : <LoadingState />}</Suspense>
            </Boundary>
          </main>
        </div>
      </div>
      {dialog ? (
        <Boundary key={here.key}>
          <Suspense fallback={null}>
            {dialog === 'search' ? <CommandMenu onClose={close} /> : <KeySheet onClose={close} />}
          </Suspense>
        </Boundary>
      ) : null}
    </PulseContext>
  )
}

function Banners({ connected }: { connected: boolean }) {
  const { t } = useTranslation()
  const online = useOnline()
  return (
    <div role="status" aria-live="polite">
      {online ? null : <div className="s-banner s-tone-bad">{t('shell.offline')}</div>}
      {online && !connected ? <div className="s-banner s-tone-bad">{t('shell.lost')}</div> : null}
    </div>
  )
}
