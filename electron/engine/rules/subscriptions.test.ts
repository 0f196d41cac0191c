import { describe, expect, test } from 'vitest'
import { anEvent, KINDS, someSettings, subscriptionsOf } from '../../../test/support/rule-fixtures.ts'
import { covers, wanted, wantsNative } from './subscriptions.ts'

const hears = (settings: ReturnType<typeof someSettings>, destinationId: string, event: ReturnType<typeof anEvent>): boolean =>
  subscriptionsOf(settings).some((subscription) => subscription.destinationId === destinationId && subscription.mode === 'now' && covers(subscription, event))

describe('compile', () => {
  test('with nothing chosen the toast hears a pause and the remote destination does not', () => {
    expect(hears(someSettings(), 'desk', anEvent('job.paused'))).toBe(true)
    expect(hears(someSettings(), 'hook', anEvent('job.paused'))).toBe(false)
  })

  test('with nothing chosen both hear that a print is done, neither that one started', () => {
    for (const destination of ['desk', 'hook']) {
      expect(hears(someSettings(), destination, anEvent('job.done'))).toBe(true)
      expect(hears(someSettings(), destination, anEvent('job.started'))).toBe(false)
    }
  })

  test('R28: a kind whose messages cost money hears of failures only, unless more is chosen', () => {
    const pager = { id: 'pager', label: 'Pager', channel: 'pager' }
    const kinds = new Map([...KINDS, ['pager', { ...KINDS.get('webhook')!, kind: 'pager', defaultEvents: ['job.failed', 'failure.detected'] as const }]])
    const heard = (settings: ReturnType<typeof someSettings>, type: Parameters<typeof anEvent>[0]): boolean =>
      subscriptionsOf(settings, kinds).some((subscription) => subscription.destinationId === 'pager' && covers(subscription, anEvent(type)))
    const byDefault = someSettings({ destinations: [pager] })
    expect([heard(byDefault, 'job.failed'), heard(byDefault, 'failure.detected'), heard(byDefault, 'job.done'), heard(byDefault, 'attention.door')]).toEqual([true, true, false, false])
    const chosen = someSettings({ destinations: [{ ...pager, events: ['job.done'] }] })
    expect([heard(chosen, 'job.failed'), heard(chosen, 'job.done')]).toEqual([false, true])
  })

  test('the events of the printer and of the destination must both name it', () => {
    const settings = someSettings({
      printers: [{ id: 'mk4', name: 'MK4', events: ['job.*', 'attention.*'] }],
      destinations: [{ id: 'hook', label: 'My hook', channel: 'webhook', events: ['*'] }],
    })
    expect(hears(settings, 'hook', anEvent('job.started'))).toBe(true)
    expect(hears(settings, 'hook', anEvent('heater.cooled'))).toBe(false)
  })

  test('a printer without events of its own does not limit what the destination chose', () => {
    const settings = someSettings({ destinations: [{ id: 'hook', label: 'My hook', channel: 'webhook', events: ['job.started'] }] })
    expect(hears(settings, 'hook', anEvent('job.started'))).toBe(true)
  })

  test('the events of a printer do not widen the defaults of a destination', () => {
    const settings = someSettings({ printers: [{ id: 'mk4', name: 'MK4', events: ['job.*'] }] })
    expect(hears(settings, 'desk', anEvent('job.started'))).toBe(false)
    expect(hears(settings, 'desk', anEvent('job.done'))).toBe(true)
    expect(hears(settings, 'desk', anEvent('attention.door'))).toBe(false)
  })

  test('an explicit subscription adds a type for one printer only', () => {
    const settings = someSettings({
      printers: [{ id: 'mk4', name: 'MK4' }, { id: 'voron', name: 'Voron' }],
      subscriptions: [{ printers: ['mk4'], events: ['job.started'], destination: 'hook' }],
    })
    expect(hears(settings, 'hook', anEvent('job.started'))).toBe(true)
    expect(hears(settings, 'hook', anEvent('job.started', { printerId: 'voron' }))).toBe(false)
  })

  test('disabled printers, disabled destinations and missing channels compile to nothing for them', () => {
    const settings = someSettings({
      printers: [{ id: 'mk4', name: 'MK4', enabled: false }],
      destinations: [{ id: 'off', label: 'Off', channel: 'webhook', enabled: false }, { id: 'odd', label: 'Odd', channel: 'carrier-pigeon' }],
    })
    expect(subscriptionsOf(settings)).toEqual([])
  })

  test("the app's own news reaches a destination whatever the printers' lists say", () => {
    const settings = someSettings({ printers: [{ id: 'mk4', name: 'MK4', events: ['job.*'] }] })
    expect(hears(settings, 'desk', anEvent('app.offline', { printerId: '' }))).toBe(true)
    expect(hears(settings, 'hook', anEvent('app.offline', { printerId: '' }))).toBe(false)
    expect(hears(settings, 'hook', anEvent('app.test', { printerId: '' }))).toBe(true)
  })
})

describe('wanted', () => {
  const hook = (events: string[], printerEvents?: string[]) => wanted(subscriptionsOf(someSettings({
    printers: [{ id: 'mk4', name: 'MK4', ...(printerEvents ? { events: printerEvents } : {}) }],
    destinations: [{ id: 'hook', label: 'My hook', channel: 'webhook', events }],
  })), 'mk4')

  test('asks for the chosen types only', () => {
    expect([...hook(['job.done', 'link.lost']).types].sort()).toEqual(['job.done', 'link.lost'])
  })
  test('asks for no layers and no messages unless chosen', () => {
    expect(hook(['job.done'])).toMatchObject({ layers: false, messages: false })
    expect(hook(['job.first_layer_done'])).toMatchObject({ layers: true, messages: false })
    expect(hook(['message.display'])).toMatchObject({ layers: false, messages: true })
  })
  test("asks for a server's own event by name, and the star does not mean those", () => {
    expect([...hook(['*', 'native:MovieDone']).natives]).toEqual(['MovieDone'])
    expect([...hook(['*']).natives]).toEqual([])
    expect([...hook(['native:*']).natives]).toEqual(['*'])
  })
  test("a server's own event that the printer's list does not take is not asked for", () => {
    expect([...hook(['*', 'native:MovieDone'], ['job.*']).natives]).toEqual([])
    expect([...hook(['native:*'], ['job.*', 'native:MovieDone']).natives]).toEqual(['MovieDone'])
  })
  test("a server's own event alone asks for no normalised type", () => {
    expect([...hook(['native:MovieDone']).types]).toEqual([])
  })
  test('a native name in one list and its group in the other still asks for the group', () => {
    expect(hook(['native:PrintDone'], ['job.*']).types.has('job.done')).toBe(true)
  })
  test('what another printer is subscribed for is not asked of this one', () => {
    const settings = someSettings({
      printers: [{ id: 'mk4', name: 'MK4', events: ['job.done'] }, { id: 'voron', name: 'Voron', events: ['job.failed'] }],
      destinations: [{ id: 'hook', label: 'My hook', channel: 'webhook', events: ['*'] }],
    })
    const subscriptions = subscriptionsOf(settings)
    expect([...wanted(subscriptions, 'mk4').types]).toEqual(['job.done'])
    expect([...wanted(subscriptions).types].filter((type) => type.startsWith('job.')).sort()).toEqual(['job.done', 'job.failed'])
  })
  test('a name is wanted when it or the star is', () => {
    expect(wantsNative({ natives: new Set(['MovieDone']) }, 'MovieDone')).toBe(true)
    expect(wantsNative({ natives: new Set(['MovieDone']) }, 'Upload')).toBe(false)
    expect(wantsNative({ natives: new Set(['*']) }, 'Upload')).toBe(true)
  })
})
