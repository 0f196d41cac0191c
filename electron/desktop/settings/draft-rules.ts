/** What the rules of the settings would be after a change of the window. The schema checks the rest. Pure. */
import { isDeepStrictEqual } from 'node:util'
import { ALL_THE_TIME, QUIET_SLOT } from '../../bridge/views/timeslots.ts'
import type { RuleList, RulesChange } from '../../bridge/views/rules.ts'
import { once } from '../../engine/once.ts'
import { suggest, type Problem } from '../../engine/settings/problems.ts'
import { DEFAULT_PROFILE, profile as profileSchema, profileDestination } from '../../engine/settings/rules-schema.ts'
import type { Draft } from './draft-parts.ts'
import { entries } from './inline.ts'
import { freeId, freeLabel } from './names.ts'
import { isObject, merged } from './patching.ts'
import type { Raw } from './store.ts'

const GENERAL = ['zone', 'fallbackFilter']
const SINGULAR: Readonly<Record<RuleList, string>> = { profiles: 'profile', timeslots: 'timeslot', filters: 'filter' }
const WHOLE_WEEK = [{ days: [1, 2, 3, 4, 5, 6, 7] }]
/** What a new one begins with: a filter that says nothing matches nothing, a profile without destinations reaches nobody. */
const FRESH: Readonly<Record<RuleList, Raw>> = { profiles: {}, timeslots: { ranges: WHOLE_WEEK }, filters: { match: {} } }

/** @param raw valid settings without inline servers */
export function draftRules(raw: Raw, change: RulesChange): Draft {
  switch (change.what) {
    case 'edit': return edit(raw, change.list, change.id, change.patch)
    case 'add': return add(raw, change)
    case 'remove': return remove(raw, change.list, change.id)
    case 'general': {
      const problems = Object.keys(change.patch).filter((name) => !GENERAL.includes(name)).map((name) => ({ path: name, message: 'is not a known field', cure: suggest(name, GENERAL) }))
      return { ...good(merged(raw, change.patch, 'deep')), problems }
    }
    case 'quiet-hours': return quietHours(raw, change.quiet)
    case 'restore': return good({ ...without(raw, ['zone', 'timeslots', 'filters', 'fallbackFilter', 'profiles']), ...asWritten(change.rules) })
  }
}

/** Names of what uses a destination, a timeslot, a filter or a printer, in the order of the settings. */
export function usersOf(raw: Raw, what: 'destination' | 'timeslot' | 'filter' | 'printer', id: string): string[] {
  if (what === 'printer') {
    const naming = entries(raw, 'filters').filter(({ match }) => namesPrinter(match, id)).map(({ name }) => String(name))
    return namesPrinter(raw.fallbackFilter, id) ? [...naming, 'what every filter gets'] : naming
  }
  return profilesOf(raw).filter((profile) => {
    if (what === 'timeslot') return profile.timeslot === id
    if (what === 'filter') return Array.isArray(profile.filters) && profile.filters.includes(id)
    return targetsOf(profile).some(({ destination }) => destination === id) || escalatesTo(profile, id)
  }).map(({ name }) => String(name))
}

/** Why it can't be removed; none = it can. */
export function inUse(raw: Raw, what: 'destination' | 'timeslot' | 'filter' | 'printer', id: string): Problem[] {
  const users = usersOf(raw, what, id)
  if (users.length === 0) return []
  const kind = what === 'printer' ? 'filter' : 'profile'
  const many = users.length > 1
  return [{ path: '', message: `is used by the ${kind}${many ? 's' : ''} ${listed(users)}`, cure: `Take it out of ${many ? 'them' : 'it'} first, on the page "Rules".` }]
}

function edit(raw: Raw, list: RuleList, id: string, patch: Raw): Draft {
  const all = listOf(raw, list)
  const index = all.findIndex((entry) => entry.id === id)
  const entry = all[index]
  if (!entry) return { ...good(raw), problems: [GONE(id)] }
  if ('id' in patch && patch.id !== id) return { ...good(raw), problems: [{ path: 'id', message: 'never changes', cure: 'Add a new one instead.' }] }
  const next = merged(entry, patch, 'deep')
  // What must be there is told as empty, not as unknown.
  if ('name' in patch && !('name' in next)) next.name = ''
  return { ...good({ ...raw, [list]: all.map((one) => (one === entry ? next : one)) }), at: `${list}[${index}]`, problems: nameTaken(all, id, next.name) }
}

/** The engine tells names apart to the letter; a person does not. */
function nameTaken(all: readonly Raw[], id: string, name: unknown): Problem[] {
  const plain = (text: unknown): string => String(text).trim().toLowerCase()
  return all.some((other) => other.id !== id && plain(other.name) === plain(name)) ? [{ path: 'name', message: 'is in use already', cure: 'Choose another, so that the history can tell them apart.' }] : []
}

function add(raw: Raw, { list, name, copyOf }: Extract<RulesChange, { what: 'add' }>): Draft {
  const all = listOf(raw, list)
  const model = copyOf === null ? FRESH[list] : all.find(({ id }) => id === copyOf)
  if (!model) return { ...good(raw), problems: [GONE(copyOf ?? '')] }
  const label = freeLabel(name.trim() || SINGULAR[list], all.map((entry) => String(entry.name)))
  const id = freeId(label, SINGULAR[list], [ALL_THE_TIME, QUIET_SLOT, ...all.map((entry) => String(entry.id))])
  return { ...good({ ...raw, [list]: [...all, { ...model, id, name: label }] }), at: `${list}[${all.length}]` }
}

function remove(raw: Raw, list: RuleList, id: string): Draft {
  const all = listOf(raw, list)
  if (!all.some((entry) => entry.id === id)) return { ...good(raw), problems: [GONE(id)] }
  const left = all.filter((entry) => entry.id !== id)
  const problems = list === 'profiles'
    ? left.length > 0 ? [] : [{ path: '', message: 'is the only profile: without one nothing is told', cure: 'Switch it off instead, or add another one first.' }]
    : inUse(raw, list === 'timeslots' ? 'timeslot' : 'filter', id)
  return { ...good({ ...raw, [list]: left }), problems }
}

function quietHours(raw: Raw, quiet: Extract<RulesChange, { what: 'quiet-hours' }>['quiet']): Draft {
  const profiles = profilesOf(raw)
  const simple = profiles.find(({ byEvents }) => byEvents === true)
  if (!simple) return { ...good(raw), problems: [{ path: '', message: 'belongs to the profile that goes by what is ticked, and there is none', cure: 'Choose a timeslot in each profile instead.' }] }
  const patched = (patch: Raw): Raw[] => profiles.map((profile) => (profile === simple ? merged(profile, patch, 'flat') : profile))
  if (quiet === null) return good({ ...raw, profiles: patched({ timeslot: null }) })
  const slots = entries(raw, 'timeslots')
  const known = slots.findIndex(({ id }) => id === QUIET_SLOT)
  const slot = { ...(slots[known] ?? { id: QUIET_SLOT, name: freeLabel(quiet.name, slots.map(({ name }) => String(name))) }), ranges: quiet.ranges }
  const timeslots = known < 0 ? [...slots, slot] : slots.map((one, index) => (index === known ? slot : one))
  const rest = { outside: quiet.outside === 'hold' ? null : quiet.outside, criticalPasses: quiet.criticalPasses ? null : false }
  return { ...good({ ...raw, timeslots, profiles: patched({ timeslot: QUIET_SLOT, ...rest }) }), at: `timeslots[${known < 0 ? slots.length : known}]` }
}

const GONE = (id: string): Problem => ({ path: '', message: `is no longer there ("${id}")`, cure: 'It was removed meanwhile.' })
const good = (raw: Raw): Draft => ({ raw, at: '', secrets: [], problems: [] })

/** Profiles as they are in force: where the file lists none, the one that exists from the start. */
function profilesOf(raw: Raw): Raw[] {
  return raw.profiles === undefined ? [{ ...DEFAULT_PROFILE }] : entries(raw, 'profiles')
}

function listOf(raw: Raw, list: RuleList): Raw[] {
  return list === 'profiles' ? profilesOf(raw) : entries(raw, list)
}

function targetsOf(profile: Raw): Raw[] {
  return Array.isArray(profile.destinations) ? (profile.destinations as Raw[]) : []
}

function escalatesTo({ escalate }: Raw, id: string): boolean {
  return isObject(escalate) && Array.isArray(escalate.to) && escalate.to.includes(id)
}

function namesPrinter(match: unknown, id: string): boolean {
  return isObject(match) && Array.isArray(match.printers) && match.printers.includes(id)
}

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`)
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`
}

function without(raw: Raw, fields: readonly string[]): Raw {
  return Object.fromEntries(Object.entries(raw).filter(([name]) => !fields.includes(name)))
}

const profileDefaults = once((): Raw => profileSchema().parse({ id: 'x', name: 'x' }))
const targetDefaults = once((): Raw => profileDestination().parse({ destination: '*' }))

/** Without what says nothing but the default; `always` stands there all the same. */
function saying(entry: Raw, defaults: Raw, always: readonly string[]): Raw {
  return Object.fromEntries(Object.entries(entry).filter(([name, value]) => always.includes(name) || !isDeepStrictEqual(value, defaults[name])))
}

/** Rules as the window has them, with every default, as a person would write them. */
function asWritten(rules: Raw): Raw {
  const { zone, fallbackFilter } = rules
  const profiles = entries(rules, 'profiles').map((profile) => saying({ ...profile, destinations: targetsOf(profile).map((target) => saying(target, targetDefaults(), ['destination'])) }, profileDefaults(), ['id', 'name']))
  const lists = { timeslots: entries(rules, 'timeslots'), filters: entries(rules, 'filters'), profiles: isDeepStrictEqual(profiles, [DEFAULT_PROFILE]) ? [] : profiles }
  return {
    ...(typeof zone === 'string' ? { zone } : {}),
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
    ...(isObject(fallbackFilter) ? { fallbackFilter } : {}),
  }
}
