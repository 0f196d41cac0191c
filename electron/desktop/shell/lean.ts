/**
 * The app does little and lives for months: memory before peak speed (docs/performance.md). Imported first by main.ts, so that V8
 * heeds it before anything else is loaded.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--optimize-for-size')
// The optimising compilers' code and work space are 15 MB of memory for work that takes half a percent of a core.
setFlagsFromString('--no-opt')
setFlagsFromString('--no-maglev')
// And the baseline compiler's code 2 MB: what runs a few times a second is interpreted.
setFlagsFromString('--no-sparkplug')
// The space of young objects stays as small as it began: two halves that grow are 2 MB, mostly empty.
setFlagsFromString('--semi-space-growth-factor=1')

/** Looking at one of these loads Node's second HTTP client with its WebAssembly, which the main process needs for its window only. */
const OF_FETCH = ['FormData', 'Headers', 'Request', 'Response'] as const
const hidden = OF_FETCH.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)
// axios looks at its import whether there is a fetch.
for (const name of OF_FETCH) Reflect.deleteProperty(globalThis, name)

/** Says that everything is imported: what was kept from the imports is there again. */
export function allImported(): void {
  for (const [name, descriptor] of hidden) if (descriptor) Object.defineProperty(globalThis, name, descriptor)
}

let collect: (() => void) | null = null

/** Gives back what is garbage now: after the start, and after a window was closed. Takes some 20 ms, so it is for quiet moments. */
export function tidy(): void {
  if (collect === null) {
    // Makes `gc` known to new contexts only: no page and no module of ours sees it.
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  collect()
}
