import { expect, it } from 'vitest'

import type { Attachment } from '@/api/types'

import { contentOf, draftPart, EMPTY, isPartReady, missing, moved, type Draft } from './draft'

const IMAGE: Attachment = { kind: 'image', media_id: 3 }
const LINK: Attachment = { kind: 'link', title: '新品', url: 'https://shop.example.com', desc: '', picurl: '' }
const MINI: Attachment = { kind: 'miniprogram', title: '商城', appid: 'wx1', page: 'pages/index', media_id: 4 }

it.each([
  [0, 2, 'bcad'],
  [3, 0, 'dabc'],
  [1, 1, 'abcd'],
  [2, 3, 'abdc'],
])('moves the element at %i to %i', (from, to, order) => {
  expect(moved([...'abcd'], from, to).join('')).toBe(order)
})

it.each<[string, Attachment, boolean]>([
  ['a picture', IMAGE, true],
  ['a picture that is not there yet', { ...IMAGE, media_id: 0 }, false],
  ['a link', LINK, true],
  ['a link without a title', { ...LINK, title: ' ' }, false],
  ['a link that is no address', { ...LINK, url: 'shop.example.com' }, false],
  ['a cover that is no address', { ...LINK, picurl: 'cover.png' }, false],
  ['a title of 128 bytes', { ...LINK, title: '长'.repeat(42) + 'ab' }, true],
  ['a title of 129 bytes', { ...LINK, title: '长'.repeat(43) }, false],
  ['a mini-program', MINI, true],
  ['a mini-program without a cover', { ...MINI, media_id: 0 }, false],
  ['a mini-program with a title of 66 bytes', { ...MINI, title: '长'.repeat(22) }, false],
])('judges %s as WeCom does', (_, part, ready) => {
  expect(isPartReady(part)).toBe(ready)
})

it('names what is missing, in the order of the form', () => {
  expect(missing(EMPTY)).toEqual(['name', 'content', 'audience'])
  const draft: Draft = { ...EMPTY, title: '预告', audience: { ...EMPTY.audience, everyone: true } }
  expect(missing({ ...draft, text: '长'.repeat(1_334) })).toEqual(['shorterText'])
  expect(missing({ ...draft, parts: [draftPart(IMAGE)] })).toEqual([])
  expect(missing({ ...draft, parts: [draftPart(IMAGE), draftPart({ ...LINK, url: '' })] })).toEqual(['attachments'])
})

it('sends every attachment in its order', () => {
  const parts = [LINK, IMAGE, MINI].map(draftPart)
  expect(contentOf({ ...EMPTY, title: ' 预告 ', parts }).attachments).toEqual([LINK, IMAGE, MINI])
})
