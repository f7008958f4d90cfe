import { act, renderHook } from '@testing-library/react'
import { expect, test } from 'vitest'

import { usePicked } from './picked'

test('rows are chosen one by one, over pages, and all but some', () => {
  const { result, rerender } = renderHook(({ scope }) => usePicked(scope), { initialProps: { scope: 'a' } })
  act(() => result.current.put(['1', '2'], true))
  act(() => result.current.put(['2'], false))
  expect([result.current.has('1'), result.current.has('2'), result.current.count(9)]).toEqual([true, false, 1])
  act(() => result.current.everything())
  act(() => result.current.put(['3'], false))
  expect([result.current.has('3'), result.current.has('4'), result.current.count(9)]).toEqual([false, true, 8])
  expect([...result.current.ids]).toEqual(['3'])
  act(() => result.current.put(['3'], true))
  expect(result.current.count(9)).toBe(9)
  rerender({ scope: 'b' })
  expect([result.current.all, result.current.count(9)]).toEqual([false, 0])
})
