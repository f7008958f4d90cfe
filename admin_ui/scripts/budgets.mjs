// Fail when an entry or a lazily loaded route outgrows its budget (gzip -9, kB of 1000 bytes).
import { BUDGETS } from './budget.mjs'
import { weighing } from './weigh.mjs'

const CHART_ROUTES = ['src/features/dashboard/pages/DashboardPage.tsx']

const { manifest, filesOf, total } = weighing(new URL('../dist/', import.meta.url).pathname)

const rows = []
const entry = filesOf('index.html')
rows.push(['console', total(entry), BUDGETS.console])
rows.push(['sidebar', total(filesOf('sidebar.html')), BUDGETS.sidebar])
if (manifest['simulator.html']) rows.push(['simulator', total(filesOf('simulator.html')), BUDGETS.simulator])
const shared = new Set(
  Object.values(manifest)
    .filter(({ name }) => ['shared', 'dates', 'list'].includes(name))
    .flatMap(({ file, css = [] }) => [file, ...css]),
)
if (shared.size !== 4) throw new Error(`what pages share is not in three files and a style sheet: ${[...shared].join(' ')}`)
rows.push(['shared by the pages', total(shared), BUDGETS.shared])
for (const key of Object.keys(manifest).filter((name) => /Page\.tsx$/.test(name))) {
  const added = [...filesOf(key)].filter((file) => !entry.has(file) && !shared.has(file))
  rows.push([`+ ${key}`, total(added), CHART_ROUTES.includes(key) ? BUDGETS.chartRoute : BUDGETS.route])
}

let over = 0
for (const [name, kilobytes, budget] of rows) {
  const state = kilobytes > budget ? 'OVER' : 'ok'
  if (kilobytes > budget) over += 1
  console.log(`${state.padEnd(4)} ${kilobytes.toFixed(1).padStart(7)} / ${budget} kB  ${name}`)
}
process.exit(over ? 1 : 0)
