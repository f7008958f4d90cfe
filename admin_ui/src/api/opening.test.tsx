import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { beforeEach, expect, it, vi } from 'vitest'

const ME = { name: 'chen', csrf_token: 'c', permissions: [] }

/** The modules as a page has them whose document says this. */
async function page(said: object | null) {
  vi.resetModules()
  document.head.innerHTML = said ? `<script type="application/json" id="opening">${JSON.stringify(said)}</script>` : ''
  const asked: string[] = []
  vi.stubGlobal('fetch', (request: Request | string) => {
    const address = typeof request === 'string' ? request : request.url
    asked.push(new URL(address, location.origin).pathname)
    return Promise.resolve(Response.json({ ...ME, name: 'wang' }))
  })
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  )
  const { useMe, useSignIn } = await import('./me')
  return { asked, queries, me: () => renderHook(() => useMe(), { wrapper }), signIn: () => renderHook(() => useSignIn(), { wrapper }) }
}

beforeEach(() => vi.unstubAllGlobals())

it('takes from the document who is signed in, and asks the next time', async () => {
  const { asked, queries, me } = await page({ me: ME })
  const { result } = me()
  await waitFor(() => expect(result.current.data?.name).toBe('chen'))
  expect(asked).toEqual([])
  await queries.invalidateQueries({ queryKey: ['me'] })
  await waitFor(() => expect(result.current.data?.name).toBe('wang'))
})

it('knows without asking that nobody is signed in', async () => {
  const { asked, me } = await page({ me: null })
  const { result } = me()
  await waitFor(() => expect(result.current.error).toMatchObject({ status: 401 }))
  expect(asked).toEqual([])
})

it('believes no document of before somebody signed in', async () => {
  const { me, queries, signIn } = await page({ me: null })
  await signIn().result.current.mutateAsync({ name: 'wang', password: 'x' })
  const { result } = me()
  await queries.invalidateQueries({ queryKey: ['me'] })
  await waitFor(() => expect(result.current.data?.name).toBe('wang'))
  expect(result.current.error).toBeNull()
})

it('asks where the document says nothing', async () => {
  const { asked, me } = await page(null)
  const { result } = me()
  await waitFor(() => expect(result.current.data?.name).toBe('wang'))
  expect(asked).toEqual(['/api/v1/me'])
})
