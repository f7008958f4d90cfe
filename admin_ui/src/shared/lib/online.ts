import { useSyncExternalStore } from 'react'

function onChange(tell: () => void): () => void {
  globalThis.addEventListener('online', tell)
  globalThis.addEventListener('offline', tell)
  return () => {
    globalThis.removeEventListener('online', tell)
    globalThis.removeEventListener('offline', tell)
  }
}

/** Whether the browser has a network at all; the service may still be out of reach. */
export const useOnline = (): boolean => useSyncExternalStore(onChange, () => globalThis.navigator.onLine)
