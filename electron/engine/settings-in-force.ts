import { isDeepStrictEqual } from 'node:util'
import type { Wanted } from './printers/adapter.ts'
import { compileFilter, type CompiledFilter } from './rules/filter.ts'
import { compileProfiles } from './rules/profiles.ts'
import type { RouteContext } from './rules/route.ts'
import { compile, wanted, type RoutedKinds } from './rules/subscriptions.ts'
import type { EngineSettings, ResolvedPrinter, ResolvedServer } from './settings/expand.ts'
import type { SilenceScope } from './silences/match.ts'

/** The settings that hold now, and what follows from them. Everybody asks here each time instead of keeping a copy. */
export interface SettingsInForce {
  settings(): EngineSettings
  /** What route() needs of them. */
  rules(): Pick<RouteContext, 'subscriptions' | 'profiles' | 'tagsOf'> & { scope: SilenceScope }
  /** What is wanted of the servers: for one printer, or for all. */
  wanted(printerId?: string): Wanted
  printer(printerId: string): ResolvedPrinter | undefined
  /** The server of a printer's primary source. */
  serverOf(printer: ResolvedPrinter): ResolvedServer | undefined
  kindOf(printer: ResolvedPrinter): string
  /** @returns what held before; null when `next` says the same and nothing is to be done */
  replace(next: EngineSettings): EngineSettings | null
}

const compileFilters = ({ filters, fallbackFilter }: EngineSettings): Map<string, CompiledFilter> => new Map(filters.map(({ id, match }) => [id, compileFilter(match, fallbackFilter)]))

export function settingsInForce(first: EngineSettings, kinds: RoutedKinds): SettingsInForce {
  let settings = first
  let profiles = compileProfiles(settings)
  let subscriptions = compile(settings, kinds, profiles)
  let printers = new Map(settings.printers.map((printer) => [printer.id, printer]))
  let filters = compileFilters(settings)
  const scope: SilenceScope = { serverOf: (printerId) => printers.get(printerId)?.sources[0]?.serverId ?? null, filter: (id) => filters.get(id) ?? null }
  const serverOf = (printer: ResolvedPrinter): ResolvedServer | undefined => settings.servers.find((server) => server.id === printer.sources[0]?.serverId)

  return {
    settings: () => settings,
    rules: () => ({ subscriptions, profiles, tagsOf: (printerId) => printers.get(printerId)?.tags ?? [], scope }),
    wanted: (printerId) => wanted(subscriptions, printerId),
    printer: (printerId) => printers.get(printerId),
    serverOf,
    kindOf: (printer) => serverOf(printer)?.kind ?? 'unknown',
    replace(next) {
      if (next === settings || isDeepStrictEqual(next, settings)) return null
      const before = settings
      settings = next
      profiles = compileProfiles(settings)
      subscriptions = compile(settings, kinds, profiles)
      filters = compileFilters(settings)
      printers = new Map(settings.printers.map((printer) => [printer.id, printer]))
      return before
    },
  }
}
