/** What is another thing in the settings than before, thing by thing and never with its values. Pure. */
import { isDeepStrictEqual } from 'node:util'
import type { EngineSettings, ResolvedDestination, ResolvedPrinter, ResolvedServer } from '../settings/expand.ts'
import type { ChangeWord } from './words.ts'

/** What changed of one thing. */
export interface Change {
  /** What it is called; null = it belongs to none. */
  about: string | null
  what: ChangeWord[]
}

type Words<T> = Partial<Record<keyof T, ChangeWord>>

const OF_PRINTER: Words<ResolvedPrinter> = {
  name: 'name', sources: 'server', events: 'events', camera: 'camera', light: 'light', orientation: 'picture', donePicture: 'picture', commands: 'commands', tags: 'tags', watch: 'following', thresholds: 'limits',
}
const OF_DESTINATION: Words<ResolvedDestination> = { label: 'name', events: 'events', language: 'language', templates: 'words', network: 'connection', secrets: 'key' }
const OF_ALL: Words<EngineSettings> = {
  subscriptions: 'events', masked: 'masked', zone: 'rules', timeslots: 'rules', filters: 'rules', fallbackFilter: 'rules', profiles: 'rules', grouping: 'rules', notifyMyself: 'own', language: 'language', retention: 'storage', expiry: 'expiry', ping: 'ping',
}
/** Fields in which a server or a destination has its place. */
const PLACES = new Set(['url', 'server', 'host', 'address', 'port'])

/** In the order of the settings: printers, destinations, then what belongs to none. None = nothing is another thing. */
export function changesBetween(before: EngineSettings, after: EngineSettings): Change[] {
  return [...ofPrinters(before, after), ...ofDestinations(before.destinations, after.destinations), ...ofAll(before, after)]
}

function ofPrinters(before: EngineSettings, after: EngineSettings): Change[] {
  const servers = (settings: EngineSettings, { sources }: ResolvedPrinter): ResolvedServer[] => settings.servers.filter(({ id }) => sources.some(({ serverId }) => serverId === id))
  return entries(before.printers, after.printers).flatMap(([was, is]) => changeOf(was?.name, is?.name, was, is, (old, now) => [
    ...differing(old, now, OF_PRINTER),
    ...switched(old.enabled, now.enabled),
    ...servers(after, now).flatMap((server) => {
      const known = servers(before, old).find(({ id }) => id === server.id)
      return known === undefined ? [] : [...placeOf(known.settings, server.settings), ...(isDeepStrictEqual(known.secrets, server.secrets) ? [] : ['key' as const])]
    }),
  ]))
}

function ofDestinations(before: readonly ResolvedDestination[], after: readonly ResolvedDestination[]): Change[] {
  return entries(before, after).flatMap(([was, is]) => changeOf(was?.label, is?.label, was, is, (old, now) => [...differing(old, now, OF_DESTINATION), ...switched(old.enabled, now.enabled), ...placeOf(old.config, now.config)]))
}

function ofAll(before: EngineSettings, after: EngineSettings): Change[] {
  const what = [...new Set(differing(before, after, OF_ALL))]
  return what.length === 0 ? [] : [{ about: null, what }]
}

function changeOf<T>(wasCalled: string | undefined, isCalled: string | undefined, was: T | undefined, is: T | undefined, compare: (old: T, now: T) => ChangeWord[]): Change[] {
  if (was === undefined) return [{ about: isCalled ?? null, what: ['added'] }]
  if (is === undefined) return [{ about: wasCalled ?? null, what: ['removed'] }]
  const what = [...new Set(compare(was, is))]
  return what.length === 0 ? [] : [{ about: isCalled ?? null, what }]
}

/** Each id once, those of now first. */
function entries<T extends { id: string }>(before: readonly T[], after: readonly T[]): [T | undefined, T | undefined][] {
  const gone = before.filter(({ id }) => !after.some((one) => one.id === id))
  return [...after.map((is): [T | undefined, T | undefined] => [before.find(({ id }) => id === is.id), is]), ...gone.map((was): [T | undefined, T | undefined] => [was, undefined])]
}

function differing<T extends object>(was: T, is: T, words: Words<T>): ChangeWord[] {
  return (Object.entries(words) as [keyof T, ChangeWord][]).flatMap(([field, word]) => (isDeepStrictEqual(was[field], is[field]) ? [] : [word]))
}

const switched = (was: boolean, is: boolean): ChangeWord[] => (was === is ? [] : [is ? 'on' : 'off'])

/** Whether it lies elsewhere, or something else about it is another. */
function placeOf(was: unknown, is: unknown): ChangeWord[] {
  if (isDeepStrictEqual(was, is)) return []
  const [old, now] = [fieldsOf(was), fieldsOf(is)]
  const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => !isDeepStrictEqual(old[name], now[name]))
  return [...new Set(changed.map((name): ChangeWord => (PLACES.has(name) ? 'address' : 'settings')))]
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? value as Record<string, unknown> : {})
