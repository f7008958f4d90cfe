import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

import { expect, it } from 'vitest'

const SRC = join(import.meta.dirname, '../..')
const groupsIn = (file: string): string[] => Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object)

/** The folders whose words come with this module, itself and by what it imports; types and lazy parts bring none. */
function brought(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const text = readFileSync(file, 'utf8')
  for (const [, name = ''] of text.matchAll(/^(?:import (?!type)(?:[^'()]*? from )?|\} from )'((?:@|\.{1,2})\/[^']+)'/gm)) {
    const base = name.startsWith('@/') ? join(SRC, name.slice(2)) : join(dirname(file), name)
    const found = [`${base}.ts`, `${base}.tsx`, join(base, 'index.ts')].find((path) => existsSync(path))
    if (found) brought(found, seen)
  }
  return seen
}

const ENTRY = groupsIn(join(SRC, 'shared/i18n/zh-CN.json'))
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
const owner = new Map<string, string>()
for (const name of files.filter((file) => file.endsWith('zh-CN.json') && !file.startsWith('shared/i18n'))) {
  // The words of a kind are those of the terms, which collect them.
  const folder = dirname(name).startsWith('shared/terms/') ? 'shared/terms' : dirname(name)
  for (const group of groupsIn(join(SRC, name))) owner.set(group, join(SRC, folder, 'words.ts'))
}

/** Where code begins to be fetched: what stands behind an `import()`, and the surfaces themselves. */
const roots = files.filter((name) => /(^|\/)main\.tsx$|Page\.tsx$|^console\/(?:AccountMenu|CommandMenu|Corner|Denied|KeySheet|Menu)\.tsx$/.test(name))

it.each(roots)('brings with %s all the words that it names', (root) => {
  const modules = brought(join(SRC, root))
  for (const module of modules) {
    const text = readFileSync(module, 'utf8')
    for (const [, group = ''] of text.matchAll(/\b(?:t|wordFor)\(\s*['`](\w+)(?=[.'])/g)) {
      if (ENTRY.includes(group)) continue
      expect(owner.has(group), `${group} in ${relative(SRC, module)}`).toBe(true)
      expect(modules.has(owner.get(group) ?? ''), `the words ${group} of ${relative(SRC, module)}`).toBe(true)
    }
  }
})

it('looks at every page', () => {
  expect(roots.length).toBeGreaterThan(15)
})
