import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { pageModules } from '../../build/pages'
import en from './en-US.json'
import zh from './zh-CN.json'
import { PAGES, pagesOf } from './pages'

const SRC = join(import.meta.dirname, '..')
/** Signing in, devices and password: reached from the account menu, not from the main one. */
const OUTSIDE_THE_MENU = new Set(['account'])

it('has the pages in their places', () => {
  expect(PAGES.map((page) => `${page.path} ${page.permission}`)).toEqual([
    '/ dashboard.read',
    '/customers customers.read',
    '/exports customers.export',
    '/broadcasts broadcasts.read',
    '/welcome welcome.set',
    '/alerts alerts.read',
    '/messages messages.read',
    '/rules messages.read',
    '/handovers handovers.read',
    '/audit audit.read',
    '/members accounts.read',
    '/sync sync.read',
    '/callbacks callbacks.read',
    '/tasks tasks.read',
  ])
})

it('finds in every feature all that the console shows of it', () => {
  const folders = readdirSync(join(SRC, 'features')).filter((name) => !OUTSIDE_THE_MENU.has(name))
  expect(PAGES.map((page) => page.key as string).sort()).toEqual(folders.sort())
  for (const { key, path, page } of PAGES) {
    expect(zh.menu[key], `the menu word of ${key}`).toBeTruthy()
    expect(en.menu[key], `the English menu word of ${key}`).toBeTruthy()
    expect(path, key).toMatch(/^\//)
    expect(page, `the page of ${key}`).toHaveProperty('$$typeof')
    expect(existsSync(join(SRC, 'features', key, 'icon.ts')), `the icon of ${key}`).toBe(true)
  }
})

it('tells the server of every address with the module that shows it', () => {
  const told = pageModules(SRC)
  const addresses = PAGES.flatMap((page) => [page.path, ...(page.more ?? []).map((deeper) => deeper.path)])
  expect(Object.keys(told).sort()).toEqual([...addresses, '/devices', '/login', '/password'].sort())
  for (const [address, module] of Object.entries(told)) expect(existsSync(join(SRC, '..', module)), address).toBe(true)
})

it('gives no address and no place to two', () => {
  const addresses = PAGES.flatMap((page) => [page.path, ...(page.more ?? []).map((deeper) => deeper.path)])
  expect(new Set(addresses).size).toBe(addresses.length)
  const places = PAGES.map(({ menu }) => `${menu.group} ${menu.place}`)
  expect(new Set(places).size).toBe(places.length)
})

it('orders by group, then by place, and takes the key from the folder', () => {
  const of = (group: 'work' | 'settings', place: number) => ({ ...PAGES[0]!, menu: { ...PAGES[0]!.menu, group, place } })
  const found = pagesOf({ '../features/c/feature.ts': of('settings', 1), '../features/b/feature.ts': of('work', 9), '../features/a/feature.ts': of('work', 10) })
  expect(found.map((page) => page.key)).toEqual(['b', 'a', 'c'])
})

it('brings the words of each feature with each of its pages', () => {
  for (const name of readdirSync(join(SRC, 'features'))) {
    const pages = readdirSync(join(SRC, 'features', name, 'pages'))
    expect(existsSync(join(SRC, 'features', name, 'words.ts')), name).toBe(true)
    for (const page of pages.filter((file) => file.endsWith('Page.tsx'))) {
      expect(readFileSync(join(SRC, 'features', name, 'pages', page), 'utf8'), page).toContain("import '../words'\n")
    }
  }
})
