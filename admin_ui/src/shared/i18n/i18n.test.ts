import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import i18next from 'i18next'
import { afterAll, expect, it, vi } from 'vitest'

import '../terms/words'

import en from './en-US.json'
import { addWords, chooseLanguage, languageChoice, wordFor, type Language } from './index'
import zh from './zh-CN.json'

type Words = { [key: string]: string | Words }

function flat(words: Words, above = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === 'string') found.set(above + key, value)
    else for (const [deep, text] of flat(value, `${above}${key}.`)) found.set(deep, text)
  }
  return found
}

/** The words of all entries and those that come with a page, as `addWords` joins them; no two files have the same word. */
function whole(own: Words, language: Language): Map<string, string> {
  const src = join(import.meta.dirname, '../..')
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith(`${language}.json`) && dirname(name) !== 'shared/i18n',
  )
  const words = flat(own)
  for (const name of files) {
    for (const [key, text] of flat(JSON.parse(readFileSync(join(src, name), 'utf8')) as Words)) {
      if (words.has(key)) throw new Error(`${key} stands in ${name} and elsewhere`)
      words.set(key, text)
    }
  }
  return words
}

const chinese = whole(zh as Words, 'zh-CN')
const english = whole(en as Words, 'en-US')
const slots = (text: string): string[] => [...text.matchAll(/\{\{(\w+)(?:, number)?\}\}/g)].map((match) => match[1] ?? '').sort()
const singular = (key: string): boolean => key.endsWith('_one')
/** Slots that stand for a number of things: a sentence with one of them has to agree with it in English. */
const COUNTS = /\{\{count\b/

afterAll(() => chooseLanguage('zh-CN'))

it('has every word in both languages, with the same slots', () => {
  // Chinese has one form for all numbers, English two.
  expect([...english.keys()].filter((key) => !singular(key)).sort()).toEqual([...chinese.keys()].sort())
  for (const [key, text] of chinese) expect(slots(english.get(key) ?? ''), key).toEqual(slots(text))
})

it('says in English one thing and several things each in its own form', () => {
  for (const [key, text] of english) {
    if (singular(key)) expect(english.has(key.replace(/_one$/, '_other')), key).toBe(true)
    else if (key.endsWith('_other')) expect(english.has(key.replace(/_other$/, '_one')), key).toBe(true)
    else expect(text, key).not.toMatch(COUNTS)
  }
})

it('writes no number before a noun that does not agree with it', () => {
  // A number that is no `count` stands before a unit or a participle, never before a plural.
  const nouns = /\{\{(?!count\b)\w+(?:, number)?\}\} (?:customers|members|groups|messages|alerts|tasks|words|hits|rows|items|calls|lines|seconds|conversations|broadcasts|sessions|days)\b/
  for (const [key, text] of english) if (!/_(?:one|other)$/.test(key) && key !== 'members.hold.accounts') expect(text, key).not.toMatch(nouns)
})

it('speaks the language of the browser until another is chosen', async () => {
  const browser = vi.spyOn(navigator, 'language', 'get')
  localStorage.removeItem('scrm.language')
  for (const [asked, spoken] of [['zh-TW', 'zh-CN'], ['zh', 'zh-CN'], ['en-GB', 'en-US'], ['de', 'en-US']] as const) {
    browser.mockReturnValue(asked)
    expect(languageChoice(), asked).toBe(spoken)
  }
  await chooseLanguage('zh-CN')
  expect(languageChoice()).toBe('zh-CN')
  browser.mockRestore()
})

it('leaves no Chinese in the English words', () => {
  const own = new Set(['language.zh'])
  for (const [key, text] of english) if (!own.has(key)) expect(text, key).not.toMatch(/[\u3400-\u9fff]/)
})

it('knows every key that the sources name', () => {
  const src = join(import.meta.dirname, '../..')
  const sources = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.test)\.tsx?$/.test(name))
  for (const name of sources) {
    const text = readFileSync(join(src, name), 'utf8')
    for (const [, key = ''] of text.matchAll(/\bt\('([\w.]+)'/g)) {
      expect(chinese.has(key) || chinese.has(`${key}_other`), `${key} in ${name}`).toBe(true)
    }
  }
})

it('shows a value it has no word for as it is', async () => {
  expect(wordFor('addWay', 1)).toBe('扫描二维码')
  expect(wordFor('addWay', 777)).toBe('777')
  expect(wordFor('addWay', null)).toBe('—')
  expect(wordFor('actor', 'system:sync')).toBe('系统：同步')
  await chooseLanguage('en-US')
  expect(wordFor('actor', 'system:sync')).toBe('System: sync')
  expect(i18next.t('time.days', { count: 1 })).toBe('1 day')
})

it('takes the words of a feature in both languages, whichever is chosen when its page comes', async () => {
  await chooseLanguage('zh-CN')
  addWords('zh-CN', { members: { title: '组织与成员' } })
  addWords('en-US', { members: { title: 'Members' } })
  await chooseLanguage('en-US')
  expect(i18next.t('members.title')).toBe('Members')
  expect(i18next.t('shell.search')).not.toBe('搜索客户、页面')
})
