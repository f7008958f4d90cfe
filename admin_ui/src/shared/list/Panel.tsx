import { CloseOutlined, DownOutlined, ExpandAltOutlined, UpOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { createContext, use, useEffect, useRef, useSyncExternalStore, type ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

type Room = 'beside' | 'over' | 'whole'

const WIDE = '(min-width: 1100px)'
const NARROW = '(max-width: 640px)'

function subscribe(told: () => void): () => void {
  const both = [globalThis.matchMedia(WIDE), globalThis.matchMedia(NARROW)]
  for (const media of both) media.addEventListener('change', told)
  return () => both.forEach((media) => media.removeEventListener('change', told))
}

const roomNow = (): Room =>
  globalThis.matchMedia(WIDE).matches ? 'beside' : globalThis.matchMedia(NARROW).matches ? 'whole' : 'over'

/** Where a panel has room: beside the list, as a drawer over it, or on the whole of a narrow screen. */
export const useRoom = (): Room => useSyncExternalStore(subscribe, roomNow)

const Foot = createContext<HTMLElement | null>(null)

/** What can be done with what the panel shows: it stands below and stays while the rest scrolls. */
export function PanelFoot({ children }: { children: ReactNode }) {
  const foot = use(Foot)
  return foot ? createPortal(children, foot) : null
}

interface PanelProps {
  title: string
  room: Room
  /** "3 / 20", of the rows that are shown; null for one that is not among them. */
  place: { at: number; of: number } | null
  onStep: (by: 1 | -1) => void
  onClose: () => void
  /** The page of its own. */
  whole: string | undefined
  foot: HTMLElement | null
  setFoot: (element: HTMLElement | null) => void
  children: ReactNode
}

/** One row beside its list, which stays usable; where there is no room beside, over it. What is begun in it survives either. */
export function Panel({ title, room, onClose, children, ...rest }: PanelProps) {
  const section = useRef<HTMLElement>(null)
  const beside = room === 'beside'
  useEffect(() => {
    if (!beside && !section.current?.contains(document.activeElement)) section.current?.querySelector<HTMLElement>('[tabindex]')?.focus()
  }, [beside])
  return (
    <>
      {room === 'over' ? <div className="l-veil" aria-hidden="true" onClick={onClose} /> : null}
      <section
        ref={section}
        className="l-panel l-beside"
        aria-label={title}
        {...(beside ? { role: 'complementary' } : { role: 'dialog', 'aria-modal': true })}
      >
        <Body title={title} room={room} onClose={onClose} {...rest}>
          {children}
        </Body>
      </section>
    </>
  )
}

function Body({ title, place, onStep, onClose, whole, foot, setFoot, children }: PanelProps) {
  const { t } = useTranslation()
  return (
    <>
      <div className="l-panel-head">
        <h2>{title}</h2>
        {place ? (
          <>
            <span className="s-sub">{t('list.place', place)}</span>
            <Button size="small" type="text" icon={<UpOutlined />} aria-label={t('list.above')} title={`${t('list.above')} (K)`} disabled={place.at === 1} onClick={() => onStep(-1)} />
            <Button size="small" type="text" icon={<DownOutlined />} aria-label={t('list.below')} title={`${t('list.below')} (J)`} disabled={place.at === place.of} onClick={() => onStep(1)} />
          </>
        ) : null}
        {whole ? (
          <Link className="l-icon" to={whole} aria-label={t('list.whole')} title={t('list.whole')}>
            <ExpandAltOutlined aria-hidden />
          </Link>
        ) : null}
        <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t('action.close')} title={`${t('action.close')} (Esc)`} onClick={onClose} />
      </div>
      {/* It scrolls by itself, so the keyboard has to reach it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="l-panel-body" tabIndex={0} role="region" aria-label={title}>
        <Foot value={foot}>{children}</Foot>
      </div>
      <div className="l-panel-foot" ref={setFoot} />
    </>
  )
}
