import '@/features/customers/words'
import './words'

import { useQuery } from '@tanstack/react-query'
import { Input } from 'antd'
import { useId, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'

import { resource } from '@/api/resource'
import { useCan, useCurrentUser } from '@/api/me'
import { useDebounced } from '@/shared/lib/debounce'
import { seedOf } from '@/features/customers/status'
import { calledAs, remarkOf } from '@/shared/ui/Called'
import { Dialog } from '@/shared/ui/Dialog'
import { Tile } from '@/shared/ui/Tile'

import { PAGES } from './pages'

interface Hit {
  key: string
  to: string
  title: string
  group: string
  hint?: string
  seed?: string
  image?: string
}

const CUSTOMERS_SHOWN = 8

function useHits(q: string): Hit[] {
  const { t } = useTranslation()
  const can = useCan()
  const me = useCurrentUser()
  const found = useQuery({
    ...resource('customers').list('', { q, limit: CUSTOMERS_SHOWN }),
    enabled: q.length > 0 && can('customers.read'),
  })
  const wanted = q.toLowerCase()
  const pages = PAGES.filter((page) => can(page.permission))
    .map((page) => ({ key: page.key, to: page.path, title: t(`menu.${page.key}`), group: t('command.pages') }))
    .filter((page) => !q || page.title.toLowerCase().includes(wanted) || page.key.includes(wanted))
  const customers = (q ? (found.data?.items ?? []) : []).map((customer) => ({
    key: String(customer.id),
    to: `/customers/${customer.id}`,
    title: calledAs(customer.name, remarkOf(customer.follows, me.userid)),
    group: t('command.customers'),
    hint: customer.found_by
      ? t(`customers.found.${customer.found_by.field}`, { text: customer.found_by.text })
      : customer.corp_name || customer.follows.map((follow) => follow.staff_name).join(' · '),
    seed: seedOf(customer),
    image: customer.avatar,
  }))
  return [...customers, ...pages]
}

/** ⌘K: type a name, press Enter, be there. */
export default function CommandMenu({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const id = useId()
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const q = useDebounced(typed.trim(), 150)
  const hits = useHits(q)
  const current = Math.min(at, Math.max(0, hits.length - 1))

  const open = (hit: Hit | undefined): void => {
    if (!hit) return
    onClose()
    void navigate(hit.to)
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown') setAt(Math.min(current + 1, hits.length - 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(current - 1, 0))
    else if (event.key === 'Enter') open(hits[current])
    else return
    event.preventDefault()
  }

  return (
    <Dialog title={t('command.title')} footer={null} onCancel={onClose} width={560} className="c-command">
      <Input
        autoFocus
        size="large"
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={hits.length ? `${id}-${current}` : undefined}
        aria-label={t('shell.search')}
        placeholder={t('command.placeholder')}
        value={typed}
        maxLength={100}
        onChange={(event) => {
          setTyped(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKey}
      />
      <ul className="c-hits" role="listbox" id={`${id}-list`} aria-label={t('command.results')}>
        {hits.map((hit, index) => (
          // The keyboard walks the list from the input (aria-activedescendant); the mouse clicks.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <li
            key={hit.key}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === current}
            onMouseEnter={() => setAt(index)}
            onClick={() => open(hit)}
          >
            {hit.seed ? <Tile name={hit.title} seed={hit.seed} image={hit.image ?? ''} size={28} /> : null}
            <span className="c-hit-title">{hit.title}</span>
            <span className="c-hit-hint">{hit.hint || hit.group}</span>
          </li>
        ))}
      </ul>
      {hits.length ? null : <p className="c-none">{t('command.none', { q })}</p>}
      <p className="c-hint">{t('command.hint')}</p>
    </Dialog>
  )
}
