/** The kinds of printer servers there are: one folder and one line each. */
import type { PrinterAdapter } from './adapter.ts'
import { moonraker } from './moonraker/index.ts'
import { octoprint } from './octoprint/index.ts'
import { prusalink } from './prusalink/index.ts'

/**
 * A kind's settings are parsed by its own schema before anything else of it is called, so the shared code may handle all
 * adapters alike; this is the one place where their types are made the same.
 */
function entry<S>(adapter: PrinterAdapter<S>): [string, PrinterAdapter] {
  return [adapter.kind, adapter]
}

export const adapters: ReadonlyMap<string, PrinterAdapter> = new Map([
  entry(octoprint),
  entry(moonraker),
  entry(prusalink),
])

/** @throws Error naming the kinds there are */
export function adapterFor(kind: string): PrinterAdapter {
  const adapter = adapters.get(kind)
  if (!adapter) throw new Error(`There is no printer server kind "${kind}". Known kinds: ${[...adapters.keys()].join(', ')}.`)
  return adapter
}
