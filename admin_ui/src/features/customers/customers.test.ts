import { expect, it } from 'vitest'

import type { TimelineRow } from '@/api/types'
import { byDay } from '@/shared/ui/ByDay'

import { leading } from './status'

const row = (id: number, at: string): TimelineRow => ({
  id,
  at,
  source: 'file',
  kind: 'added',
  facts: {},
  staff_name: null,
  userid: null,
  actor: { kind: 'member', userid: null, name: null },
  reference: null,
  also: [],
})

it('groups a timeline by China\'s days', () => {
  const days = byDay([row(3, '2026-11-21T16:30:00Z'), row(2, '2026-11-21T15:30:00Z'), row(1, '2026-11-20T16:00:00Z')])
  expect(days.map((day) => [day.day, day.rows.length])).toEqual([
    ['2026-11-22', 1],
    ['2026-11-21', 2],
  ])
})

it('lets a living relation speak for the customer before a newer one that ended', () => {
  const follows = [
    { status: 'deleted_by_staff', added_at: '2026-11-02T00:00:00Z' },
    { status: 'active', added_at: '2026-11-01T00:00:00Z' },
  ] as const
  expect(leading(follows)).toBe(follows[1])
  expect(leading([])).toBeUndefined()
})
