/**
 * What rings, as groups of event types that a person thinks in, and what switching one does to a destination's list (R05): off
 * clears all that is in the group, on brings back the defaults of that destination only. Pure.
 */
import type { Forms } from '../../../electron/bridge/views/settings.ts'

export type EventType = Forms['eventTypes'][number]['type']

export interface EventGroup {
  key: 'needs' | 'done' | 'failed' | 'suspected' | 'paused' | 'progress' | 'temperature' | 'connection' | 'device' | 'messages' | 'camera' | 'app'
  types: readonly EventType[]
  /** What "on" means where the destination has no default in this group. */
  main: readonly EventType[]
}

/** In the order of the page. "app.test" is in none: a test always goes. */
export const EVENT_GROUPS: readonly EventGroup[] = [
  {
    key: 'needs', main: ['attention.filament_runout', 'attention.user_input'],
    types: ['attention.filament_runout', 'attention.filament_change', 'attention.user_input', 'attention.door', 'attention.plate', 'attention.reminder', 'attention.cleared'],
  },
  { key: 'done', types: ['job.done'], main: ['job.done'] },
  { key: 'failed', types: ['job.failed', 'job.cancelled', 'job.result_unknown'], main: ['job.failed'] },
  { key: 'suspected', types: ['failure.warning', 'failure.detected'], main: ['failure.warning', 'failure.detected'] },
  { key: 'paused', types: ['job.paused', 'job.stalled'], main: ['job.paused'] },
  {
    key: 'progress', main: ['job.progress'],
    types: ['job.progress', 'job.started', 'job.resumed', 'job.first_layer_done', 'job.layer', 'job.milestone_time', 'job.finishing_soon', 'job.eta_slipped'],
  },
  { key: 'temperature', types: ['heater.target_reached', 'heater.cooled', 'heater.left_on', 'heater.runaway'], main: ['heater.left_on', 'heater.runaway'] },
  { key: 'connection', types: ['link.lost', 'link.up', 'link.auth_failed', 'link.refused'], main: ['link.lost', 'link.auth_failed'] },
  { key: 'device', types: ['device.error', 'device.shutdown', 'device.fault', 'device.ready'], main: ['device.error', 'device.shutdown'] },
  { key: 'messages', types: ['message.user', 'message.display', 'command.failed', 'command.succeeded', 'command.acknowledged'], main: ['message.user'] },
  { key: 'camera', types: ['camera.lost', 'camera.up'], main: ['camera.lost'] },
  { key: 'app', types: ['app.delivery_failing', 'app.delivery_recovered', 'app.offline', 'app.update_available', 'app.broadcast', 'app.changed', 'app.silence_over'], main: ['app.delivery_failing'] },
]

/** The groups with what is left of each; those of which nothing is are left out. */
export function groupsOf(isLeft: (type: EventType) => boolean): EventGroup[] {
  return EVENT_GROUPS.map((group) => ({ ...group, types: group.types.filter(isLeft) })).filter(({ types }) => types.length > 0)
}

/** One list of events that a column of the grid edits. */
export interface Listener {
  id: string
  /** Selectors; null = the defaults hold. */
  events: readonly string[] | null
  defaults: readonly EventType[]
  /** What it can carry at all. */
  carries: readonly EventType[]
}

export type TickState = boolean | 'indeterminate'

/** Which types its list names now. */
export function heardBy(listener: Listener): Set<EventType> {
  const { events } = listener
  if (events === null) return new Set(listener.defaults)
  return new Set(listener.carries.filter((type) => events.some((selector) => names(selector, type))))
}

/** What a tick shows for some types over all listeners of a column: on, off, or mixed where they differ. */
export function tickOf(listeners: readonly Listener[], types: readonly EventType[]): TickState {
  const states = listeners.flatMap((listener) => {
    const heard = heardBy(listener)
    return carried(listener, types).map((type) => heard.has(type))
  })
  if (states.length === 0 || !states.includes(true)) return false
  return states.includes(false) ? 'indeterminate' : true
}

/** Whether any of the listeners can carry any of the types. */
export function canTick(listeners: readonly Listener[], types: readonly EventType[]): boolean {
  return listeners.some((listener) => carried(listener, types).length > 0)
}

/** What the group's next switch does: off when all listeners have what "on" would give, on otherwise. */
export function nextOfGroup(listeners: readonly Listener[], group: EventGroup): 'on' | 'off' {
  const able = listeners.filter((listener) => carried(listener, group.types).length > 0)
  const atLeastOn = able.every((listener) => {
    const heard = heardBy(listener)
    const inGroup = group.types.filter((type) => heard.has(type))
    return sameSet(inGroup, onOf(listener, group)) || carried(listener, group.types).every((type) => heard.has(type))
  })
  return able.length > 0 && atLeastOn ? 'off' : 'on'
}

/** The list after the group was switched; null = the defaults hold again. */
export function switchGroup(listener: Listener, group: EventGroup, to: 'on' | 'off'): string[] | null {
  const heard = heardBy(listener)
  for (const type of group.types) heard.delete(type)
  if (to === 'on') for (const type of onOf(listener, group)) heard.add(type)
  return listOf(listener, heard)
}

/** The list after one type was switched; null = the defaults hold again. */
export function switchType(listener: Listener, type: EventType, on: boolean): string[] | null {
  const heard = heardBy(listener)
  if (on && carried(listener, [type]).length > 0) heard.add(type)
  else heard.delete(type)
  return listOf(listener, heard)
}

/** The defaults of the destination in this group, or the group's main types where it has none. */
function onOf(listener: Listener, group: EventGroup): EventType[] {
  const defaults = carried(listener, group.types).filter((type) => listener.defaults.includes(type))
  return defaults.length > 0 ? defaults : carried(listener, group.main)
}

/** Keeps what the grid does not show (a server's own events), and goes back to "defaults" when it is exactly those. */
function listOf(listener: Listener, heard: ReadonlySet<EventType>): string[] | null {
  const foreign = (listener.events ?? []).filter((selector) => selector.startsWith('native:') || selector.startsWith('server.'))
  if (foreign.length === 0 && sameSet([...heard], listener.defaults)) return null
  return [...listener.carries.filter((type) => heard.has(type) && type !== 'server.event'), ...foreign]
}

function carried(listener: Listener, types: readonly EventType[]): EventType[] {
  return types.filter((type) => listener.carries.includes(type))
}

function sameSet(one: readonly EventType[], other: readonly EventType[]): boolean {
  return one.length === other.length && one.every((type) => other.includes(type))
}

function names(selector: string, type: EventType): boolean {
  if (selector === '*') return type !== 'server.event'
  return selector.endsWith('.*') ? type.startsWith(selector.slice(0, -1)) : selector === type
}
