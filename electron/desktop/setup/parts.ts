/** What the rooms of setup are given. Everything comes from outside, so that tests bring their own. */
import type { Push } from '../../bridge/contract.ts'
import type { AdapterPorts, PrinterAdapter } from '../../engine/printers/adapter.ts'
import type { SecretStore } from '../../engine/ports.ts'
import type { Overview, SettingsKeeper } from '../ports.ts'

export type Adapters = ReadonlyMap<string, PrinterAdapter>

export interface SetupParts {
  adapters: Adapters
  ports: AdapterPorts
  settings: SettingsKeeper
  /** The keys that are kept, for looking at a server that is in the settings. */
  secrets: SecretStore
  push: Push
  /** A new id on each call. */
  newId(): string
  /**
   * Opens a page of the server in the browser. `serverUrl` is the address the person chose: it is not in the settings yet, so whoever
   * guards what may be opened has to count it in. Resolves to whether it was opened.
   */
  openExternal(url: string, serverUrl: string): Promise<boolean>
  /** What the engine sees of a printer; null while it does not watch it. */
  card: Overview['card']
}

/** @throws Error naming the kinds there are */
export function adapterFor(kind: string, adapters: Adapters): PrinterAdapter {
  const adapter = adapters.get(kind)
  if (!adapter) throw new Error(`There is no printer server kind "${kind}". Known kinds: ${[...adapters.keys()].join(', ')}.`)
  return adapter
}
