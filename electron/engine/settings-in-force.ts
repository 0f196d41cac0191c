import { isDeepStrictEqual } from 'node:util'
import type { Wanted } from './printers/adapter.ts'
import { compile, wanted, type RoutedKinds, type Subscription } from './rules/subscriptions.ts'
import type { EngineSettings, ResolvedPrinter, ResolvedServer } from './settings/expand.ts'

/** The settings that hold now, and what follows from them. Everybody asks here each time instead of keeping a copy. */
export interface SettingsInForce {
  settings(): EngineSettings
  subscriptions(): readonly Subscription[]
  /** What is wanted of the servers: for one printer, or for all. */
  wanted(printerId?: string): Wanted
  printer(printerId: string): ResolvedPrinter | undefined
  /** The server of a printer's primary source. */
  serverOf(printer: ResolvedPrinter): ResolvedServer | undefined
  kindOf(printer: ResolvedPrinter): string
  /** @returns what held before; null when `next` says the same and nothing is to be done */
  replace(next: EngineSettings): EngineSettings | null
}

export function settingsInForce(first: EngineSettings, kinds: RoutedKinds): SettingsInForce {
  let settings = first
  let subscriptions = compile(settings, kinds)
  let printers = new Map(settings.printers.map((printer) => [printer.id, printer]))
  const serverOf = (printer: ResolvedPrinter): ResolvedServer | undefined => settings.servers.find((server) => server.id === printer.sources[0]?.serverId)

  return {
    settings: () => settings,
    subscriptions: () => subscriptions,
    wanted: (printerId) => wanted(subscriptions, printerId),
    printer: (printerId) => printers.get(printerId),
    serverOf,
    kindOf: (printer) => serverOf(printer)?.kind ?? 'unknown',
    replace(next) {
      if (next === settings || isDeepStrictEqual(next, settings)) return null
      const before = settings
      settings = next
      subscriptions = compile(settings, kinds)
      printers = new Map(settings.printers.map((printer) => [printer.id, printer]))
      return before
    },
  }
}
