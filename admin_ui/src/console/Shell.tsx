import { BellOutlined, MenuOutlined, SearchOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Suspense, useEffect, useState, type MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, NavLink, Outlet, useLocation, useNavigate } from 'react-router'

import { useCan, useCurrentUser } from '@/api/me'
import { PulseContext, usePulse } from '@/api/pulse'
import { useOnline } from '@/shared/lib/online'
import { standingPage } from '@/shared/lib/standing'
import { Boundary } from '@/shared/ui/Boundary'
import { lazily } from '@/shared/ui/lazily'
import { LoadingState } from '@/shared/ui/States'

import logo from '../../public/favicon.svg?raw'
import { PAGES } from './pages'

const CommandMenu = lazily(() => import('./CommandMenu'))
const frame = () => import('./frame')
const AccountMenu = lazily(async () => ({ default: (await frame()).AccountMenu }))
const MenuIcon = lazily(async () => ({ default: (await frame()).MenuIcon }))

const LOGO = `data:image/svg+xml,${encodeURIComponent(logo)}`
const isMac = /Mac|iP/.test(globalThis.navigator.platform)

/** To the page itself, without an address of its own: another one would be another page. */
function toMain(event: MouseEvent): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

/** The frame of the console: menu, search, bell, account; the page in the middle. */
export function Shell() {
  const { t } = useTranslation()
  const me = useCurrentUser()
  const pulse = usePulse(true)
  const here = useLocation()
  const [searching, setSearching] = useState(false)
  // The drawer belongs to the page it was opened on: going anywhere closes it.
  const [menuOn, setMenuOn] = useState<string | null>(null)
  const menuOpen = menuOn === here.key

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        setSearching(true)
      } else if (event.key === 'Escape') {
        setMenuOn(null)
      }
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])

  return (
    <PulseContext value={pulse}>
      <a className="c-skip" href="#main" onClick={toMain}>
        {t('shell.skip')}
      </a>
      <div className={`c-frame ${menuOpen ? 'c-menu-open' : ''}`}>
        <aside className="c-side">
          <Link to="/" className="c-brand">
            <img src={LOGO} alt="" width="28" height="28" />
            {t('app.name')}
          </Link>
          <Menu />
          <p className="c-corp">{me.corp_name}</p>
        </aside>
        {menuOpen ? <div className="c-veil" aria-hidden="true" onClick={() => setMenuOn(null)} /> : null}
        <div className="c-right">
          <header className="c-top">
            <Button
              className="c-menu-button"
              type="text"
              icon={<MenuOutlined />}
              aria-label={t('menu.open')}
              aria-expanded={menuOpen}
              onClick={() => setMenuOn(menuOpen ? null : here.key)}
            />
            <button type="button" className="c-search" onClick={() => setSearching(true)}>
              <SearchOutlined aria-hidden="true" />
              <span>{t('shell.search')}</span>
              <kbd>{isMac ? '⌘K' : 'Ctrl K'}</kbd>
            </button>
            <div className="c-top-right">
              <Bell count={pulse.alertsOpen} />
              <Suspense fallback={<span className="c-account-room" />}>
                <AccountMenu />
              </Suspense>
            </div>
          </header>
          <Banners connected={pulse.connected} demo={me.demo} />
          <main id="main" className="c-main" tabIndex={-1}>
            <Boundary key={standingPage(here)}>
              <Suspense fallback={<LoadingState />}>{pulse.ready ? <Outlet /> : <LoadingState />}</Suspense>
            </Boundary>
          </main>
        </div>
      </div>
      {searching ? (
        <Boundary key={here.key}>
          <Suspense fallback={null}>
            <CommandMenu onClose={() => setSearching(false)} />
          </Suspense>
        </Boundary>
      ) : null}
    </PulseContext>
  )
}

function Menu() {
  const { t } = useTranslation()
  const can = useCan()
  return (
    <nav className="c-nav" aria-label={t('menu.label')}>
      <ul>
        {PAGES.filter((page) => can(page.permission)).map((page) => (
          <li key={page.key}>
            <NavLink to={page.path} end={page.path === '/'}>
              <Suspense fallback={<span className="c-icon-room" />}>
                <MenuIcon of={page.key} />
              </Suspense>
              {t(`menu.${page.key}`)}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Bell({ count }: { count: number }) {
  const { t } = useTranslation()
  const can = useCan()
  const navigate = useNavigate()
  if (!can('alerts.read')) return null
  return (
    <span className="c-bell">
      <Button
        type="text"
        shape="circle"
        icon={<BellOutlined />}
        aria-label={count ? t('shell.alertsOpen', { count }) : t('shell.noAlerts')}
        onClick={() => void navigate('/alerts?state=open')}
      />
      {count ? <span aria-hidden="true">{count > 99 ? '99+' : count}</span> : null}
    </span>
  )
}

function Banners({ connected, demo }: { connected: boolean; demo: boolean }) {
  const { t } = useTranslation()
  const online = useOnline()
  return (
    <>
      <div role="status" aria-live="polite">
        {online ? null : <div className="s-banner s-tone-bad">{t('shell.offline')}</div>}
        {online && !connected ? <div className="s-banner s-tone-bad">{t('shell.lost')}</div> : null}
      </div>
      {demo ? (
        <section className="s-banner s-tone-info" aria-label={t('shell.notice')}>
          <span>{t('shell.demo')}</span>
          <a href="/simulator" target="scrm-simulator">
            {t('shell.toSimulator')}
          </a>
        </section>
      ) : null}
    </>
  )
}
