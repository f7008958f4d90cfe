import { afterAll, expect, it } from 'vitest'

import { chooseLanguage } from '@/shared/i18n'
import { lasted } from '@/shared/lib/time'
import { calledAs, remarkOf } from '@/shared/ui/Called'

import { mondayOf } from './components/Own'

afterAll(() => chooseLanguage('zh-CN'))

it('says how long something lasted in days, below one in hours and minutes', async () => {
  const spans = [null, 20, 60, 4_920, 7_200, 86_399, 86_400, 200_000]
  expect(spans.map(lasted)).toEqual([
    '—', '不到 1 分钟', '1 分钟', '1 小时 22 分', '2 小时', '23 小时 59 分', '1 天', '2 天',
  ])
  await chooseLanguage('en-US')
  expect(spans.map(lasted)).toEqual([
    '—', 'less than a minute', '1 minute', '1 h 22 min', '2 hours', '23 h 59 min', '1 day', '2 days',
  ])
  await chooseLanguage('zh-CN')
})

it('begins the week on Monday', () => {
  expect(['2026-11-23', '2026-11-27', '2026-11-29', '2026-11-30'].map(mondayOf)).toEqual([
    '2026-11-23', '2026-11-23', '2026-11-23', '2026-11-30',
  ])
})

it('calls a customer by the remark that is meant, the reader\'s own, then that of who follows', () => {
  const follow = (userid: string, remark: string, status: string, added_at = '2026-11-01') => ({
    userid, remark, status, added_at,
  })
  const follows = [follow('carl', '旧备注', 'transferred', '2026-11-09'), follow('bob', '三号楼', 'active'), follow('dora', '', 'active')]
  expect(remarkOf(follows, null)).toBe('三号楼')
  expect(remarkOf(follows, 'Carl')).toBe('旧备注')
  expect(remarkOf(follows, null, follows[0])).toBe('旧备注')
  expect([calledAs('平安', '三号楼'), calledAs('平安', '平安'), calledAs('平安', '')]).toEqual(['平安（三号楼）', '平安', '平安'])
})
