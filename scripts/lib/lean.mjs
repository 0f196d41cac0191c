/**
 * The engine does little and lives for months: memory before peak speed (docs/performance.md). The desktop app has its own
 * (electron/desktop/shell/lean.ts): it is one bundle that loads itself.
 */
import { setFlagsFromString } from 'node:v8'

const FLAGS = [
  '--optimize-for-size', '--no-opt', '--no-maglev', '--no-sparkplug', '--semi-space-growth-factor=1',
  // V8 lets any heap grow by at least 8 MB before it collects, which is more than half of what lives in ours: it begins in the middle of that.
  '--incremental-marking-hard-trigger=55',
]

/** Looking at one of these loads Node's second HTTP client with its WebAssembly: 4 MB. */
const OF_FETCH = ['FormData', 'Headers', 'Request', 'Response']

/**
 * Imports a bundle with V8 set for small memory. axios looks at its import whether there is a fetch, and would load it by that; so
 * fetch's classes are hidden meanwhile. Who uses one later gets it.
 * @param {string} url
 * @returns {Promise<any>} the module
 */
export async function importLean(url) {
  for (const flag of FLAGS) setFlagsFromString(flag)
  const hidden = OF_FETCH.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)])
  for (const name of OF_FETCH) Reflect.deleteProperty(globalThis, name)
  try {
    return await import(url)
  } finally {
    for (const [name, descriptor] of hidden) if (descriptor) Object.defineProperty(globalThis, name, descriptor)
  }
}
