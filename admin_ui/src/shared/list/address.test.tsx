import { renderHook, act } from '@testing-library/react'
import type { ReactNode } from 'react'
import { MemoryRouter, useLocation } from 'react-router'
import { expect, it } from 'vitest'

import { askedOtherwise, sizeOf, useListAddress, viewOf } from './address'

function at(address: string) {
  const wrapper = ({ children }: { children: ReactNode }) => <MemoryRouter initialEntries={[address]}>{children}</MemoryRouter>
  return renderHook(() => ({ list: useListAddress('/things', ['q', 'state', 'tag[]']), here: useLocation() }), { wrapper }).result
}

it('reads what is asked for, and takes no page size but those that are offered', () => {
  const { list } = at('/things?q=a&tag=1&tag=2&sort=-at&filter=%7B%7D&limit=7&cursor=c').current
  expect(list.values).toEqual({ q: 'a', tag: ['1', '2'] })
  expect(list.asked).toEqual({ filter: '{}', sort: '-at', cursor: 'c', limit: 20 })
  expect(sizeOf(new URLSearchParams('limit=100'))).toBe(100)
  expect(list.page).toBeNull()
})

it('begins at the first page, with nothing open, when it is asked for otherwise', () => {
  const params = new URLSearchParams('state=open&cursor=c&open=4&id=5&limit=50')
  expect(askedOtherwise(params, { state: 'closed' }).toString()).toBe('limit=50&state=closed')
})

it('walks forth and back, and keeps its place while rows are opened', () => {
  const result = at('/things?state=open')
  act(() => result.current.list.next('two'))
  act(() => result.current.list.next('three'))
  expect([result.current.list.page, result.current.list.asked.cursor]).toEqual([3, 'three'])
  act(() => result.current.list.open(8))
  expect(result.current.here.search).toBe('?state=open&cursor=three&open=8')
  act(() => result.current.list.step(9))
  expect([result.current.list.page, result.current.list.opened]).toEqual([3, '9'])
  act(() => result.current.list.close())
  act(() => result.current.list.previous())
  expect([result.current.list.page, result.current.list.asked.cursor]).toEqual([2, 'two'])
  act(() => result.current.list.previous())
  expect(result.current.here.search).toBe('?state=open')
})

it('goes back where a row had the screen to itself', () => {
  const result = at('/things')
  act(() => result.current.list.open(8, true))
  act(() => result.current.list.close())
  expect([result.current.here.search, result.current.here.key]).toEqual(['', 'default'])
})

it('opens what addresses of before name, and forgets them when it is closed', () => {
  expect(at('/things/12').current.list.opened).toBe('12')
  const result = at('/things?id=12')
  expect(result.current.list.opened).toBe('12')
  act(() => result.current.list.close())
  expect(result.current.here.pathname + result.current.here.search).toBe('/things')
})

it('knows its view by its filters, whatever is searched in it', () => {
  const views = [{ key: 'all', values: {} }, { key: 'open', values: { state: 'open' } }]
  expect(viewOf({ q: 'a' }, views)).toBe('all')
  expect(viewOf({ state: 'open' }, views)).toBe('open')
  expect(viewOf({ state: 'open', tag: ['1'] }, views)).toBe('')
})
