/**
 * The bundles of the desktop app: main process, preload script, window. Laid beside the headless bundles in dist/app. Built, the main
 * process is app.cjs, run by main.mjs from the code that V8 kept (electron/desktop/shell/begin.ts); with hot reload it is one file.
 */
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import Module, { createRequire } from 'node:module'
import { join } from 'node:path'
import { build, type Plugin } from 'vite'
import { bundling, inAscii } from './scripts/lib/bundling.mjs'
import { externals } from './scripts/lib/entries.mjs'
import { root } from './scripts/lib/paths.mjs'
import { buildStamp } from './scripts/lib/stamp.mjs'

const out = (name: string): string => join(process.env.PRINTBELL_DIST ?? 'dist', 'app', name)
const external = ['electron', ...externals]
// White space and comments go: the source stays in memory as long as the app or the window runs. Names stay, for stack traces.
const minify = { compress: true, mangle: { toplevel: false, keepNames: true }, codegen: { removeWhitespace: true } } as const

/** Its native code beside the bundle, by the shortest way; whoever has another build of it is found by the package's own. */
const SQLITE_BINDING = `
const { dirname, join } = require('node:path')
module.exports = () => {
  try {
    return require(join(__dirname, '..', '..', '..', 'node_modules', '@photostructure', 'sqlite', 'prebuilds', process.platform + '-' + process.arch, '@photostructure+sqlite.glibc.node'))
  } catch {
    return require('node-gyp-build')(dirname(require.resolve('@photostructure/sqlite/package.json')))
  }
}`

/** SQLite's scripts as part of the app's, whose code is kept: found, read and compiled as a package they are milliseconds of each start. */
const withSqlite = (): Plugin => ({
  name: 'printbell:sqlite',
  enforce: 'pre',
  resolveId(source, importer) {
    if (source === '@photostructure/sqlite') return createRequire(import.meta.url).resolve(source)
    if (source !== 'node-gyp-build') return null
    return importer === '\0sqlite-binding' ? { id: source, external: true } : '\0sqlite-binding'
  },
  load: (id) => (id === '\0sqlite-binding' ? SQLITE_BINDING : null),
})

/** Around what stands for the module. */
const WRAPPER = Module.wrap('|')

/** Builds app.cjs and its parts beside main.mjs, each a script that gives a module's function: V8 keeps the code of scripts, not of modules. */
const withApp = (): Plugin => ({
  name: 'printbell:app',
  apply: 'build',
  async closeBundle() {
    const base = bundling({ app: 'electron/main.ts' }, { outDir: out('main'), emptyOutDir: false })
    const output = {
      format: 'cjs', entryFileNames: '[name].cjs', minify,
      // Always of one name: the code that V8 kept of it lies under it.
      chunkFileNames: 'app-[name].cjs',
      // Node's wrapper of a module, put on here: at the start it would make a second copy of the whole source.
      postBanner: WRAPPER.slice(0, WRAPPER.indexOf('|')), postFooter: WRAPPER.slice(WRAPPER.indexOf('|') + 1),
    } as const
    await build({ ...base, define: { __BUILD__: JSON.stringify(buildStamp(root)) }, plugins: [...(base.plugins ?? []), withSqlite()], ssr: { ...base.ssr, external: external.filter((name) => name !== '@photostructure/sqlite') }, build: { ...base.build, rolldownOptions: { input: { app: 'electron/main.ts' }, output } }, logLevel: 'error' })
  },
})

export default defineConfig(({ command }) => ({
  main: {
    plugins: [inAscii(), ...(command === 'build' ? [withApp()] : [])],
    build: {
      outDir: out('main'),
      emptyOutDir: true,
      // One file and what it loads lazily: nothing of node_modules is looked for at start but native code.
      externalizeDeps: false,
      sourcemap: true,
      minify: false,
      target: 'node20',
      // The export, reports and backups run in threads of their own, a user's plugin in a process of its own: all are found beside the main file.
      rolldownOptions: {
        input: {
          main: command === 'build' ? 'electron/desktop/shell/begin.ts' : 'electron/main.ts',
          'history-export': 'electron/engine/history/export-worker.ts', 'history-report': 'electron/engine/why/report-worker.ts', 'backup-worker': 'electron/engine/backup/worker.ts', 'plugin-process': 'electron/engine/channels/plugins/plugin-process.mjs',
        },
        external,
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: 'chunk-[name]-[hash].mjs', minify },
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
    plugins: [vue(), inAscii()],
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
      minify: false,
      rolldownOptions: { input: { index: 'renderer/index.html' }, output: { minify } },
    },
  },
}))
