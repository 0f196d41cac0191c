/** The three bundles of the desktop app: main process, preload script, window. Laid beside the headless bundles in dist/app. */
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { join } from 'node:path'
import { inLatin1 } from './scripts/lib/bundling.mjs'
import { externals } from './scripts/lib/entries.mjs'

const out = (name: string): string => join(process.env.PRINTBELL_DIST ?? 'dist', 'app', name)
const external = ['electron', ...externals]

export default defineConfig({
  main: {
    plugins: [inLatin1()],
    build: {
      outDir: out('main'),
      emptyOutDir: true,
      // One file and what it loads lazily: nothing of node_modules is looked for at start but native code.
      externalizeDeps: false,
      sourcemap: true,
      minify: false,
      target: 'node20',
      // The export, reports and backups run in threads of their own, a user's plugin in a process of its own: all are found beside the main file.
      rolldownOptions: { input: { main: 'electron/main.ts', 'history-export': 'electron/engine/history/export-worker.ts', 'history-report': 'electron/engine/why/report-worker.ts', 'backup-worker': 'electron/engine/backup/worker.ts', 'plugin-process': 'electron/engine/channels/plugins/plugin-process.mjs' }, external, // White space and comments go: the source stays in memory as long as the app runs. Names stay, for stack traces.
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: 'chunk-[name]-[hash].mjs', minify: { compress: true, mangle: { toplevel: false, keepNames: true }, codegen: { removeWhitespace: true } } },
      },
    },
  },
  preload: {
    build: {
      outDir: out('preload'),
      emptyOutDir: true,
      externalizeDeps: false,
      // A sandboxed preload script can only be CommonJS.
      rolldownOptions: { input: { preload: 'electron/bridge/preload.ts' }, external: ['electron'], output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: {
    root: 'renderer',
    base: './',
    plugins: [vue()],
    define: {
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __INTLIFY_PROD_DEVTOOLS__: 'false',
      // Messages are compiled without eval: the page's CSP forbids it.
      __INTLIFY_JIT_COMPILATION__: 'true',
    },
    build: {
      outDir: out('renderer'),
      emptyOutDir: true,
      sourcemap: false,
      target: 'chrome130',
      // A picture as a data: address would need a hole in the CSP.
      assetsInlineLimit: 0,
      modulePreload: false,
      rolldownOptions: { input: { index: 'renderer/index.html' } },
    },
  },
})
