import { describe, expect, it } from 'vitest'
import { eventType } from '../../../electron/bridge/views/common.ts'
import { canTick, EVENT_GROUPS, heardBy, nextOfGroup, switchGroup, switchType, tickOf, type EventGroup, type EventType, type Listener } from './events.ts'

const EVENT_TYPES: readonly EventType[] = eventType.options
// Column "toast by default" of the design, and what a remote destination starts with.
const TOAST_DEFAULTS: readonly EventType[] = [
  'job.stalled', 'job.paused', 'job.done', 'job.cancelled', 'job.failed', 'job.result_unknown',
  'attention.filament_runout', 'attention.filament_change', 'attention.user_input', 'attention.door', 'attention.plate', 'attention.cleared', 'attention.reminder',
  'failure.warning', 'failure.detected', 'heater.left_on', 'heater.runaway', 'device.error', 'device.shutdown', 'device.fault',
  'link.lost', 'link.up', 'link.auth_failed', 'link.refused', 'message.user', 'command.failed',
  'app.delivery_failing', 'app.delivery_recovered', 'app.offline', 'app.update_available', 'app.test',
]
const REMOTE_DEFAULTS: readonly EventType[] = [
  'job.done', 'job.failed', 'job.result_unknown', 'failure.warning', 'failure.detected',
  'attention.filament_runout', 'attention.filament_change', 'attention.user_input', 'attention.door', 'attention.plate', 'attention.cleared', 'attention.reminder',
  'device.error', 'device.shutdown', 'app.test',
]

const toast = (events: string[] | null = null): Listener => ({ id: 'desktop', events, defaults: TOAST_DEFAULTS, carries: EVENT_TYPES })
const remote = (events: string[] | null = null, id = 'phone'): Listener => ({ id, events, defaults: REMOTE_DEFAULTS, carries: EVENT_TYPES })

function group(key: EventGroup['key']): EventGroup {
  const found = EVENT_GROUPS.find((candidate) => candidate.key === key)
  if (!found) throw new Error(`there is no group ${key}`)
  return found
}

describe('what rings', () => {
  it('has every type in one group, but for the test and a server’s own events', () => {
    const grouped = EVENT_GROUPS.flatMap(({ types }) => types)
    expect([...grouped].sort()).toEqual(EVENT_TYPES.filter((type) => type !== 'app.test' && type !== 'server.event').sort())
  })

  // The page of the look, written down by hand.
  it.each<[EventGroup['key'], boolean | 'indeterminate', boolean | 'indeterminate']>([
    ['needs', true, true],
    ['done', true, true],
    ['failed', true, 'indeterminate'],
    ['suspected', true, true],
    ['paused', true, false],
    ['progress', false, false],
    ['temperature', 'indeterminate', false],
    ['connection', true, false],
    ['camera', false, false],
  ])('shows %s by default as %s for toasts and %s elsewhere', (key, ofToast, elsewhere) => {
    expect(tickOf([toast()], group(key).types)).toBe(ofToast)
    expect(tickOf([remote()], group(key).types)).toBe(elsewhere)
  })

  it('R05: switching a group off clears what is in it', () => {
    const list = switchGroup(remote(['job.done', 'job.failed', 'job.cancelled', 'job.result_unknown', 'link.lost']), group('failed'), 'off')
    expect(list).toEqual(['job.done', 'link.lost'])
  })

  it('R05: switching a group on brings back the defaults of that destination only', () => {
    expect(switchGroup(remote(['link.lost']), group('failed'), 'on')).toEqual(['job.failed', 'job.result_unknown', 'link.lost'])
    expect(switchGroup(toast(['link.lost']), group('failed'), 'on')).toEqual(['job.cancelled', 'job.failed', 'job.result_unknown', 'link.lost'])
  })

  it('switches a group on to its main types where the destination has no default in it', () => {
    expect(switchGroup(remote(['job.done']), group('progress'), 'on')).toEqual(['job.progress', 'job.done'])
  })

  it('R05: off and on again is the defaults again, with their exceptions', () => {
    const off = switchGroup(toast(), group('temperature'), 'off')
    expect(off).not.toBeNull()
    expect(off).not.toContain('heater.left_on')
    expect(switchGroup(toast(off), group('temperature'), 'on')).toBeNull()
  })

  it('a group that stands at its defaults goes off next, one with less goes on, one with all goes off', () => {
    expect(nextOfGroup([toast()], group('temperature'))).toBe('off')
    expect(nextOfGroup([toast(['heater.cooled'])], group('temperature'))).toBe('on')
    expect(nextOfGroup([toast(['heater.*'])], group('temperature'))).toBe('off')
    expect(nextOfGroup([toast([])], group('temperature'))).toBe('on')
    expect(nextOfGroup([remote(), remote(['job.done'], 'log')], group('failed'))).toBe('on')
    expect(nextOfGroup([], group('failed'))).toBe('on')
  })

  it('understands groups of selectors and writes the types that remain of them', () => {
    expect(heardBy(remote(['job.*', 'link.lost']))).toContain('job.layer')
    expect(heardBy(remote(['*']))).not.toContain('server.event')
    expect(switchType(remote(['failure.*', 'job.done']), 'failure.warning', false)).toEqual(['job.done', 'failure.detected'])
  })

  it('keeps a server’s own events, which the grid does not show', () => {
    expect(switchType(remote(['job.done', 'native:Upload', 'server.event']), 'job.failed', true)).toEqual(['job.done', 'job.failed', 'native:Upload', 'server.event'])
  })

  it('shows mixed where destinations differ, and switches each by its own', () => {
    expect(tickOf([remote(['job.done'], 'a'), remote([], 'b')], ['job.done'])).toBe('indeterminate')
    expect(tickOf([remote(['job.done'], 'a'), remote(['job.done'], 'b')], ['job.done'])).toBe(true)
  })

  it('offers nothing that no destination can carry', () => {
    const pager: Listener = { id: 'pager', events: null, defaults: ['job.done'], carries: ['job.done', 'job.failed'] }
    expect(canTick([pager], ['camera.lost'])).toBe(false)
    expect(canTick([], ['job.done'])).toBe(false)
    expect(switchType(pager, 'camera.lost', true)).toBeNull()
    expect(tickOf([pager], group('failed').types)).toBe(false)
  })
})
