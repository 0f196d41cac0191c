/** From the many ways of choosing in the settings to one list of subscriptions, and what that list needs from the servers. */
import type { ChannelKind } from '../channels/channel.ts'
import { EVENT_TYPES, type EventDraft, type EventType } from '../events/model.ts'
import type { Wanted } from '../printers/adapter.ts'
import { REMOTE_DEFAULTS, TOAST_DEFAULTS } from '../settings/defaults.ts'
import type { DestinationSettings, PrinterSettings, Settings } from '../settings/schema.ts'
import type { CompiledProfile } from './profiles.ts'
import { anySelectorMatches, type Selectable } from './selectors.ts'

/** What the rules need to know of a channel kind. */
export type RoutedKind = Pick<ChannelKind, 'kind' | 'capabilities' | 'supportedFeatures' | 'wantsPicture' | 'needsContext' | 'defaultEvents'>
export type RoutedKinds = ReadonlyMap<string, RoutedKind>

/** Printers x event selectors x destination x mode. */
export interface Subscription {
  /** '*' = every printer; null = events that belong to no printer (app.*). */
  printerId: string | '*' | null
  destinationId: string
  profileId: string
  /** The event must be named by at least one selector of each list. */
  lists: readonly (readonly string[])[]
  mode: 'now' | 'off'
  /**
   * 'lists': from a printer's and a destination's events; 'explicit': from `subscriptions`, which wins over the lists; 'profile': what the filters of
   * a profile name.
   */
  from: 'lists' | 'explicit' | 'profile'
  /** True where the destination chose nothing itself: then the exceptions of the defaults hold (idle link, idle device). */
  byDefault: boolean
  /** True for a destination away from this desk. */
  remote: boolean
  /** The destination needs the context of its events. */
  context?: true
}

/** What the settings say of who hears what; the settings as people write them fit, and what the engine runs on. */
export interface Choices {
  printers: readonly Pick<PrinterSettings, 'id' | 'enabled' | 'events'>[]
  destinations: readonly RoutedDestination[]
  subscriptions: Settings['subscriptions']
}
export type RoutedDestination = Omit<DestinationSettings, 'config'> & { config: unknown }

/**
 * Compiles the settings, profile by profile. In a profile that goes by `events` a destination without any gets its channel's defaults (toast
 * or remote), and a printer without any limits nothing; both lists must name an event. Disabled destinations and printers compile to nothing,
 * and so do destinations whose channel is missing: route() tells why.
 */
export function compile(settings: Choices, kinds: RoutedKinds, profiles: readonly CompiledProfile[]): Subscription[] {
  const printers = settings.printers.filter((printer) => printer.enabled)
  return settings.destinations.flatMap((destination) => {
    const kind = kinds.get(destination.channel)
    if (!destination.enabled || kind === undefined) return []
    return profiles.flatMap((profile) => {
      const target = profile.reaches(destination.id)
      if (target === null || target.mode === 'off') return []
      const base: Base = { destinationId: destination.id, profileId: profile.id, remote: !kind.capabilities.local, ...(needsContext(destination, kind) ? { context: true } : {}) }
      return profile.byEvents ? byEvents(base, destination, kind, printers, settings.subscriptions) : ofProfile(base, profile)
    })
  })
}

type Base = Pick<Subscription, 'destinationId' | 'profileId' | 'remote' | 'context'>

function byEvents(base: Base, destination: RoutedDestination, kind: RoutedKind, printers: Choices['printers'], explicit: Choices['subscriptions']): Subscription[] {
  const chosen: readonly string[] = destination.events ?? defaultsOf(kind)
  const lists = { ...base, mode: 'now', from: 'lists', byDefault: destination.events === undefined } as const
  return [
    ...printers.map((printer): Subscription => ({ ...lists, printerId: printer.id, lists: printer.events === undefined ? [chosen] : [printer.events, chosen] })),
    { ...lists, printerId: null, lists: [chosen] },
    ...explicit.filter((entry) => entry.destination === destination.id).flatMap((entry) => entry.printers.map((printerId): Subscription => ({
      ...base, printerId, lists: [entry.events], mode: entry.mode, from: 'explicit', byDefault: false,
    }))),
  ]
}

function ofProfile(base: Base, { lists, printerId }: CompiledProfile): Subscription[] {
  const one = { ...base, lists, mode: 'now', from: 'profile', byDefault: false } as const
  if (printerId !== undefined) return [{ ...one, printerId }]
  return [{ ...one, printerId: '*' }, { ...one, printerId: null }]
}

/** What a destination of this kind hears when nobody chose. */
export function defaultsOf(kind: Pick<RoutedKind, 'capabilities' | 'defaultEvents'>): readonly EventType[] {
  return kind.defaultEvents ?? (kind.capabilities.local ? TOAST_DEFAULTS : REMOTE_DEFAULTS)
}

/** Whether an event's context must be frozen for this destination. */
export function needsContext(destination: Pick<RoutedDestination, 'config'>, kind: Pick<RoutedKind, 'needsContext'>): boolean {
  return kind.needsContext?.(destination.config as Readonly<Record<string, unknown>>) ?? false
}

/** By destination and profile, in their order: made once for each list, which is made anew with the settings. */
const INDEXES = new WeakMap<readonly Subscription[], Map<string, Subscription[]>>()

/** Those of one profile for one destination, in their order. */
export function subscriptionsOf(subscriptions: readonly Subscription[], destinationId: string, profileId: string): readonly Subscription[] {
  const index = INDEXES.get(subscriptions) ?? indexed(subscriptions)
  INDEXES.set(subscriptions, index)
  return index.get(keyOf({ destinationId, profileId })) ?? []
}

function indexed(subscriptions: readonly Subscription[]): Map<string, Subscription[]> {
  const index = new Map<string, Subscription[]>()
  for (const subscription of subscriptions) {
    const others = index.get(keyOf(subscription))
    if (others) others.push(subscription)
    else index.set(keyOf(subscription), [subscription])
  }
  return index
}

/** Ids have no blanks. */
const keyOf = ({ destinationId, profileId }: Pick<Subscription, 'destinationId' | 'profileId'>): string => `${destinationId} ${profileId}`

/** Whether a subscription speaks of this event at all, whatever its mode. */
export function covers(subscription: Subscription, event: Selectable & Pick<EventDraft, 'printerId'>): boolean {
  const ofNoPrinter = event.type.startsWith('app.')
  const printerFits = subscription.printerId === '*' || (ofNoPrinter ? subscription.printerId === null : subscription.printerId === event.printerId)
  return printerFits && subscription.lists.every((list) => anySelectorMatches(list, event))
}

/**
 * What the subscriptions need from the servers, so that an adapter asks for no more. Of one printer when `printerId` is
 * given, else of all. May name a little too much (what an `off` takes away again), never too little.
 */
export function wanted(subscriptions: readonly Subscription[], printerId?: string): Wanted {
  const types = new Set<EventType>()
  const natives = new Set<string>()
  let context = false
  for (const subscription of subscriptions) {
    // app.* comes from no server.
    if (subscription.mode === 'off' || subscription.printerId === null) continue
    if (printerId !== undefined && subscription.printerId !== printerId && subscription.printerId !== '*') continue
    context ||= subscription.context === true
    for (const type of EVENT_TYPES) if (mayBe(subscription, type)) types.add(type)
    for (const name of nativeNames(subscription)) natives.add(name)
  }
  return {
    types,
    natives,
    layers: types.has('job.layer') || types.has('job.first_layer_done'),
    messages: types.has('message.display') || types.has('message.user'),
    ...(context ? { context } : {}),
  }
}

/** Whether a server's own event of this name is worth making a `server.event` of. */
export function wantsNative(want: Pick<Wanted, 'natives'>, name: string): boolean {
  return want.natives.has('*') || want.natives.has(name)
}

/** A type may pass when a selector of each list names it, or a native name that may come with it; native names alone prove no type. */
function mayBe(subscription: Subscription, type: EventType): boolean {
  let named = false
  const passes = subscription.lists.every((list) => {
    const byType = anySelectorMatches(list, { type })
    named ||= byType
    return byType || list.some(isNative)
  })
  return passes && named
}

/** Names with which a bare `server.event` would pass every list; '*' when every list takes any. */
function nativeNames(subscription: Subscription): string[] {
  const named = subscription.lists.flat().filter(isNative).map((selector) => selector.slice('native:'.length)).filter((name) => name !== '*')
  const takesAny = (list: readonly string[]): boolean => list.includes('native:*') || list.includes('server.*') || list.includes('server.event')
  if (subscription.lists.every(takesAny)) return ['*']
  return named.filter((name) => subscription.lists.every((list) => anySelectorMatches(list, { type: 'server.event', native: { name, payload: null } })))
}

function isNative(selector: string): boolean {
  return selector.startsWith('native:')
}
