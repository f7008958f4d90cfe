// Fail when an entry or a lazily loaded route outgrows its budget (gzip -9, kB of 1000 bytes).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const BUDGETS = { console: 270, sidebar: 250, simulator: 300, route: 130, chartRoute: 220 }
const CHART_ROUTES = ['src/features/dashboard/pages/DashboardPage.tsx']

const dist = new URL('../dist/', import.meta.url).pathname
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))

function filesOf(key, seen = new Set()) {
  const chunk = manifest[key]
  if (!chunk) throw new Error(`the build has no ${key}`)
  if (seen.has(chunk.file)) return seen
  seen.add(chunk.file)
  for (const css of chunk.css ?? []) seen.add(css)
  for (const next of chunk.imports ?? []) filesOf(next, seen)
  return seen
}

const sizes = new Map()
function weigh(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(join(dist, file)), { level: 9 }).length)
  return sizes.get(file)
}

const total = (files) => [...files].reduce((sum, file) => sum + weigh(file), 0) / 1000
const rows = []
const entry = filesOf('index.html')
rows.push(['console', total(entry), BUDGETS.console])
rows.push(['sidebar', total(filesOf('sidebar.html')), BUDGETS.sidebar])
if (manifest['simulator.html']) rows.push(['simulator', total(filesOf('simulator.html')), BUDGETS.simulator])
for (const key of Object.keys(manifest).filter((name) => /Page\.tsx$/.test(name))) {
  const added = [...filesOf(key)].filter((file) => !entry.has(file))
  rows.push([`+ ${key}`, total(added), CHART_ROUTES.includes(key) ? BUDGETS.chartRoute : BUDGETS.route])
}

let over = 0
for (const [name, kilobytes, budget] of rows) {
  const state = kilobytes > budget ? 'OVER' : 'ok'
  if (kilobytes > budget) over += 1
  console.log(`${state.padEnd(4)} ${kilobytes.toFixed(1).padStart(7)} / ${budget} kB  ${name}`)
}
process.exit(over ? 1 : 0)
