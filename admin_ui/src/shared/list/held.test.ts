import { expect, it } from 'vitest'

import { hold } from './held'

const rows = (...keys: number[]) => keys.map((key) => ({ key }))
const held = (before: number[], now: number[], limit = 3) => {
  const { rows: shown, waiting } = hold(rows(...before), rows(...now), (row) => row.key, limit)
  return [shown.map((row) => row.key), waiting]
}

it('lets what came above a row wait, and keeps what it pushed off a full page', () => {
  expect(held([3, 2, 1], [5, 4, 3])).toEqual([[3, 2, 1], 2])
  expect(held([2, 1], [3, 2, 1])).toEqual([[2, 1], 1])
  expect(held([3, 2, 1], [3, 9, 2])).toEqual([[3, 2, 1], 1])
})

it('shows what came below, and takes away what is gone', () => {
  expect(held([3, 2, 1], [3, 1, 0])).toEqual([[3, 1, 0], 0])
  expect(held([3, 2], [2])).toEqual([[2], 0])
})

it('shows the row of now in the place of the row of before', () => {
  const { rows: shown } = hold([{ key: 1, text: 'old' }], [{ key: 2, text: 'new' }, { key: 1, text: 'changed' }], (row) => row.key, 9)
  expect(shown).toEqual([{ key: 1, text: 'changed' }])
})

it('shows all where nothing of before is left', () => {
  expect(held([1, 2], [3, 4])).toEqual([[3, 4], 0])
})
