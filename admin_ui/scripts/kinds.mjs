// Collects the views and the words of all kinds, a file each, as the API document lists the kinds.
// A kind without a view or without words does not compile; a view or words of no kind are found as unused.
import { readFileSync, writeFileSync } from 'node:fs'

const from = (path) => new URL(`../${path}`, import.meta.url)
const { schemas } = JSON.parse(readFileSync(from('openapi.json'), 'utf8')).components

/** Where the document names the kinds, and the folders of their views (none where words are all there is) and words. */
const REGISTRIES = [
  { names: schemas.AlertKind.enum, views: 'src/features/alerts/kinds', words: 'alerts' },
  { names: schemas.RuleKind.enum, views: 'src/features/rules/kinds', words: 'rules' },
  {
    names: [schemas.AlertNoticeRow, schemas.HandoverNoticeRow, schemas.AlarmNotices].flatMap((row) => row.properties.kind.enum),
    words: 'notices',
  },
  { names: schemas.ApprovalKind.enum, views: 'src/shared/approvals/kinds', words: 'approvals' },
  { names: schemas.TimelineRow.properties.kind.enum, views: 'src/features/customers/kinds', words: 'timeline' },
]

const TERMS = 'src/shared/terms'
const MADE = '/** Made by `npm run api-types` from the API document; not written by hand. */\n'
const lines = (items, line) => items.map((item) => `${line(item)}\n`).join('')

for (const { names, views } of REGISTRIES.filter((registry) => registry.views)) {
  writeFileSync(
    from(`${views}/index.ts`),
    `${MADE}${lines(names, (kind) => `import { view as ${kind} } from './${kind}'`)}` +
      `import type { Views } from './view'\n\nexport const VIEWS = {\n${lines(names, (kind) => `  ${kind},`)}} satisfies Views\n`,
  )
}

const files = REGISTRIES.flatMap(({ names, words }) => names.map((kind) => ({ name: `${words}_${kind}`, path: `./${words}/${kind}` })))
writeFileSync(
  from(`${TERMS}/kinds.ts`),
  MADE +
    lines(files, ({ name, path }) => `import ${name}_en from '${path}.en-US.json'\nimport ${name}_zh from '${path}.zh-CN.json'`) +
    `\nexport type KindWords = ${files.map(({ name }) => `typeof ${name}_zh`).join(' &\n  ')}\n` +
    `\nexport const EN = [\n${lines(files, ({ name }) => `  ${name}_en satisfies typeof ${name}_zh,`)}]\n` +
    `\nexport const ZH = [\n${lines(files, ({ name }) => `  ${name}_zh satisfies typeof ${name}_en,`)}]\n`,
)
