import { expect, it } from 'vitest'

import { partsOf, type MenuPart } from './menu'
import { PAGES } from './pages'

const told = ({ group, pages, parts }: MenuPart): unknown[] => [group ?? '', ...pages.map((page) => page.key), ...parts.map(told)]
const of = (...keys: string[]) => partsOf(PAGES.filter((page) => keys.includes(page.key))).map(told)

it('groups all pages, the technical ones within the settings', () => {
  expect(partsOf(PAGES).map(told)).toEqual([
    ['', 'dashboard'],
    ['customers', 'customers', 'exports'],
    ['marketing', 'broadcasts', 'welcome'],
    ['compliance', 'alerts', 'messages', 'rules', 'handovers', 'audit'],
    ['settings', 'members', ['operations', 'sync', 'callbacks', 'tasks']],
  ])
})

it('has no groups for few pages, and none of a single page', () => {
  expect(of('dashboard', 'customers', 'alerts')).toEqual([['', 'dashboard', 'customers', 'alerts']])
  const most = ['dashboard', 'customers', 'broadcasts', 'alerts', 'messages', 'rules', 'handovers', 'audit']
  expect(of(...most, 'callbacks').at(-1)).toEqual(['', 'callbacks'])
  expect(of(...most, 'members', 'callbacks').at(-1)).toEqual(['settings', 'members', ['', 'callbacks']])
})
