import './words'

import { CaretDownOutlined, MenuFoldOutlined, MenuUnfoldOutlined } from '@ant-design/icons'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { NavLink, useLocation } from 'react-router'

import { useCan } from '@/api/me'

import { partsOf, type MenuPart } from './menu'
import { MenuIcon } from './MenuIcon'
import type { ConsolePage } from './pages'

const STORED = 'scrm.menu'
/** Folded until somebody opens it: of use to few, and seldom. */
const FOLDED_AT_FIRST = ['operations']

function stored(): string[] {
  try {
    const said: unknown = JSON.parse(globalThis.localStorage.getItem(STORED) ?? 'null')
    return Array.isArray(said) ? said.map(String) : FOLDED_AT_FIRST
  } catch {
    return FOLDED_AT_FIRST
  }
}

interface MenuProps {
  /** Of the console, from the entry: a file that other surfaces take too must not reach into it. */
  pages: readonly ConsolePage[]
  /** Icons alone. */
  narrow: boolean
  corp: string
  onRail: () => void
}

/** The pages that somebody may see, in groups that fold; the group of the page that is shown stays open. */
export function Menu({ pages, narrow, corp, onRail }: MenuProps) {
  const { t } = useTranslation()
  const can = useCan()
  const [folded, setFolded] = useState(stored)
  const toggle = (group: string, open: boolean): void => {
    const next = open ? folded.filter((one) => one !== group) : [...folded, group]
    globalThis.localStorage.setItem(STORED, JSON.stringify(next))
    setFolded(next)
  }
  const fold = t(narrow ? 'frame.unfold' : 'frame.fold')
  return (
    <>
      <nav className="c-nav" aria-label={t('menu.label')}>
        {partsOf(pages.filter((page) => can(page.permission))).map((part) => (
          <Part key={part.group ?? part.pages[0]?.key} part={part} narrow={narrow} folded={folded} onToggle={toggle} />
        ))}
      </nav>
      <div className="c-corp">
        <span>{corp}</span>
        <button type="button" className="c-fold" aria-label={fold} title={fold} onClick={onRail}>
          {narrow ? <MenuUnfoldOutlined aria-hidden /> : <MenuFoldOutlined aria-hidden />}
        </button>
      </div>
    </>
  )
}

interface PartProps {
  part: MenuPart
  narrow: boolean
  folded: readonly string[]
  onToggle: (group: string, open: boolean) => void
}

const allOf = (part: MenuPart): ConsolePage[] => [...part.pages, ...part.parts.flatMap(allOf)]

function Part({ part, narrow, folded, onToggle }: PartProps) {
  const { t } = useTranslation()
  const { pathname } = useLocation()
  const { group } = part
  const here = allOf(part).some((page) => page.path !== '/' && `${pathname}/`.startsWith(`${page.path}/`))
  const open = !group || narrow || here || !folded.includes(group)
  return (
    <div className={`c-group ${group === 'operations' ? 'c-group-inside' : ''}`}>
      {group && !narrow ? (
        <button type="button" className="c-group-name" aria-expanded={open} onClick={() => onToggle(group, !open)}>
          {t(`menuGroup.${group}`)}
          <CaretDownOutlined aria-hidden />
        </button>
      ) : null}
      {open ? (
        <>
          <ul>
            {part.pages.map((page) => (
              <li key={page.key}>
                <NavLink to={page.path} end={page.path === '/'} {...(narrow ? { title: t(`menu.${page.key}`) } : {})}>
                  <MenuIcon of={page.key} />
                  <span>{t(`menu.${page.key}`)}</span>
                </NavLink>
              </li>
            ))}
          </ul>
          {part.parts.map((inside) => (
            <Part key={inside.group ?? 'one'} part={inside} narrow={narrow} folded={folded} onToggle={onToggle} />
          ))}
        </>
      ) : null}
    </div>
  )
}
