// Fail when an entry would outgrow its budget once it has this many more features (gzip -9, kB of 1000 bytes).
// Builds a copy of the sources with that many features in it, each with a manifest, an icon of its own, a menu word, words and a page.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { build } from 'vite'

import { BUDGETS } from './budget.mjs'
import { weighing } from './weigh.mjs'

const MORE = 50

const from = new URL('../', import.meta.url).pathname
const root = join(tmpdir(), `scrm-grown-${process.pid}`)

/** The words of one made-up feature: as many as a small page of this console has. */
const words = (nth) => Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`word${at}`, `feature ${nth} says ${at * nth}`]))

/** As many icons as there are features, no two the same and none that the console has. */
const taken = new Set(readdirSync(join(from, 'src/features')).map((name) => readFileSync(join(from, 'src/features', name, name === 'account' ? 'words.ts' : 'icon.ts'), 'utf8')).flatMap((text) => text.match(/\w+Outlined/g) ?? []))
const icons = readdirSync(join(from, 'node_modules/@ant-design/icons/es/icons'))
  .filter((name) => /Outlined\.js$/.test(name))
  .map((name) => name.replace('.js', ''))
  .filter((name) => !taken.has(name))

function add(nth) {
  const key = `grown${nth}`
  const folder = join(root, 'src/features', key)
  mkdirSync(join(folder, 'pages'), { recursive: true })
  for (const file of ['zh-CN.json', 'en-US.json']) writeFileSync(join(folder, file), JSON.stringify({ [key]: words(nth) }))
  writeFileSync(join(folder, 'icon.ts'), `export { ${icons[nth]} as default } from '@ant-design/icons'\n`)
  cpSync(join(root, 'src/features/tasks/words.ts'), join(folder, 'words.ts'))
  writeFileSync(
    join(folder, 'feature.ts'),
    readFileSync(join(root, 'src/features/tasks/feature.ts'), 'utf8')
      .replace("'/tasks'", `'/${key}'`)
      .replace(/place: \d+/, `place: ${100 + nth}`)
      .replace('TasksPage', 'GrownPage'),
  )
  writeFileSync(
    join(folder, 'pages/GrownPage.tsx'),
    `import '../words'\n\nexport default function GrownPage() {\n  return <h1>{'${key}'}</h1>\n}\n`,
  )
  for (const file of ['zh-CN.json', 'en-US.json']) {
    const shared = join(root, 'src/console', file)
    const said = JSON.parse(readFileSync(shared, 'utf8'))
    said.menu[key] = `feature ${nth}`
    writeFileSync(shared, JSON.stringify(said))
  }
}

try {
  mkdirSync(root)
  for (const name of ['src', 'build', 'public', 'index.html', 'sidebar.html', 'simulator.html', 'vite.config.ts', 'tsconfig.json', 'package.json']) {
    cpSync(join(from, name), join(root, name), { recursive: true })
  }
  symlinkSync(join(from, 'node_modules'), join(root, 'node_modules'))
  for (let nth = 1; nth <= MORE; nth += 1) add(nth)
  process.chdir(root)
  await build({ root, logLevel: 'error' })
  const { manifest, filesOf, total } = weighing(join(root, 'dist'))
  const pages = Object.keys(manifest).filter((name) => name.endsWith('GrownPage.tsx')).length
  if (pages !== MORE) throw new Error(`${pages} of ${MORE} pages were built`)
  for (const [surface, entry] of [['console', 'index.html'], ['sidebar', 'sidebar.html']]) {
    const kilobytes = total(filesOf(entry))
    const over = kilobytes > BUDGETS[surface]
    console.log(`${over ? 'OVER' : 'ok  '} ${kilobytes.toFixed(1).padStart(7)} / ${BUDGETS[surface]} kB  ${surface} with ${MORE} more features`)
    if (over) process.exitCode = 1
  }
} finally {
  rmSync(root, { recursive: true, force: true })
}
