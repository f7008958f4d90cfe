import { act, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { MemoryRouter, useLocation } from 'react-router'
import { expect, it } from 'vitest'

import { readFilters, useCursor, useFilters, writeFilters } from './filters'

const NAMES = ['q', 'tag_id[]', 'status'] as const

it('reads from the address only what it knows', () => {
  const params = new URLSearchParams('q=林&tag_id=a&tag_id=b&other=1')
  expect(readFilters(params, NAMES)).toEqual({ q: '林', tag_id: ['a', 'b'] })
})

it('writes changes and leaves the rest of the address alone', () => {
  const params = new URLSearchParams('q=林&tag_id=a&other=1')
  expect(writeFilters(params, { q: undefined, tag_id: ['b', 'c'] }).toString()).toBe('other=1&tag_id=b&tag_id=c')
})

it('keeps the filters in the address and clears them together', () => {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <MemoryRouter initialEntries={['/customers?status=active&keep=1']}>{children}</MemoryRouter>
  )
  const { result } = renderHook(() => ({ filters: useFilters(NAMES), at: useLocation() }), { wrapper })
  expect(result.current.filters.one('status')).toBe('active')
  act(() => result.current.filters.change({ q: '王', tag_id: ['x'] }))
  expect(result.current.at.search).toContain('tag_id=x')
  expect(result.current.filters.many('tag_id')).toEqual(['x'])
  act(() => result.current.filters.only({ status: 'half' }))
  expect(result.current.at.search).toBe('?keep=1&status=half')
  act(() => result.current.filters.clear())
  expect(result.current.at.search).toBe('?keep=1')
  expect(result.current.filters.active).toBe(false)
})

it('walks pages forth and back, and starts again when the filters change', () => {
  const { result, rerender } = renderHook(({ scope }) => useCursor(scope), { initialProps: { scope: 'a' } })
  act(() => result.current.next('two'))
  act(() => result.current.next('three'))
  expect([result.current.page, result.current.cursor]).toEqual([3, 'three'])
  act(() => result.current.previous())
  expect([result.current.page, result.current.cursor]).toEqual([2, 'two'])
  rerender({ scope: 'b' })
  expect([result.current.page, result.current.cursor]).toEqual([1, undefined])
})
