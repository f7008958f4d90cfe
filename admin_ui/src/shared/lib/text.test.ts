import { expect, it } from 'vitest'

import { number, total } from './numbers'
import { ago, dateTime, dayOf, dayTitle, seconds } from './time'
import { prettyXml } from './xml'

it('indents XML and leaves its text alone', () => {
  const xml = '<xml><Event><![CDATA[change <a> & b]]></Event><T>1</T><List><Item>甲</Item></List><Empty></Empty></xml>'
  expect(prettyXml(xml).split('\n')).toEqual([
    '<xml>',
    '  <Event><![CDATA[change <a> & b]]></Event>',
    '  <T>1</T>',
    '  <List>',
    '    <Item>甲</Item>',
    '  </List>',
    '  <Empty></Empty>',
    '</xml>',
  ])
})

it('shows times on China\'s clock', () => {
  expect(dateTime('2026-11-21T16:30:00Z')).toBe('2026/11/22 00:30')
  expect(dateTime('2026-11-21T16:00:00Z')).toBe('2026/11/22 00:00')
  expect(dayOf('2026-11-21T16:30:00Z')).toBe('2026-11-22')
  expect(dateTime(null)).toBe('—')
  expect(dayTitle(new Date().toISOString())).toBe('今天')
})

it('says how long ago, up to a week', () => {
  const now = Date.parse('2026-11-22T12:00:00Z')
  expect(ago('2026-11-22T11:59:50Z', now)).toBe('刚刚')
  expect(ago('2026-11-22T11:57:00Z', now)).toBe('3 分钟前')
  expect(ago('2026-11-22T09:00:00Z', now)).toBe('3 小时前')
  expect(ago('2026-10-01T09:00:00Z', now)).toBe('2026/10/01 17:00')
  expect(seconds('2026-11-22T11:00:00Z', '2026-11-22T11:01:13Z')).toBe(73)
})

it('marks a total that stopped counting', () => {
  expect(number(48632)).toBe('48,632')
  expect(total(10_000, true)).toBe('10,000+')
})
