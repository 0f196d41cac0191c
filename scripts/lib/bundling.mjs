/** How bundles are made: the same for the program, its workers and the benchmarks. */
import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { entries, externals } from './entries.mjs'
import { dist, root } from './paths.mjs'

/** The entries whose source exists: rooms are built one after the other. */
export const presentEntries = () => Object.fromEntries(Object.entries(entries).filter(([, source]) => existsSync(join(root, source))))

/**
 * V8 keeps a source with a single character beyond Latin-1 in two bytes a character: one narrow space in a text would double what
 * the source takes in memory. So such characters are written as escapes, which mean the same in texts, patterns and names; and so are
 * the rest beyond ASCII, as reading pure ASCII is copying it.
 * @returns {import('vite').Plugin}
 */
export const inAscii = () => ({
  name: 'printbell:ascii',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type === 'chunk') chunk.code = chunk.code.replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    }
  },
})

/**
 * What axios and pino import for ways that nobody goes here, and what stands in for it. `form-data` with its table of a thousand media types is 2.4 MB
 * of heap; our forms are Node's own FormData, which axios sends by itself. HTTP/2 is 0.5 MB; no printer server speaks it. The log goes to a stream of ours,
 * never to a thread of pino's.
 * @type {Readonly<Record<string, string>>}
 */
const STAND_INS = {
  // Nobody lets axios follow a redirect: each is the caller's own decision.
  'follow-redirects': 'import http from "node:http"\nimport https from "node:https"\nexport default { http, https }',
  // Nor speak with a proxy: destinations bring agents of their own (electron/engine/proxy-agents.ts).
  'https-proxy-agent': 'export default class {}',
  'form-data': 'export default function () { return new globalThis.FormData() }',
  http2: 'export default {}',
  // Its three questions of sonic-boom's are no reason to load what compares whole objects.
  assert: 'module.exports = (good, message) => { if (!good) throw new Error(message) }',
  'thread-stream': 'export default class { constructor() { throw new Error("no log goes to a thread") } }',
}

/**
 * Node's own modules that cost a start milliseconds and are not wanted before the first server was asked, or by few starts: TLS for addresses with
 * https, hashes, threads. They are loaded when something of them is first used (docs/performance.md).
 */
const LATE = new Set(['crypto', 'https', 'tls', 'worker_threads'])
const lateName = (source) => source.replace(/^node:/, '')

/**
 * Looked up through a prototype: what the bundler makes for `import` of a CommonJS module keeps its prototype, and copies no value that is
 * there already, which would load it.
 */
const late = (name) => `
let module_
const loaded = () => (module_ ??= require('node:${name}'))
const proxy = new Proxy({}, {
  get: (_, key) => (key === '__esModule' ? undefined : Reflect.get(loaded(), key)),
  has: (_, key) => Reflect.has(loaded(), key),
})
module.exports = Object.create(proxy)`

/** @returns {import('vite').Plugin} */
const loadedLate = () => ({
  name: 'printbell:loaded-late',
  enforce: 'pre',
  resolveId: (source, importer) => (LATE.has(lateName(source)) && !importer?.startsWith('\0late:') ? `\0late:${lateName(source)}` : null),
  load: (id) => (id.startsWith('\0late:') ? late(id.slice('\0late:'.length)) : null),
})

/**
 * Where a package loads one of Node's modules at its import or for next to nothing, said otherwise.
 * @type {{ file: RegExp, from: RegExp | string, to: string | ((...found: string[]) => string) }[]}
 */
const EDITS = [
  // Functions of crypto are taken out of it at the import.
  { file: /[\\/]ws[\\/]lib[\\/](websocket|websocket-server|sender)\.js$/, from: /const \{ ([\w, ]+) \} = require\('crypto'\);/, to: (_, names) => `const crypto_ = require('crypto');\n${names.split(', ').map((name) => `const ${name} = (...given) => crypto_.${name}(...given);`).join('\n')}` },
  // Asked for logs that go to a thread; none does.
  { file: /[\\/]pino[\\/]lib[\\/]tools\.js$/, from: "const { isMainThread } = require('worker_threads')", to: 'const isMainThread = true' },
  // How long a request took, which nobody asks for, by a clock that Node makes when it is first looked at.
  { file: /[\\/]axios[\\/]lib[\\/]core[\\/]dispatchRequest\.js$/, from: /typeof performance !== 'undefined' && utils\.isFunction\(performance\.now\)\s+\? \(\) => performance\.now\(\)\s+: Date\.now/, to: 'Date.now' },
]

/** @returns {import('vite').Plugin} */
const edited = () => ({
  name: 'printbell:edited',
  enforce: 'pre',
  transform(code, id) {
    const edit = EDITS.find(({ file }) => file.test(id))
    if (edit === undefined) return null
    const changed = code.replace(edit.from, edit.to)
    if (changed === code) throw new Error(`${id} is another one than it was: look at what scripts/lib/bundling.mjs changes in it`)
    return { code: changed, map: null }
  },
})

/** @returns {import('vite').Plugin} */
const spared = () => ({
  name: 'printbell:spared',
  enforce: 'pre',
  resolveId: (source, importer) => (source in STAND_INS && /[\\/]node_modules[\\/](axios|pino|sonic-boom)[\\/]/.test(importer ?? '') ? `\0stand-in:${source}` : null),
  load: (id) => (id.startsWith('\0stand-in:') ? STAND_INS[id.slice('\0stand-in:'.length)] : null),
})

/**
 * Plain Node modules, everything inside but `externals`, readable in a stack trace.
 * @param {Record<string, string>} input name of the bundle and its source
 * @param {{ outDir?: string, emptyOutDir?: boolean }} [out]
 * @returns {import('vite').InlineConfig}
 */
export function bundling(input, { outDir = 'dist', emptyOutDir = true } = {}) {
  return {
    root,
    configFile: false,
    publicDir: false,
    plugins: [inAscii(), spared(), loadedLate(), edited()],
    ssr: { target: 'node', noExternal: true, external: [...externals] },
    build: {
      ssr: true,
      target: 'node20',
      outDir,
      emptyOutDir,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input,
        output: {
          format: 'es',
          entryFileNames: '[name].mjs',
          // Beside the entries, so that `import.meta.url` means the same folder in all of them.
          chunkFileNames: 'chunk-[name]-[hash].mjs',
          // Built in another folder and moved: the way to the sources is the one from dist/.
          sourcemapPathTransform: (source, map) => relative(dist, resolve(dirname(map), source)),
        },
      },
    },
  }
}
