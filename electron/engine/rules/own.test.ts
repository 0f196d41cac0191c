import { describe, expect, test } from 'vitest'
import { anEvent, contextOf, NOON, someSettings } from '../../../test/support/rule-fixtures.ts'
import { EVENT_TYPES, type PrinterEvent } from '../events/model.ts'
import { judgeAgain, route } from './route.ts'

const settings = (notifyMyself = false) => someSettings({
  notifyMyself, profiles: [{ id: 'all', name: 'All', destinations: [{ destination: '*' }] }],
  destinations: [{ id: 'hook', label: 'My hook', channel: 'webhook' }, { id: 'phone', label: 'Phone', channel: 'webhook' }],
})
const said = (event: PrinterEvent, notifyMyself = false): string[] => route(event, contextOf(settings(notifyMyself))).decisions.map(({ destinationId, decision, stage, reason }) => `${destinationId}: ${decision} ${stage} ${reason}`)
const TOLD = ['hook: deliver deliver subscribed', 'phone: deliver deliver subscribed']
const KEPT = ['hook: drop own own_action', 'phone: drop own own_action']

/** What a command of ours makes of a printer, or says of itself; of everything else it is no reason that it was ours. */
const OWN = ['job.paused', 'job.resumed', 'job.cancelled', 'job.failed', 'attention.cleared', 'command.succeeded', 'command.acknowledged']

describe('R65: what follows from one\'s own command', () => {
  test.each(EVENT_TYPES.map((type) => [type, OWN.includes(type) ? KEPT : TOLD] as const))('%s by a command of ours: %j', (type, expected) => {
    expect(said(anEvent(type, { byUs: true }))).toEqual(expected)
  })

  test.each(EVENT_TYPES)('%s is told where it is nobody\'s doing here', (type) => {
    expect(said(anEvent(type, { byUs: false }))).toEqual(TOLD)
  })

  test.each(EVENT_TYPES)('%s is told by "notify me too", whoever did it', (type) => {
    expect(said(anEvent(type, { byUs: true }), true)).toEqual(TOLD)
  })

  test('is judged so again, when it is late', () => {
    const late = { ...contextOf(settings()), standing: null, acknowledgedAt: null, failing: [] }
    expect(judgeAgain({ destinationId: 'hook', cancelOn: [] }, anEvent('job.paused', { byUs: true }), late)).toEqual({ send: false, stage: 'own', reason: 'own_action' })
  })
})

describe('R65: a note with an acknowledgement', () => {
  const noted = (over: Partial<PrinterEvent> = {}): PrinterEvent => anEvent('command.acknowledged', { byUs: true, text: 'I am on my way', ...over })

  test('is told to the others, not to those who know it', () => {
    expect(said(noted({ audience: { except: ['hook'] } }))).toEqual(['hook: drop own own_action', 'phone: deliver deliver subscribed'])
    expect(said(noted())).toEqual(TOLD)
  })

  test('is told to all by "notify me too"', () => {
    expect(said(noted({ audience: { except: ['hook'] } }), true)).toEqual(TOLD)
  })

  test.each([false, true])('is told to nobody by "don\'t notify others", with "notify me too" %s', (notifyMyself) => {
    expect(said(noted({ audience: { nobody: true, except: ['hook'] } }), notifyMyself)).toEqual(['hook: drop own told_nobody', 'phone: drop own told_nobody'])
  })

  test('is told to nobody where there is none', () => {
    const { text: _none, ...plain } = noted()
    expect(said(plain)).toEqual(KEPT)
  })
})

describe('a message to chosen destinations', () => {
  const broadcast = (only: string[]): PrinterEvent => anEvent('app.broadcast', { printerId: '', printerName: '', byUs: true, text: 'The workshop closes at six', audience: { only } })

  test('goes to them whatever they subscribed to, and to no others', () => {
    const deaf = someSettings({
      profiles: [{ id: 'none', name: 'None', active: false, destinations: [{ destination: '*' }] }],
      destinations: [{ id: 'hook', label: 'My hook', channel: 'webhook' }, { id: 'phone', label: 'Phone', channel: 'webhook', events: [] }],
    })
    const routed = route(broadcast(['phone']), contextOf(deaf))
    expect(routed.decisions).toEqual([
      { destinationId: 'hook', seq: 1, decision: 'drop', stage: 'subscribed', reason: 'not_chosen', profileId: null, until: null, at: NOON },
      { destinationId: 'phone', seq: 1, decision: 'deliver', stage: 'deliver', reason: 'chosen', profileId: null, until: null, at: NOON },
    ])
    expect(routed.outbox.map(({ destinationId }) => destinationId)).toEqual(['phone'])
  })

  test('is not carried where the channel can\'t, and a silence holds for it too', () => {
    const context = contextOf(someSettings({ destinations: [{ id: 'sms', label: 'SMS', channel: 'sms' }, { id: 'hook', label: 'My hook', channel: 'webhook' }] }), {
      silences: [{ id: 'S1', createdAt: NOON, startsAt: NOON, endsAt: null, match: { destinationIds: ['hook'] }, reason: '', by: 'cli' }],
    })
    expect(route(broadcast(['sms', 'hook']), context).decisions.map(({ destinationId, decision, stage, reason }) => [destinationId, decision, stage, reason])).toEqual([
      ['sms', 'drop', 'supported', 'not_supported'], ['hook', 'drop', 'silenced', 'silence:S1'],
    ])
  })

  test('is still for them at a late try', () => {
    const late = { ...contextOf(someSettings({ destinations: [{ id: 'hook', label: 'My hook', channel: 'webhook', events: [] }] })), standing: null, acknowledgedAt: null, failing: [] }
    expect(judgeAgain({ destinationId: 'hook', cancelOn: [] }, broadcast(['hook']), late)).toEqual({ send: true })
  })
})
