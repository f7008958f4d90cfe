import { fileURLToPath } from 'node:url'

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

import { chunkNames } from './build/chunks.ts'
import { pages } from './build/pages.ts'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const server = process.env.SCRM_DEV_SERVER ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [react(), pages(at('./src'))],
  resolve: { alias: { '@': at('./src') } },
  build: {
    target: ['es2020', 'safari14'],
    manifest: true,
    modulePreload: { polyfill: false },
    // The budgets count gzip themselves; the reporter would only slow the build.
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      // These packages only define things but do not say so: an entry that takes one name of theirs would take them whole.
      treeshake: { moduleSideEffects: [{ test: /node_modules\/@rc-component\//, sideEffects: false }] },
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [{ debugName: 'ours', name: chunkNames(at('.').replace(/\/$/, '')) }],
        },
      },
      input: { console: at('./index.html'), sidebar: at('./sidebar.html'), simulator: at('./simulator.html') },
    },
  },
  server: {
    proxy: Object.fromEntries(['/api', '/simulator/api', '/login/wecom'].map((path) => [path, { target: server }])),
  },
  test: { environment: 'jsdom', setupFiles: ['./tests/setup.ts'], include: ['src/**/*.test.{ts,tsx}'] },
})
