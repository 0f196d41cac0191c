/**
 * Packages that few destinations need are loaded when the first of them does: an engine that never fills in a template doesn't carry the
 * template language in memory (docs/performance.md). Such a package is listed among the externals of scripts/lib/entries.mjs.
 */
import { createRequire } from 'node:module'
import { once } from './once.ts'

// Not `require`: the bundler puts one of its own into each file it makes.
const requireHere = createRequire(import.meta.url)

/**
 * @param load with the `require` it is given; called once, at the first use, and again only after it threw
 * @returns what it loaded
 */
export function atFirstUse<T>(load: (require: NodeJS.Require) => T): () => T {
  return once(() => load(requireHere))
}
