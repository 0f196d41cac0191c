import { describe, expect, it } from 'vitest'
import { answer } from '../../bridge/handlers.ts'
import type { Handlers } from '../../bridge/contract.ts'
import { memoryLog } from '../../../test/support/log.ts'
import type { Verdict } from '../../engine/channels/channel.ts'
import { channels } from '../../engine/channels/registry.ts'
import { adapters } from '../../engine/printers/registry.ts'
import type { RehearsalResult } from '../../engine/rehearsal.ts'
import { Secret } from '../../engine/settings/secret.ts'
import { desk } from '../settings/keeper.support.ts'
import { settingsCalls, type SettingsCallParts } from './settings.ts'

const CANARY = 'canary-4711-secret'
const FILE = {
  version: 1,
  servers: [{ id: 'mk3', kind: 'octoprint', url: 'http://octopi.local' }],
  printers: [{ id: 'mk3', name: 'MK3', sources: [{ server: 'mk3' }] }],
  destinations: [{ id: 'hook', label: 'Hook', channel: 'webhook', config: { url: 'http://127.0.0.1/' } }],
}

function callsWith(engine: Partial<NonNullable<ReturnType<SettingsCallParts['engine']>>> | null = null) {
  const { keeper, log } = desk(FILE)
  const handlers = settingsCalls({ settings: keeper, kinds: { adapters, channels }, engine: () => engine as ReturnType<SettingsCallParts['engine']> })
  return { keeper, log, handlers, ask: (name: keyof typeof handlers, input: unknown) => answer(name, input, { handlers: handlers as Handlers, log: memoryLog() }) }
}
const verdict = (given: Verdict) => callsWith({ testDestination: async () => ({ label: 'Hook', verdict: given, ms: 41 }) })
const rehearsed = (given: Partial<RehearsalResult>) => callsWith({ rehearse: async () => ({ eventId: 'E1', decision: { decision: 'deliver', stage: 'deliver', reason: 'subscribed' }, attempt: null, ...given }) })
const REHEARSAL = { destinationId: 'hook', printerId: 'mk3', type: 'job.done' } as const

describe('settings over the bridge', () => {
  it('R35: a secret goes in and never comes back', async () => {
    const { ask } = callsWith()
    expect(await ask('settings.set-secret', { owner: 'server', id: 'mk3', field: 'apiKey', value: CANARY })).toEqual({ ok: true, value: { ok: true } })
    const seen = await ask('settings.get', null)
    expect(seen).toMatchObject({ ok: true, value: { servers: [{ secrets: { apiKey: 'stored', basicPassword: 'unset' } }] } })
    expect(JSON.stringify(seen)).not.toContain(CANARY)
  })

  it('R34: what is refused comes back as problems of its fields, through the contract', async () => {
    expect(await callsWith().ask('settings.change', { what: 'printer', id: 'mk3', patch: { thresholds: { progressStep: 'often' } } })).toEqual({
      ok: true, value: { ok: false, problems: [{ path: 'thresholds.progressStep', message: 'is a text', cure: 'It must be a number.' }] },
    })
  })

  it('gives forms that keep the contract', async () => {
    expect(await callsWith().ask('settings.forms', null)).toMatchObject({ ok: true, value: { adapters: expect.arrayContaining([expect.objectContaining({ kind: 'octoprint' })]) as unknown, channels: expect.arrayContaining([expect.objectContaining({ kind: 'webhook' })]) as unknown } })
  })
})

describe('the test of a destination', () => {
  it.each([
    [{ result: 'delivered', detail: 'Answered 204.' }, { ok: true, detail: 'Answered 204.', ms: 41, exchange: null }],
    [{ result: 'retry', after: null, why: 'It does not answer (timeout).' }, { ok: false, detail: 'It does not answer (timeout).', ms: 41, exchange: null }],
    [{ result: 'rejected', scope: 'destination', why: 'It wants another token (401). Enter the right one.' }, { ok: false, detail: 'It wants another token (401). Enter the right one.', ms: 41, exchange: null }],
    [{ result: 'gone', why: 'It says that it is gone for good (410).' }, { ok: false, detail: 'It says that it is gone for good (410).', ms: 41, exchange: null }],
  ] as [Verdict, object][])('R33: shows the real result %j', async (given, shown) => {
    expect(await verdict(given).handlers['destinations.test']({ destinationId: 'hook', wish: null })).toEqual(shown)
  })

  it('R33: shows what was said and answered, without a secret', async () => {
    const secret = new Secret(CANARY)
    const told = await verdict({ result: 'delivered', detail: 'Answered 200.', exchange: { request: ['POST /', `Authorization: ${secret.reveal()}`], answer: ['200 OK'] } }).handlers['destinations.test']({ destinationId: 'hook', wish: null })
    expect(told).toEqual({ ok: true, detail: 'Answered 200.', ms: 41, exchange: { request: ['POST /', 'Authorization: [secret]'], answer: ['200 OK'] } })
  })

  it('R35: shows no secret that the far side echoes', async () => {
    const secret = new Secret(CANARY)
    const told = await verdict({ result: 'rejected', scope: 'destination', why: `It refuses ${secret.reveal()}.` }).handlers['destinations.test']({ destinationId: 'hook', wish: null })
    expect(told.detail).toBe('It refuses [secret].')
  })

  it('says in words why none could be made', async () => {
    const off = callsWith({ testDestination: async () => { throw new Error('destination "hook" is switched off') } })
    expect(await off.handlers['destinations.test']({ destinationId: 'hook', wish: null })).toEqual({ ok: false, detail: 'Destination "hook" is switched off.', ms: 0, exchange: null })
    expect(await callsWith(null).handlers['destinations.test']({ destinationId: 'hook', wish: null })).toEqual({ ok: false, detail: 'Printbell is starting or ending. Try again in a moment.', ms: 0, exchange: null })
  })
})

describe('a test with a chosen event', () => {
  const WISH = { type: 'job.done', printerId: 'mk3', last: true } as const
  const PREVIEW = { title: 'MK3: print done', body: 'cube, 2 h', cut: false, buttons: [], noPicture: null, of: { eventId: 'E 1', at: 5 }, hasLast: true }

  it('R33: is sent as it was chosen, the usual one without a wish', async () => {
    const asked: unknown[] = []
    const { handlers } = callsWith({ testDestination: async (...given) => { asked.push(given); return { label: 'Hook', verdict: { result: 'delivered', detail: 'Answered 204.' }, ms: 41 } } })
    await handlers['destinations.test']({ destinationId: 'hook', wish: WISH })
    await handlers['destinations.test']({ destinationId: 'hook', wish: null })
    expect(asked).toEqual([['hook', WISH], ['hook', undefined]])
  })

  it('is previewed with the picture of its event, through the contract', async () => {
    const { ask } = callsWith({ previewTest: async () => PREVIEW })
    expect(await ask('destinations.preview', { destinationId: 'hook', wish: WISH })).toEqual({ ok: true, value: { ...PREVIEW, picture: 'printbell-picture://event/E%201' } })
  })

  it('names no picture where there is none', async () => {
    const { ask } = callsWith({ previewTest: async () => ({ ...PREVIEW, noPicture: 'Its picture is no longer kept.' }) })
    expect(await ask('destinations.preview', { destinationId: 'hook', wish: WISH })).toMatchObject({ ok: true, value: { picture: null, noPicture: 'Its picture is no longer kept.' } })
  })

  it('says in words why there is no preview', async () => {
    const { ask } = callsWith({ previewTest: async () => { throw new Error('there is no printer "mk3"; there are: none') } })
    expect(await ask('destinations.preview', { destinationId: 'hook', wish: WISH })).toEqual({ ok: false, error: 'There is no printer "mk3"; there are: none.' })
    expect(await callsWith(null).ask('destinations.preview', { destinationId: 'hook', wish: WISH })).toEqual({ ok: false, error: 'Printbell is starting or ending. Try again in a moment.' })
  })
})

describe('templates that are tried', () => {
  const WISH = { type: 'job.done', printerId: null, last: true } as const
  const TRIAL = {
    preview: { title: 'done', body: 'see hunter2-correct-horse', cut: false, buttons: [], noPicture: 'No.', of: null, hasLast: false },
    troubles: [{ selector: '*', field: 'body' as const, place: { line: 2, column: 4 }, what: 'undefined filter: shout' }], values: [{ name: 'said', value: 'hunter2-correct-horse' }],
  }

  it('are answered through the contract, without the secrets that a printer may say', async () => {
    const secret = new Secret('hunter2-correct-horse')
    expect(secret.reveal()).toBe('hunter2-correct-horse')
    const asked: unknown[] = []
    const { ask } = callsWith({ tryTemplates: async (...given) => { asked.push(given); return TRIAL } })
    const templates = { '*': { body: 'a\n{{ x | shout }}' } }
    const answer = await ask('destinations.try-templates', { destinationId: 'hook', wish: WISH, templates })
    expect(asked).toEqual([['hook', WISH, templates]])
    expect(answer).toMatchObject({ ok: true, value: { troubles: TRIAL.troubles } })
    expect(JSON.stringify(answer)).not.toContain('hunter2')
  })

  it('say in words why they are not', async () => {
    expect(await callsWith(null).ask('destinations.try-templates', { destinationId: 'hook', wish: WISH, templates: {} })).toEqual({ ok: false, error: 'Printbell is starting or ending. Try again in a moment.' })
  })
})

describe('a rehearsal', () => {
  it.each([
    [{ attempt: { result: 'delivered', detail: 'Answered 204.', ms: 41.4 } }, 'Delivered in 41\u202fms: Answered 204.'],
    [{ attempt: { result: 'delivered', detail: 'Answered 204.', ms: 30_004 } }, 'Delivered in 30\u202fs: Answered 204.'],
    [{ attempt: { result: 'retry', detail: 'It refuses the connection. Check the port, and that it runs.', ms: 3 } }, 'It refuses the connection. Check the port, and that it runs.'],
    [{}, 'On its way, but nothing came of it yet. The history shows what follows.'],
    [{ decision: { decision: 'drop', stage: 'subscribed', reason: 'not_subscribed' } }, 'Not sent: this destination does not get this kind of event from this printer.'],
    [{ decision: { decision: 'drop', stage: 'silenced', reason: 'silence:01J0' } }, 'Not sent: it is muted now.'],
  ] as [Partial<RehearsalResult>, string][])('R56: tells what came of %j', async (given, detail) => {
    expect(await rehearsed(given).handlers['destinations.rehearse'](REHEARSAL)).toEqual({ eventId: 'E1', detail })
  })

  it('says in words why none could be made', async () => {
    const unknown = callsWith({ rehearse: async () => { throw new Error('there is no printer "x"; there are: mk3') } })
    expect(await unknown.handlers['destinations.rehearse'](REHEARSAL)).toEqual({ eventId: null, detail: 'There is no printer "x"; there are: mk3.' })
  })
})
