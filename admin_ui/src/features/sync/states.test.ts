import { expect, it } from 'vitest'

import { percentOf } from './states'

it.each([
  [{ state: 'waiting', done: 0, outstanding: 0 }, 0],
  [{ state: 'running', done: 50, outstanding: 150 }, 25],
  [{ state: 'running', done: 200, outstanding: 0 }, 99],
  [{ state: 'done', done: 0, outstanding: 0 }, 100],
] as const)('says of %o that it is at %i per cent', (step, percent) => {
  expect(percentOf(step)).toBe(percent)
})
