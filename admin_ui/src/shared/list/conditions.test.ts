import { expect, it } from 'vitest'

import { conditionOf, filterOf, given, partsOf, withMore, without } from './conditions'

const STATE = { field: 'state', op: 'is', value: 'open' }
const TAGS = { field: 'tags', op: 'any', value: ['1', '2'] }

it('writes one condition alone and several under and', () => {
  const one = withMore(undefined, STATE)
  expect(one).toBe(JSON.stringify(STATE))
  const two = withMore(one, TAGS)
  expect(two).toBe(JSON.stringify({ and: [STATE, TAGS] }))
  expect(without(two, 0)).toBe(JSON.stringify(TAGS))
  expect(without(one, 0)).toBeUndefined()
  expect(filterOf([])).toBeUndefined()
})

it('keeps what is more than a condition as one part', () => {
  const either = { or: [STATE, TAGS] }
  expect(partsOf(JSON.stringify(either))).toEqual([either])
  expect(conditionOf(either)).toBeNull()
  expect(withMore(JSON.stringify(either), STATE)).toBe(JSON.stringify({ and: [either, STATE] }))
  expect(conditionOf(STATE)).toBe(STATE)
})

it('reads nothing from nothing, and from what is no filter', () => {
  for (const text of [undefined, '', '{}', '{', 'null', '3']) expect(partsOf(text)).toEqual([])
})

it('asks with no condition whose value is missing', () => {
  expect(given('empty', undefined)).toBe(true)
  expect(given('is', '')).toBe(false)
  expect(given('is', false)).toBe(true)
  expect(given('any', [])).toBe(false)
  expect(given('between', ['2026-01-01', undefined])).toBe(false)
})
