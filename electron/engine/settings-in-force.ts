import { isDeepStrictEqual } from 'node:util'
import type { Wanted } from './printers/adapter.ts'
import { compileFilter, type CompiledFilter } from './rules/filter.ts'
import type { Thresholds } from './events/reduction.ts'
import { compileProfiles, type CompiledProfile } from './rules/profiles.ts'
import type { RouteContext } from './rules/route.ts'
import { compile, wanted, type RoutedKinds } from './rules/subscriptions.ts'
import type { EngineSettings, ResolvedPrinter, ResolvedServer } from './settings/expand.ts'
import { compileWatch, finerStep, usualWatch, type Watch } from './watching/watch.ts'
import type { Kept } from './watching/watches.ts'
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
  /** When something counts for this printer: what follows it may want its progress more finely. */
  thresholds(printer: ResolvedPrinter): Thresholds
  /** What is followed beside the settings is another thing now. */
  recompile(): void
  /** @returns what held before; null when `next` says the same and nothing is to be done */
  replace(next: EngineSettings): EngineSettings | null
}

const compileFilters = ({ filters, fallbackFilter }: EngineSettings): Map<string, CompiledFilter> => new Map(filters.map(({ id, match }) => [id, compileFilter(match, fallbackFilter)]))

/** @param followed what is followed beside the settings; asked at each `recompile` */
export function settingsInForce(first: EngineSettings, kinds: RoutedKinds, followed: () => readonly Kept[] = () => []): SettingsInForce {
  let settings = first
  let watches = watchesOf(settings, followed())
  let profiles = compiled()
  let subscriptions = compile(settings, kinds, profiles)
  let printers = new Map(settings.printers.map((printer) => [printer.id, printer]))
  let filters = compileFilters(settings)
  const scope: SilenceScope = { serverOf: (printerId) => printers.get(printerId)?.sources[0]?.serverId ?? null, filter: (id) => filters.get(id) ?? null }
  const serverOf = (printer: ResolvedPrinter): ResolvedServer | undefined => settings.servers.find((server) => server.id === printer.sources[0]?.serverId)

  function compiled(): CompiledProfile[] {
    const local = settings.destinations.filter(({ channel }) => kinds.get(channel)?.capabilities.local === true).map(({ id }) => id)
    return [...compileProfiles(settings), ...watches.map((watch) => compileWatch(watch, local))]
  }

  function recompile(): void {
    watches = watchesOf(settings, followed())
    profiles = compiled()
    subscriptions = compile(settings, kinds, profiles)
  }

  return {
    settings: () => settings,
    rules: () => ({ subscriptions, profiles, tagsOf: (printerId) => printers.get(printerId)?.tags ?? [], scope }),
    wanted: (printerId) => wanted(subscriptions, printerId),
    printer: (printerId) => printers.get(printerId),
    serverOf,
    recompile,
    thresholds(printer) {
      const mine = watches.filter(({ printerId }) => printerId === printer.id)
      return mine.length === 0 ? printer.thresholds : { ...printer.thresholds, progressStep: finerStep(printer.thresholds.progressStep, mine) }
    },
    kindOf: (printer) => serverOf(printer)?.kind ?? 'unknown',
    replace(next) {
      if (next === settings || isDeepStrictEqual(next, settings)) return null
      const before = settings
      settings = next
      recompile()
      filters = compileFilters(settings)
      printers = new Map(settings.printers.map((printer) => [printer.id, printer]))
      return before
    },
  }
}

/** What is followed: by the settings, and beside them as the printer's settings, or the usual, have it. One of each printer. */
function watchesOf({ printers }: EngineSettings, followed: readonly Kept[]): Watch[] {
  const bySettings = printers.flatMap(({ id, enabled, watch }): Watch[] => (enabled && watch !== undefined ? [{ ...watch, printerId: id, jobKey: null }] : []))
  const beside = followed.filter(({ printerId }) => !bySettings.some((one) => one.printerId === printerId)).map(({ printerId, jobKey, overSince }): Watch => ({ ...usualWatch(), printerId, jobKey, over: overSince !== null }))
  return [...bySettings, ...beside]
}
