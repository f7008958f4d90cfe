import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { act, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { delayAfter, usePulse } from './pulse'

type Answer = () => Response

const pulse = (token: string, changed: string[], open = 0): Answer => () =>
  Response.json(
    { token, changed, alerts_open: open, tasks_parked: 0 },
    { headers: { ETag: `"${token}"` } },
  )
const same: Answer = () => new Response(null, { status: 304 })
const broken: Answer = () => {
  throw new TypeError('no network')
}

let asked: { url: string; etag: string | null }[] = []

function serve(...answers: Answer[]): void {
  asked = []
  vi.stubGlobal('fetch', (url: string, options: RequestInit) => {
    asked.push({ url, etag: new Headers(options.headers).get('If-None-Match') })
    const answer = answers[Math.min(asked.length, answers.length) - 1] ?? same
    return Promise.resolve().then(answer)
  })
}

function listen() {
  const queries = new QueryClient()
  const invalidated: string[] = []
  vi.spyOn(queries, 'invalidateQueries').mockImplementation((filter) => {
    if (filter?.queryKey) invalidated.push(String(filter.queryKey[0]))
    return Promise.resolve()
  })
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  )
  return { ...renderHook(() => usePulse(true), { wrapper }), invalidated }
}

const pass = (milliseconds: number): Promise<void> =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(milliseconds)
  })

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

it('makes what changed stale, but not what the first answer names', async () => {
  serve(pulse('1', ['customers', 'alerts'], 3), same, pulse('2', ['alerts'], 4))
  const { result, invalidated } = listen()
  await pass(10)
  expect(result.current).toMatchObject({ ready: true, alertsOpen: 3 })
  expect(invalidated).toEqual([])
  await pass(2_000)
  expect(invalidated).toEqual(['alerts'])
  expect(result.current.alertsOpen).toBe(4)
  expect(asked[1]).toEqual({ url: '/api/v1/pulse?since=1&topics=alerts', etag: '"1"' })
})

it('slows down while the server is away, says so, and recovers', async () => {
  serve(pulse('1', []), broken, broken, pulse('2', ['customers']))
  const { result, invalidated } = listen()
  await pass(1_010)
  expect(result.current.connected).toBe(true)
  await pass(2_000)
  expect(result.current.connected).toBe(false)
  await pass(4_000)
  expect(result.current.connected).toBe(true)
  expect(invalidated).toEqual(['customers'])
  expect([delayAfter(0), delayAfter(3), delayAfter(20)]).toEqual([1_000, 8_000, 30_000])
})

it('is silent while the page is hidden', async () => {
  serve(pulse('1', []))
  const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
  listen()
  await pass(5_000)
  expect(asked).toHaveLength(0)
  hidden.mockReturnValue(false)
  document.dispatchEvent(new Event('visibilitychange'))
  await pass(10)
  expect(asked).toHaveLength(1)
})

it('asks who is signed in when the session is over', async () => {
  serve(() => new Response(null, { status: 401 }))
  const { invalidated } = listen()
  await pass(10)
  expect(invalidated).toEqual(['me'])
})

/** A page that looks at a topic, beside the pulse. */
function watch(first: string) {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } })
  const fetched: string[] = []
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  )
  const useLook = ({ topic }: { topic: string }) => {
    usePulse(true)
    useQuery({ queryKey: [topic, 'list'], queryFn: () => fetched.push(topic) })
  }
  return { ...renderHook(useLook, { wrapper, initialProps: { topic: first } }), fetched }
}

it('asks for the topics that are shown, and fetches again what was out of sight meanwhile', async () => {
  serve(pulse('1', ['customers', 'rules']), same)
  const { rerender, fetched } = watch('customers')
  await pass(1_010)
  expect(asked.map(({ url }) => url)).toEqual(['/api/v1/pulse?since=&topics=customers', '/api/v1/pulse?since=1&topics=customers'])
  rerender({ topic: 'rules' })
  await pass(1_000)
  expect(asked[2]?.url).toBe('/api/v1/pulse?since=1&topics=rules')
  rerender({ topic: 'customers' })
  await pass(10)
  expect(fetched).toEqual(['customers', 'rules', 'customers'])
})

it('asks again from before an answer that says nothing of what came into view while it was under way', async () => {
  let answer = (): void => undefined
  const late = new Promise<Response>((resolve) => {
    answer = () => resolve(pulse('2', [])())
  })
  serve(pulse('1', []), (() => late) as unknown as Answer, same)
  const { rerender } = watch('customers')
  await pass(1_010)
  rerender({ topic: 'rules' })
  answer()
  await pass(1_010)
  expect(asked[2]).toEqual({ url: '/api/v1/pulse?since=1&topics=rules', etag: '"1"' })
})
