import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PICTURE } from '../../test/support/channel-kit.ts'
import { TestClock } from '../../test/support/clock.ts'
import { aKind } from '../../test/support/rule-fixtures.ts'
import type { ChannelKind } from './channels/channel.ts'
import type { EventDraft } from './events/model.ts'
import { draft, job, T0, temporaryHistory } from './history/test-support.ts'
import type { ResolvedPrinter } from './settings/expand.ts'
import { createTestMessages, type TestWish } from './test-messages.ts'

const MK3 = { id: 'p1', name: 'MK3 left' } as ResolvedPrinter
const VORON = { id: 'p2', name: 'Voron' } as ResolvedPrinter
const USUAL: TestWish = { type: 'app.test', printerId: null, last: false }
const LAST_DONE: TestWish = { type: 'job.done', printerId: null, last: true }
const INVENTED_DONE: TestWish = { type: 'job.done', printerId: 'p2', last: false }

let store: ReturnType<typeof temporaryHistory>
beforeEach(() => {
  store = temporaryHistory()
})
afterEach(() => store.remove())

function kindOf(over: Partial<ChannelKind['capabilities']>, more: Partial<ChannelKind> = {}): ChannelKind {
  const kind = aKind('phone', { image: 'upload', actions: true, ...over })
  return { ...kind, displayName: 'Phone service', ...more } as unknown as ChannelKind
}

function setUp(kind: ChannelKind = kindOf({}), printers: ResolvedPrinter[] = [MK3, VORON]) {
  const clock = new TestClock(T0 + 3_600_000)
  const frozen: [string, string][] = []
  const tests = createTestMessages({
    clock, history: store.history, snapshots: { load: async (file) => (file === 'there.jpg' ? { ...PICTURE, file } : null) }, channels: new Map([['phone', kind]]),
    settings: () => ({ destinations: [{ id: 'phone', label: 'Marta', channel: 'phone', config: {}, secrets: {}, enabled: true }], printers }),
    kindOf: () => 'octoprint', capabilities: () => null,
    freeze(made, destinationId) {
      frozen.push([made.type, destinationId])
      return { ...made, context: { frozen: true } }
    },
    asItStands: (event) => event,
  })
  return { clock, frozen, tests }
}

function happened(id: string, over: Partial<EventDraft> = {}, picture: { file: string | null; why: string | null } | null = null): void {
  store.history.commit({ at: T0, memories: [], suppressed: [], entries: [{ draft: draft(id, { job: job('j1'), printTime: 7_200, ...over }), id, decisions: [], outbox: [] }] })
  if (picture) store.history.putSnapshot({ eventId: id, printerId: 'p1', at: T0, bytes: 1, width: null, height: null, ...picture })
}

describe('the message of a test', () => {
  it('is the usual one unless another is chosen', async () => {
    const { message, picture, noPicture, of } = await setUp().tests.make('phone', USUAL)
    expect([message.kind, message.title, message.body, picture, of]).toEqual(['test', 'Printbell: test message', '"Marta" works: this is a test.', null, null])
    expect(noPicture).toBe('Nothing real happened, so there is no picture.')
  })

  it('R33: is the last real event of its kind, with its picture, and says when that was', async () => {
    happened('E1', { printerName: 'Long ago' })
    happened('E2', {}, { file: 'there.jpg', why: null })
    happened('E3', { type: 'job.failed', severity: 'critical' })
    const { message, picture, noPicture, of } = await setUp().tests.make('phone', LAST_DONE)
    expect([message.kind, message.type, message.title, of?.id, picture?.file, noPicture]).toEqual(['event', 'job.done', 'MK3 left: print done', 'E2', 'there.jpg', null])
    // T0 in the zone of the tests.
    expect(message.body).toMatch(/^At \d\d:00: cube, 2 h$/)
  })

  it('takes no rehearsal for a real event', async () => {
    happened('E1')
    happened('E2', { reason: 'rehearsal', printerName: 'Rehearsed' })
    expect((await setUp().tests.make('phone', LAST_DONE)).of?.id).toBe('E1')
  })

  it('is made up, about the chosen printer, where there is no real one or none is wanted', async () => {
    const { tests, frozen } = setUp()
    const { message, of } = await tests.make('phone', { ...INVENTED_DONE, last: true })
    expect([message.title, message.event?.printerId, message.event?.reason, message.event?.context, of]).toEqual(['Voron: print done', 'p2', 'rehearsal', { frozen: true }, null])
    expect(frozen).toEqual([['job.done', 'phone']])
    happened('E1')
    expect((await tests.make('phone', INVENTED_DONE)).of).toBeNull()
  })

  it('can be made up without any printer, and about Printbell itself', async () => {
    const { tests } = setUp(kindOf({}), [])
    expect((await tests.make('phone', { ...INVENTED_DONE, printerId: null })).message.title).toBe('Printer: print done')
    expect((await tests.make('phone', { type: 'app.offline', printerId: null, last: false })).message).toMatchObject({ printer: null, type: 'app.offline' })
  })

  it('never changes what was told of its print', async () => {
    happened('E1')
    const { message } = await setUp().tests.make('phone', LAST_DONE)
    expect([message.threadKey, message.job?.key]).toEqual([`test|${T0 + 3_600_000}`, `test|${T0 + 3_600_000}`])
  })

  it('writes nothing into the history', async () => {
    await setUp().tests.make('phone', INVENTED_DONE)
    expect(store.history.events({})).toEqual([])
  })

  it('names what is unknown', async () => {
    const { tests } = setUp()
    await expect(tests.make('tablet', USUAL)).rejects.toThrow('there is no destination "tablet"; there are: phone')
    await expect(tests.make('phone', { ...INVENTED_DONE, printerId: 'p9' })).rejects.toThrow('there is no printer "p9"; there are: p1, p2')
  })
})

describe('the preview of a test', () => {
  it.each<[string, ChannelKind, Parameters<typeof happened>[2], string | null]>([
    ['a channel without pictures', kindOf({ image: 'none' }), { file: 'there.jpg', why: null }, 'Phone service carries no pictures.'],
    ['settings without pictures', kindOf({}, { wantsPicture: () => false }), { file: 'there.jpg', why: null }, 'The settings of this destination leave pictures out.'],
    ['a picture that is gone', kindOf({}), { file: 'gone.jpg', why: null }, 'Its picture is no longer kept.'],
    ['a picture that never came', kindOf({}), { file: null, why: 'the camera did not answer' }, 'There is no picture: the camera did not answer.'],
    ['no picture asked for', kindOf({}), null, 'No picture was taken of it.'],
    ['a picture', kindOf({}), { file: 'there.jpg', why: null }, null],
  ])('says why there is no picture: %s', async (_what, kind, picture, noPicture) => {
    happened('E1', {}, picture)
    expect((await setUp(kind).tests.preview('phone', LAST_DONE)).noPicture).toBe(noPicture)
  })

  it('tells the real event and whether there is one', async () => {
    const { tests } = setUp()
    expect(await tests.preview('phone', LAST_DONE)).toMatchObject({ of: null, hasLast: false })
    happened('E1')
    expect(await tests.preview('phone', LAST_DONE)).toMatchObject({ title: 'MK3 left: print done', of: { eventId: 'E1', at: T0 }, hasLast: true })
    expect(await tests.preview('phone', INVENTED_DONE)).toMatchObject({ of: null, hasLast: true })
    expect(await tests.preview('phone', USUAL)).toMatchObject({ hasLast: false })
  })

  it('shows buttons only where the channel does', async () => {
    expect((await setUp().tests.preview('phone', INVENTED_DONE)).buttons).toEqual(['Show', 'Mark seen'])
    expect((await setUp(kindOf({ actions: false })).tests.preview('phone', INVENTED_DONE)).buttons).toEqual([])
  })

  it('is cut to what the channel shows: the end of the body first', async () => {
    // "Voron: print done" has 17 characters, "rehearsal, 100 %." as many.
    expect(await setUp(kindOf({ maxText: 34 })).tests.preview('phone', { ...INVENTED_DONE, type: 'job.done' })).toMatchObject({ title: 'Voron: print done', cut: false })
    expect(await setUp(kindOf({ maxText: 25 })).tests.preview('phone', USUAL)).toMatchObject({ title: 'Printbell: test message', body: '"…', cut: true })
    expect(await setUp(kindOf({ maxText: 10 })).tests.preview('phone', USUAL)).toMatchObject({ title: 'Printbell…', body: '', cut: true })
  })
})
