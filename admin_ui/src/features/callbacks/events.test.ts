import './words'

import { expect, it } from 'vitest'

import { titleOf } from './events'

it.each([
  [{ event: 'change_external_contact', change_type: 'del_follow_user', known: true }, '客户删除员工'],
  [{ event: 'change_external_chat', change_type: 'update', known: true }, '客户群变更 · 变更'],
  [{ event: 'mystery', change_type: null, known: false }, '未识别的事件'],
  [{ event: null, change_type: null, known: null }, '尚未解析'],
])('calls %o 「%s」', (row, title) => {
  expect(titleOf(row)).toBe(title)
})
