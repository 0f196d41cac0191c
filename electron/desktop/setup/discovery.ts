/** Looks for printer servers in this network while somebody watches. */
import type { Discovery, Found } from '../../bridge/views/setup.ts'
import type { Discovered, PrinterAdapter } from '../../engine/printers/adapter.ts'
import { sameAddress } from '../../engine/printers/same-address.ts'
import { printersAt } from './known.ts'
import type { SetupParts } from './parts.ts'

export interface DiscoveryRoom {
  /** Begins or ends the search; asked again while it runs it changes nothing. */
  turn(on: boolean): Discovery
  close(): void
}

/** The search of all kinds at once. Finds are kept until the next search begins; each change is pushed. */
export function createDiscovery(parts: Pick<SetupParts, 'adapters' | 'ports' | 'settings' | 'push'>): DiscoveryRoom {
  const { adapters, ports, settings, push } = parts
  let running: AbortController | null = null
  let finds: Discovered[] = []
  /** Kinds whose search failed this time. */
  let failed: string[] = []

  const canSearch = (adapter: PrinterAdapter): boolean => adapter.capabilities.discover && adapter.discover !== undefined
  const view = (): Discovery => ({
    running: running !== null, found: finds.map(asFound),
    unsearched: [...adapters.values()].filter((adapter) => !canSearch(adapter) || failed.includes(adapter.kind)).map(({ displayName }) => displayName),
  })
  const tell = (): void => push('discovery.changed', view())

  function asFound({ kind, id, name, url, version }: Discovered): Found {
    const adapter = adapters.get(kind)
    return {
      key: `${kind} ${id}`, kind, kindName: adapter?.displayName ?? kind, name: name === '' ? hostOf(url) : name, url, version,
      printerIds: printersAt(url, settings.engine(), adapters), canPair: adapter !== undefined && canPair(adapter),
    }
  }

  /** A server keeps its row: what comes again (another round, another address family) changes it in place. */
  function take(found: Discovered): void {
    const at = finds.findIndex((one) => one.kind === found.kind && (one.id === found.id || sameAddress(one.url, found.url)))
    const before = finds[at]
    if (before === undefined) finds = [...finds, found]
    else if (before.name === found.name && before.url === found.url && before.version === found.version) return
    else finds = finds.with(at, { ...found, id: before.id })
    tell()
  }

  async function search(adapter: PrinterAdapter, signal: AbortSignal): Promise<void> {
    try {
      for await (const found of canSearch(adapter) ? adapter.discover?.(ports, signal) ?? [] : []) {
        if (signal.aborted) return
        take(found)
      }
    } catch (error) {
      // One kind that cannot search must not end the search of the others.
      ports.log.warn('the search for printer servers failed', { kind: adapter.kind, error })
      if (signal.aborted) return
      failed = [...failed, adapter.kind]
      tell()
    }
  }

  function begin(): void {
    const abort = new AbortController()
    running = abort
    finds = []
    failed = []
    void Promise.all([...adapters.values()].map((adapter) => search(adapter, abort.signal))).then(() => {
      if (running !== abort) return
      running = null
      tell()
    })
  }

  function end(): void {
    running?.abort()
    running = null
  }

  // A server that was added elsewhere (by a pairing, by hand) is marked at once.
  const stopListening = settings.onChanged(() => {
    if (finds.length > 0) tell()
  })

  return {
    turn(on) {
      if (!on) end()
      else if (running === null) begin()
      return view()
    },
    close() {
      stopListening()
      end()
    },
  }
}

/** Whether a person can get a key by confirming at the server. */
export function canPair(adapter: PrinterAdapter): boolean {
  return adapter.capabilities.pair && adapter.pair !== undefined
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}
