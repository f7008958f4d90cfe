/** How the modules are put together, so that a page is a handful of files: each file more is a request more. */
import type { Rolldown } from 'vite'

type Info = Pick<Rolldown.ModuleInfo, 'importedIds' | 'code'>
type InfoOf = (id: string) => Info | null
type Graph = { getModuleInfo: InfoOf }

const SURFACES = ['console', 'sidebar'].map((name) => `/src/${name}/main.tsx`)
/** What a few pages choose days with, a fifth of all widgets. */
const DATES =
  /\/src\/shared\/ui\/DayRange|\/node_modules\/(?:@rc-component\/picker|antd\/es\/(?:date-picker|time-picker|calendar)|dayjs\/plugin)\//
/** Reached from a button, which asks whether it stands in a form; an entry has none. */
const FORMS = /\/node_modules\/@rc-component\/(?:form\/es\/(?!FormContext|FieldContext|ListContext)|async-validator\/)/
/** Of the frame, but shown beside the page: see `frame.ts`. */
const FRAME = /\/src\/(?:console\/(?:AccountMenu|Corner|Denied|Menu|MenuIcon|menu|frame|words|(?:zh-CN|en-US))|features\/\w+\/icon)\.(?:tsx?|json)$/
/** The template of every page that is a list, but for what is fetched when it is opened. */
const LIST = /\/src\/shared\/list\/(?!Builder|bulk\/)/
const LATER = /\/src\/shared\/list\/(?:Builder|bulk\/)/
/** A customer as their own page and the panel beside the list show them; what the list shows too is of all pages. */
const CUSTOMER = /\/src\/features\/customers\/(?:components\/(?:Profile|Timeline)|timeline\/|kinds\/|record\/)/
/** What the pages on broadcasts share. */
const BROADCASTS = /\/src\/features\/broadcasts\/(?:components\/Parts|states|words|broadcasts|zh-CN|en-US)\b/
const OF_LISTS = /\/src\/features\/customers\/components\/(?:OwnedBy|FoundBy)/
const OURS = /\/src\/(?:shared|api|features\/customers)\//
const OF_ONE_PAGE = /\/node_modules\/(?:echarts|zrender|@wecom|react-router)\//
/** Of a language that is fetched by those who read it. */
const LOCALE = /\/locale\/|\/shared\/i18n\/en-US\.json$/

/** antd and its icons give out everything by one module each; what a file takes of them is what it names. */
const BARREL = /(.*\/node_modules\/(?:antd|@ant-design\/icons)\/es)\/index\.js$/
const NAMED = /import \{([^}]*)\} from "(antd|@ant-design\/icons)"/g

const kebab = (name: string): string => name.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()

function named(barrel: string, code: string): string[] {
  return [...code.matchAll(NAMED)]
    .filter(([, , from]) => barrel.includes(`/${from}/`))
    .flatMap(([, names = '', from]) => {
      const own = names.split(',').map((one) => one.trim().split(' ')[0] ?? '')
      return own.filter(Boolean).map((name) => `${barrel}/${from === 'antd' ? `${kebab(name)}/index` : `icons/${name}`}.js`)
    })
}

function imported(id: string, infoOf: InfoOf): string[] {
  const info = infoOf(id)
  return (info?.importedIds ?? []).flatMap((next) => {
    const barrel = BARREL.exec(next)?.[1]
    return barrel ? named(barrel, info?.code ?? '') : [next]
  })
}

/** All that is fetched with a module, itself included. */
function reached(from: string, infoOf: InfoOf, seen = new Set<string>()): Set<string> {
  if (seen.has(from)) return seen
  seen.add(from)
  for (const next of imported(from, infoOf)) reached(next, infoOf, seen)
  return seen
}

/**
 * The name of the file that a module goes to; null where the bundler chooses.
 *
 * `base` is what console and sidebar begin with; `shared` are our own parts and antd's that pages bring, `dates` those that
 * choose days, `list` what makes a list, `customer` one
 * customer on a page or in a panel.
 */
export function chunkNames(root: string): (id: string, graph: Graph) => string | null {
  let surfaces: Set<string>[] | undefined
  return (id, graph) => {
    surfaces ??= SURFACES.map((path) => reached(root + path, (known) => graph.getModuleInfo(known)))
    const [console, sidebar] = surfaces
    if (FORMS.test(id)) return 'shared'
    if (console?.has(id)) return sidebar?.has(id) || id.includes('/@ant-design/') ? 'base' : null
    if (LOCALE.test(id)) return null
    if (FRAME.test(id)) return 'shared'
    if (DATES.test(id)) return 'dates'
    if (LIST.test(id)) return 'list'
    const vendor = id.includes('/node_modules/')
    if (sidebar?.has(id) && (vendor || OURS.test(id))) return 'base'
    if (CUSTOMER.test(id)) return 'customer'
    if (BROADCASTS.test(id)) return 'broadcasts'
    if (OF_LISTS.test(id)) return 'shared'
    if (LATER.test(id)) return null
    return (vendor && !OF_ONE_PAGE.test(id)) || /\/src\/(?:shared|api)\//.test(id) ? 'shared' : null
  }
}
