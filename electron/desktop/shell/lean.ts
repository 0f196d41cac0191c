/** What the app does to stay small (docs/performance.md). Imported first by main.ts, as its second half hides something from the imports that follow. */
import './v8-flags.ts'
import { config } from 'zod'

// For each object's schema zod would write a function at its first use. Few are used often here, and nothing optimises it (v8-flags.ts).
config({ jitless: true })

/** Looking at one of these loads Node's second HTTP client with its WebAssembly, which the main process needs for its window only. */
const OF_FETCH = ['FormData', 'Headers', 'Request', 'Response'] as const
const hidden = OF_FETCH.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)
// axios looks at its import whether there is a fetch.
for (const name of OF_FETCH) Reflect.deleteProperty(globalThis, name)

/** Says that everything is imported: what was kept from the imports is there again. */
export function allImported(): void {
  for (const [name, descriptor] of hidden) if (descriptor) Object.defineProperty(globalThis, name, descriptor)
}
