/** Which module shows which address, for the server: it has a page's files fetched along with the entry. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Plugin } from 'vite'

const LAZY = /const (\w+) = lazily\(\(\) => import\('\.\/([^']+)'\)\)/g
const ROUTE = /path: '([^']+)',[^}]*?page: (?:lazily\(\(\) => import\('\.\/([^']+)'\)\)|(\w+))/g
/** Reached from the account menu or before signing in, so that no `feature.ts` names them. */
const ACCOUNT = { '/login': 'LoginPage', '/devices': 'DevicesPage', '/password': 'PasswordPage' }

/** Address (`/alerts/:id`) to module (`src/features/…/AlertsPage.tsx`), as the features describe themselves. */
export function pageModules(src: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [path, page] of Object.entries(ACCOUNT)) found[path] = `src/features/account/pages/${page}.tsx`
  for (const key of readdirSync(join(src, 'features')).filter((name) => name !== 'account')) {
    const text = readFileSync(join(src, 'features', key, 'feature.ts'), 'utf8')
    const modules = new Map([...text.matchAll(LAZY)].map(([, name, path]) => [name, path]))
    for (const [, path = '', inline, name] of text.matchAll(ROUTE)) {
      const page = inline ?? modules.get(name)
      if (!page) throw new Error(`${key}/feature.ts: ${name} is no page that is fetched when it is opened`)
      found[path] = `src/features/${key}/${page}.tsx`
    }
  }
  return found
}

export function pages(src: string): Plugin {
  return {
    name: 'scrm-pages',
    apply: 'build',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: '.vite/pages.json', source: JSON.stringify(pageModules(src)) })
    },
  }
}
