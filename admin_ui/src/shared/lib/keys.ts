/** Single keys that act on a page, wherever the focus is, unless somebody types or a dialog is in front. */
import { useEffect, useRef } from 'react'

const TYPED_INTO = 'input, textarea, select, [contenteditable="true"], [role="combobox"], [role="listbox"], [role="menu"]'

/** Whether a key that is pressed now belongs to what the focus is in. `beside` marks what a page's keys reach into. */
function taken(event: KeyboardEvent, beside: string): boolean {
  if (event.defaultPrevented || event.isComposing || event.metaKey || event.ctrlKey || event.altKey) return true
  const at = event.target instanceof Element ? event.target : null
  if (at?.closest(TYPED_INTO)) return true
  return [...document.querySelectorAll('[role="dialog"]')].some(
    (dialog) => !dialog.closest(beside) && dialog.getClientRects().length > 0,
  )
}

type Keys = Readonly<Record<string, () => void>>

/** `keys`: what to do at which key (`j`, `/`, `?`, `Escape`). */
export function useKeys(keys: Keys, beside = '.l-beside'): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const act = latest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key]
      if (!act || taken(event, beside)) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [beside])
}
