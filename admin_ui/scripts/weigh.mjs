// What a build makes a browser fetch, in kB of 1000 bytes, gzip -9.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** Of the build in `dist`: its manifest, the files behind a manifest key, and what files weigh together. */
export function weighing(dist) {
  const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))
  const sizes = new Map()

  function filesOf(key, seen = new Set()) {
    const chunk = manifest[key]
    if (!chunk) throw new Error(`the build has no ${key}`)
    if (seen.has(chunk.file)) return seen
    seen.add(chunk.file)
    for (const css of chunk.css ?? []) seen.add(css)
    for (const next of chunk.imports ?? []) filesOf(next, seen)
    return seen
  }

  function weigh(file) {
    if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(join(dist, file)), { level: 9 }).length)
    return sizes.get(file)
  }

  return { manifest, filesOf, total: (files) => [...files].reduce((sum, file) => sum + weigh(file), 0) / 1000 }
}
