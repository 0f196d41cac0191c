/** Changes of a destination that an administrator gives: its name and its switch are noted beside it, anything else makes a copy of one's own (R44). Pure. */
import type { SettingsChange } from '../../bridge/views/settings.ts'
import type { ManagedDestination } from '../../engine/settings/managed.ts'
import type { DestinationSettings } from '../../engine/settings/schema.ts'
import type { Draft, DraftKinds } from './draft-parts.ts'
import { draftOf } from './draft.ts'
import { entries } from './inline.ts'
import { freeId, freeLabel } from './names.ts'
import { isObject } from './patching.ts'
import type { Raw } from './store.ts'

const NOTED = ['label', 'enabled']

/** Null = the change is about none of them. */
export function draftManaged(raw: Raw, change: SettingsChange, managed: readonly ManagedDestination[], kinds: DraftKinds): Draft | null {
  if (change.what !== 'destination' && change.what !== 'remove-destination') return null
  const given = managed.find(({ settings }) => settings.id === change.id)?.settings
  if (given === undefined || entries(raw, 'destinations').some(({ id }) => id === change.id)) return null
  if (change.what === 'remove-destination') {
    return { raw, at: '', secrets: [], problems: [{ path: '', message: 'can\'t be removed: it comes from the administrator of this computer', cure: 'Switch it off instead.' }] }
  }
  const { mine, put } = notedOf(raw, given.id)
  if (Object.keys(change.patch).every((name) => NOTED.includes(name))) {
    const said = Object.fromEntries(Object.entries({ ...mine, ...change.patch }).filter(([, value]) => value !== null && value !== ''))
    return { raw: put(said), at: `managed.${given.id}`, secrets: [], problems: [] }
  }
  const copy = copied(raw, given, managed)
  return draftOf(copy.raw, { what: 'destination', id: copy.id, patch: change.patch }, kinds)
}

/** With a copy of one's own in place of an administrator's destination of this id, for a change of its secret; null = it is none of them. */
export function withOwnCopy(raw: Raw, id: string, managed: readonly ManagedDestination[]): { raw: Raw; id: string } | null {
  const given = managed.find(({ settings }) => settings.id === id)?.settings
  return given === undefined || entries(raw, 'destinations').some((own) => own.id === id) ? null : copied(raw, given, managed)
}

/** What is noted beside a destination of an administrator. */
function notedOf(raw: Raw, id: string): { mine: Raw; put(said: Raw): Raw } {
  const noted = isObject(raw.managed) ? raw.managed : {}
  return { mine: isObject(noted[id]) ? noted[id] : {}, put: (said) => ({ ...raw, managed: { ...noted, [id]: said } }) }
}

function copied(raw: Raw, given: DestinationSettings, managed: readonly ManagedDestination[]): { raw: Raw; id: string } {
  const { mine, put } = notedOf(raw, given.id)
  const present = entries(raw, 'destinations')
  const label = freeLabel(typeof mine.label === 'string' ? mine.label : given.label, present.filter(({ channel }) => channel === given.channel).map((one) => String(one.label)))
  const id = freeId(label, given.channel, [...present.map((one) => String(one.id)), ...managed.map(({ settings }) => settings.id)])
  const after = { ...put({ ...mine, enabled: false }), destinations: [...present, { ...given, id, label, enabled: mine.enabled ?? given.enabled }] }
  return { id, raw: inItsPlace(after, given.id, id) }
}

/** The copy stands wherever the settings name what it was made of, or profiles, subscriptions and watches would go on naming one that is off. */
function inItsPlace(raw: Raw, given: string, copy: string): Raw {
  const other = (id: unknown): unknown => (id === given ? copy : id)
  const others = (ids: unknown): unknown => (Array.isArray(ids) ? ids.map(other) : ids)
  const of = (name: string, change: (value: unknown) => unknown) => (value: unknown): unknown => (isObject(value) && name in value ? { ...value, [name]: change(value[name]) } : value)
  const all = (change: (value: unknown) => unknown) => (list: unknown): unknown => (Array.isArray(list) ? list.map(change) : list)
  return [
    of('printers', all(of('watch', of('destinations', others)))),
    of('subscriptions', all(of('destination', other))),
    of('profiles', all((profile) => of('escalate', of('to', others))(of('destinations', all(of('destination', other)))(profile)))),
  ].reduce<Raw>((settings, change) => change(settings) as Raw, raw)
}
