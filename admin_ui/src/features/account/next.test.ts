import { expect, it } from 'vitest'

import { safeNext } from './next'

it.each([
  ['/customers?q=a', '/customers?q=a'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['/login?next=/', '/'],
  [null, '/'],
])('sends %s to %s', (given, wanted) => {
  expect(safeNext(given)).toBe(wanted)
})
