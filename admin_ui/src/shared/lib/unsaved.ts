import { useEffect } from 'react'
import { useBlocker } from 'react-router'

/**
 * Asks before a page with unsaved changes is left: `ask` on the way to another page, which goes on with `leave` or stays
 * with `stay`, and answers how to withdraw the question; the browser where the tab is closed or loaded anew. A page that
 * replaces its own address has saved.
 */
export function useUnsaved(unsaved: boolean, ask: (leave: () => void, stay: () => void) => () => void): void {
  useEffect(() => {
    if (!unsaved) return
    const hold = (event: BeforeUnloadEvent): void => event.preventDefault()
    globalThis.addEventListener('beforeunload', hold)
    return () => globalThis.removeEventListener('beforeunload', hold)
  }, [unsaved])
  const blocker = useBlocker(
    ({ currentLocation, nextLocation, historyAction }) =>
      unsaved && historyAction !== 'REPLACE' && currentLocation.pathname !== nextLocation.pathname,
  )
  useEffect(() => {
    if (blocker.state === 'blocked') return ask(blocker.proceed, blocker.reset)
    // Asked once for each time that somebody is held back: each has an object of its own, and the question goes with it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [blocker])
}
