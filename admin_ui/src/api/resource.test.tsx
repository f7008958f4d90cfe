import { QueryClient, QueryClientProvider, useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { act, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { setCsrfToken } from './client'
import { resource } from './resource'

interface Asked {
  what: string
  body: unknown
  csrf: string | null
}

let asked: Asked[] = []

function serve(...answers: (object | number)[]): void {
  asked = []
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname, search } = new URL(request.url)
    const text = await request.text()
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? {}
    asked.push({
      what: `${request.method} ${pathname}${search}`,
      body: text ? (JSON.parse(text) as unknown) : null,
      csrf: request.headers.get('X-CSRF-Token'),
    })
    if (typeof answer === 'number') return new Response(answer === 204 ? null : '{}', { status: answer })
    return Response.json(answer)
  })
}

function client() {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const stale = vi.spyOn(queries, 'invalidateQueries')
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  )
  return { queries, wrapper, staled: () => stale.mock.calls.map(([filter]) => filter?.queryKey?.[0] ?? 'everything') }
}

beforeEach(() => setCsrfToken('token'))
afterEach(() => {
  vi.unstubAllGlobals()
  setCsrfToken('')
})

it('asks for a page of a list, without what is empty, under the topic of the pulse', async () => {
  serve({ items: [], total: 0 })
  const list = resource('alerts').list('', { state: 'open', q: '', userid: null, limit: 20, cursor: undefined })
  expect(list.queryKey).toEqual(['alerts', 'alerts', 'get', '', { state: 'open', limit: 20 }])
  const { result } = renderHook(() => useQuery(list), { wrapper: client().wrapper })
  await waitFor(() => expect(result.current.data?.total).toBe(0))
  expect(asked).toEqual([{ what: 'GET /api/v1/alerts?state=open&limit=20', body: null, csrf: null }])
})

it('puts the parts of an address where they belong, and escapes them', async () => {
  serve({ items: [] })
  await resource('customers').read('{customer}/timeline', { customer: 'wm/1 é', limit: 30 })
  await resource('customers').read('', { tag_id: ['a', 'b'] })
  expect(asked.map(({ what }) => what)).toEqual([
    'GET /api/v1/customers/wm%2F1%20%C3%A9/timeline?limit=30',
    'GET /api/v1/customers?tag_id=a&tag_id=b',
  ])
})

it('keeps what has another name under the topic that makes it stale', () => {
  expect(resource('sync-runs').one('', {}).queryKey[0]).toBe('sync')
  expect(resource('tags').one('', {}).queryKey[0]).toBe('customers')
  expect(resource('accounts').one('', {}).queryKey[0]).toBe('members')
  expect(resource('callbacks', 'callback').one('{callback_id}', { callback_id: 1 }).queryKey[0]).toBe('callback')
})

it('walks a list by its cursor', async () => {
  serve({ items: [1], next_cursor: 'n' }, { items: [2], next_cursor: null })
  const pages = resource('messages').pages('conversations', { limit: 1 })
  const { result } = renderHook(() => useInfiniteQuery(pages), { wrapper: client().wrapper })
  await waitFor(() => expect(result.current.hasNextPage).toBe(true))
  await act(() => result.current.fetchNextPage())
  await waitFor(() => expect(result.current.hasNextPage).toBe(false))
  expect(asked.map(({ what }) => what)).toEqual([
    'GET /api/v1/messages/conversations?limit=1',
    'GET /api/v1/messages/conversations?limit=1&cursor=n',
  ])
})

it('changes something once, with the token, and makes its topic stale', async () => {
  serve({ id: 7 })
  const { wrapper, staled } = client()
  const { result } = renderHook(() => useMutation(resource('alerts').act('post', '{alert_id}/close')), { wrapper })
  await act(() => result.current.mutateAsync({ alert_id: 7, reason: 'legitimate', note: '' }))
  expect(asked).toEqual([
    { what: 'POST /api/v1/alerts/7/close', body: { reason: 'legitimate', note: '' }, csrf: 'token' },
  ])
  expect(staled()).toEqual(['alerts'])
})

it('does not try a change again, and looks anew after a refusal', async () => {
  serve(503)
  const { wrapper, staled } = client()
  const { result } = renderHook(() => useMutation(resource('sync-runs').act('post', '')), { wrapper })
  await expect(act(() => result.current.mutateAsync(undefined))).rejects.toMatchObject({ status: 503 })
  expect(asked).toHaveLength(1)
  expect(asked[0]?.body).toBeNull()
  expect(staled()).toEqual(['sync'])
})

it('makes everything stale, or other topics, or puts the answer in the place of what was read', async () => {
  serve({ enabled: true, text: 'x' })
  const { queries, wrapper, staled } = client()
  const welcome = resource('welcome').one('', {})
  const set = resource('welcome').act('put', '', { becomes: welcome.queryKey, also: ['alarms'] })
  const { result } = renderHook(() => useMutation(set), { wrapper })
  await act(() => result.current.mutateAsync({ enabled: true, text: 'x' }))
  expect(queries.getQueryData(welcome.queryKey)).toMatchObject({ text: 'x' })
  expect(staled()).toEqual(['alarms'])
  const role = resource('accounts').act('post', '{name}/role', { everything: true })
  const changing = renderHook(() => useMutation(role), { wrapper })
  await act(() => changing.result.current.mutateAsync({ name: 'chen', role: 'sales' }))
  expect(staled()).toEqual(['alarms', 'everything'])
})

it('chooses among several calls, and answers nothing where the service says nothing', async () => {
  serve(204)
  const { wrapper } = client()
  const broadcasts = resource('broadcasts')
  const remove = broadcasts.acts((id: number) => broadcasts.send('delete', '{broadcast_id}', { broadcast_id: id }))
  const { result } = renderHook(() => useMutation(remove), { wrapper })
  expect(await act(() => result.current.mutateAsync(3))).toBeUndefined()
  expect(asked[0]?.what).toBe('DELETE /api/v1/broadcasts/3')
})

it('reckons what a choice would do, and takes a refusal for the answer', async () => {
  serve(409)
  const { wrapper } = client()
  const preview = resource('handovers', 'handover-preview').reckon('{handover_id}/preview', {
    handover_id: 4,
    successors: ['bob'],
    selection: { item_ids: null, kind: null, state: null, tag: '', q: '' },
  })
  const { result } = renderHook(() => useQuery(preview), { wrapper })
  await waitFor(() => expect(result.current.error).toMatchObject({ status: 409 }))
  expect(asked).toHaveLength(1)
  expect(asked[0]).toMatchObject({ what: 'POST /api/v1/handovers/4/preview', csrf: 'token' })
})

it('knows no address that the service does not have', () => {
  // @ts-expect-error -- no such thing
  resource('alerts').one('nothing', {})
  // @ts-expect-error -- a number
  resource('alerts').one('{alert_id}', { alert_id: 'seven' })
  // @ts-expect-error -- no such filter
  resource('alerts').list('', { colour: 'red' })
  // @ts-expect-error -- no such body
  resource('alerts').send('post', '{alert_id}/close', { alert_id: 1 }).catch(() => undefined)
})
