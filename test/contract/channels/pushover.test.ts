import axios from 'axios'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ChannelMemory, ChannelPorts, Sending, Verdict } from '../../../electron/engine/channels/channel.ts'
import { passingMemory } from '../../../electron/engine/channels/memory.ts'
import { pushoverChannel } from '../../../electron/engine/channels/pushover/index.ts'
import { renderCancelQuestion, renderNotice } from '../../../electron/engine/delivery/render.ts'
import { renderSummary } from '../../../electron/engine/delivery/summary.ts'
import { CANARY, channelPorts, eventOf, PICTURE, sendingOf } from '../../support/channel-kit.ts'
import { TestClock } from '../../support/clock.ts'
import { GOLDEN_EVENTS } from '../../support/golden-events.ts'
import { startFarSide, type FarSide, type Receipt, type Rule } from '../../support/far-side.ts'
import { anEvent, LAMP, NOON } from '../../support/rule-fixtures.ts'
import { channelSuite, expectClean, openChannel, type ChannelRig, type Received } from './every-channel.ts'

interface Rig extends ChannelRig { far: FarSide }

const TOKEN = 'azGDORePK8gMaC0QOYAMyEEuzJnyUi'
const USER = 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG'
const RECEIPT = 'rLqVuqTRh62UzxtmqiaLzQmVcPgiCy'
/** pushover.net/api "Response Format". */
const TAKEN = { status: 1, request: '647d2300-702c-4b38-8b2f-d56326ae460b' }
const PATH = '/1/messages.json$'

/** Requests to Pushover's own address end at the far side, and any other address is a mistake. */
function ports(far: FarSide): Partial<ChannelPorts> {
  const http = axios.create({ proxy: false })
  http.interceptors.request.use((config) => {
    if (!config.url?.startsWith('https://api.pushover.net/1/')) throw new Error(`a request to ${config.url}`)
    return { ...config, url: config.url.replace('https://api.pushover.net', far.base) }
  })
  return { net: { http, online: () => true } }
}

async function start(): Promise<Rig> {
  const far = await startFarSide()
  return {
    far,
    secrets: { token: TOKEN, user: USER },
    ports: () => ports(far),
    config: () => ({}),
    accept: () => far.play({ path: PATH, body: TAKEN }),
    received: async () => Promise.all((await far.receipts()).map(read)),
    close: () => far.close(),
  }
}

async function fieldsOf(receipt: Receipt): Promise<Record<string, string>> {
  const multipart = receipt.headers['content-type']?.startsWith('multipart/form-data')
  const entries = multipart ? [...await receipt.form()] : [...new URLSearchParams(receipt.text)]
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

async function read(receipt: Receipt): Promise<Received> {
  const { title = '', message = '' } = await fieldsOf(receipt)
  const picture = receipt.headers['content-type']?.startsWith('multipart/') ? (await receipt.form()).get('attachment') : null
  return { text: `${title}\n${message}`, pictures: picture instanceof File ? [new Uint8Array(await picture.arrayBuffer())] : [], raw: receipt.text }
}

/** As its server says it: one more key for the field that is wrong. */
const wrong = (status: number, fields: Record<string, string>, ...errors: string[]): Rule => ({ path: PATH, status, body: { ...fields, errors, status: 0, request: '5c4487c0-a61a-497e-9205-3441a99471b0' } })
const says = (status: number, fields: Record<string, string>, ...errors: string[]) => (rig: Rig) => rig.far.play(wrong(status, fields, ...errors))
const status = (code: number, headers: Record<string, string> = {}) => (rig: Rig) => rig.far.play({ path: PATH, status: code, headers, body: '' })

channelSuite('pushover', {
  start,
  answers: [
    ['200 with status 1 is delivered', (rig) => rig.far.play({ path: PATH, body: TAKEN }), 'delivered'],
    ['200 with status 0 is not', (rig) => rig.far.play({ ...wrong(200, { user: 'invalid' }, 'user key is invalid') }), 'rejected destination'],
    ['200 that nobody will see refuses the destination', (rig) => rig.far.play({ path: PATH, body: { ...TAKEN, info: 'no active devices to send to' } }), 'rejected destination'],
    ['a wrong token refuses the destination', says(400, { token: 'invalid' }, 'application token is invalid, see https://pushover.net/api'), 'rejected destination'],
    ['a wrong user refuses the destination', says(400, { user: 'invalid' }, 'user identifier is not a valid user, group, or subscribed user key, see https://pushover.net/api#identifiers'), 'rejected destination'],
    ['a wrong device refuses the destination', says(400, { device: 'invalid for this user' }, 'device name is not valid for user'), 'rejected destination'],
    ['an account without a device refuses the destination', says(400, { user: 'valid but has no active devices' }, 'no active devices to send to'), 'rejected destination'],
    ['a wrong sound refuses the destination', says(400, { sound: 'invalid' }, 'sound is not valid'), 'rejected destination'],
    ['a wrong link refuses the destination', says(400, { url: 'is too long' }, 'url is too long'), 'rejected destination'],
    ['the same told in words only', says(400, {}, 'application token is invalid'), 'rejected destination'],
    ['a blank message refuses this message', says(400, { message: 'cannot be blank' }, 'message cannot be blank'), 'rejected message'],
    ['a wrong priority refuses this message', says(400, { priority: 'is invalid' }, 'priority is invalid'), 'rejected message'],
    ['a retry that is missing refuses this message', says(400, { retry: 'must be supplied with priority=2' }, 'retry must be supplied with priority=2'), 'rejected message'],
    ['a picture that is too large, where there was none, refuses this message', says(400, { attachment: 'is too large' }, 'attachment is too large (2700920 bytes is more than 2621440 limit'), 'rejected message'],
    ['400 without a word refuses this message', status(400), 'rejected message'],
    ['401 refuses the destination', status(401), 'rejected destination'],
    ['403 refuses the destination', status(403), 'rejected destination'],
    ['404 refuses the destination', status(404), 'rejected destination'],
    ['413 refuses this message', status(413), 'rejected message'],
    ['422 refuses this message', status(422), 'rejected message'],
    // 2026-02-01 00:00 UTC, 1 209 600 s less 43 200 s after the 15th at noon: 16.5 days
    ['the quota of the month waits for the next', (rig) => rig.far.play({ ...wrong(429, {}, 'application is over its quota'), headers: { 'x-limit-app-limit': '10000', 'x-limit-app-remaining': '0', 'x-limit-app-reset': '1769904000' } }), 'retry 1425600000'],
    ['429 without a date is tried again', status(429), 'retry'],
    ['429 is tried again when it says', status(429, { 'retry-after': '30' }), 'retry 30000'],
    ['500 is tried again after five seconds', status(500), 'retry 5000'],
    ['502 is tried again after five seconds', status(502), 'retry 5000'],
    ['503 is tried again when it says', status(503, { 'retry-after': '60' }), 'retry 60000'],
    ['504 is tried again after five seconds', status(504), 'retry 5000'],
    ['a redirect is not followed', status(302, { location: 'https://elsewhere.example/' }), 'rejected destination'],
    ['408 is tried again', status(408), 'retry'],
    ['a broken connection is tried again', (rig) => rig.far.play({ path: PATH, how: 'reset' }), 'retry'],
    ['a body that breaks off does not undo the 200', (rig) => rig.far.play({ path: PATH, how: 'half' }), 'delivered'],
    ['a body without end does not undo the 200', (rig) => rig.far.play({ path: PATH, how: 'flood' }), 'delivered'],
  ],
  wrong: [
    ['a device with a blank', { device: 'my phone' }, 'device'], ['a device that is too long', { device: 'x'.repeat(26) }, 'device'], ['a sound with a blank', { sound: 'a b' }, 'sound'],
    ['repeats that are too quick', { retrySeconds: 29 }, 'retrySeconds'], ['repeats for too long', { expireSeconds: 10_801 }, 'expireSeconds'],
    ['a link that is no address', { click: 'octopi.local' }, 'click'], ['a link that is too long', { click: `https://example.org/${'x'.repeat(500)}` }, 'click'],
  ],
  hang: (rig) => rig.far.play({ path: PATH, how: 'hang' }),
})

describe('Pushover', () => {
  let rig: Rig
  beforeAll(async () => {
    rig = await start()
  })
  afterAll(() => rig.close())

  async function send(sending: Sending, over: Record<string, unknown> = {}): Promise<Verdict> {
    const channel = openChannel(pushoverChannel, rig, over)
    const verdict = await channel.sendPrinterNotification(sending)
    await channel.close()
    expectClean(verdict, rig)
    return verdict
  }
  const event = (type: Parameters<typeof eventOf>[0], over: Parameters<typeof eventOf>[1]): Sending => sendingOf(eventOf(type, over))
  /** Token, user and the time of the event, which every request has. */
  const ALWAYS = { token: TOKEN, user: USER, timestamp: '1768478400' }

  test.each<[string, () => Sending, Record<string, unknown>, Record<string, string>]>([
    ['a print that is done', () => sendingOf(), {}, { title: 'MK4 left bench: print done', message: 'lamp-vase, 3 h 36 min', priority: '0' }],
    ['progress', () => event('job.progress', { severity: 'info', progress: 0.5 }), {}, { title: 'MK4 left bench: 50 % printed', message: 'lamp-vase, 1 h 30 min', priority: '-1' }],
    ['a pause', () => event('job.paused', { severity: 'warning', reason: 'user' }), {}, { title: 'MK4 left bench: paused', message: 'By a person at 42 %. lamp-vase.', priority: '0' }],
    ['an error of the printer', () => event('device.error', { severity: 'error', text: 'MINTEMP' }), {}, { title: 'MK4 left bench: printer error', message: 'MINTEMP. Look at the printer.', priority: '1' }],
    ['filament that ran out', () => event('attention.filament_runout', { severity: 'critical' }), {}, { title: 'MK4 left bench: filament ran out', message: 'Load filament, then resume. lamp-vase, 42 %.', priority: '1' }],
    ['a failure, as an emergency', () => event('failure.detected', { severity: 'critical' }), { emergency: true, retrySeconds: 30, expireSeconds: 10_800 },
      { title: 'MK4 left bench: print is failing', message: 'It still prints. Look, then pause or cancel. lamp-vase, 42 %.', priority: '2', retry: '30', expire: '10800' }],
    ['a warning is no emergency', () => event('job.paused', { severity: 'warning', reason: 'user' }), { emergency: true }, { title: 'MK4 left bench: paused', message: 'By a person at 42 %. lamp-vase.', priority: '0' }],
    ['all that can be chosen', () => sendingOf(), { device: 'iphone,tablet', sound: 'cosmic', click: 'https://example.org/mk4', loudness: { success: 'silent' } },
      { title: 'MK4 left bench: print done', message: 'lamp-vase, 3 h 36 min', priority: '-2', device: 'iphone,tablet', sound: 'cosmic', url: 'https://example.org/mk4' }],
    ['a test is heard', () => event('app.test', { severity: 'info', printerId: '', printerName: '', text: 'Phone' }), { emergency: true }, { title: 'Printbell: test message', message: '"Phone" works: this is a test.', priority: '0' }],
    ['a question', () => ({ ...sendingOf(), message: renderCancelQuestion(anEvent('job.progress', { job: LAMP, severity: 'info' }), 0.42) }), {},
      { title: 'MK4 left bench: cancel this print?', message: "lamp-vase, 42 %. It can't be resumed.", priority: '-1' }],
    ['a notice', () => ({ ...sendingOf(), message: renderNotice({ printerId: 'mk4', printerName: 'MK4 left bench', serverKind: 'octoprint' }, 'nothing done', 'The print is over.', NOON) }), {},
      { title: 'MK4 left bench: nothing done', message: 'The print is over.', priority: '-1' }],
    ['a summary is no emergency: nobody could acknowledge it here', () => ({ ...sendingOf(), message: renderSummary([anEvent('job.failed', { job: LAMP, severity: 'critical', printerName: 'Voron' })]) }), { emergency: true },
      { title: '1 event while you were away', message: 'Failed: Voron.', priority: '1' }],
  ])('R27: golden request of %s', async (_what, sending, over, said) => {
    await rig.accept()
    expect(await send(sending(), over)).toMatchObject({ result: 'delivered', detail: 'Pushover answered 200.' })
    const [receipt, ...more] = await rig.far.receipts()
    expect(more).toEqual([])
    expect([receipt?.method, receipt?.path, receipt?.headers['content-type']]).toEqual(['POST', '/1/messages.json', 'application/x-www-form-urlencoded;charset=utf-8'])
    expect(receipt && await fieldsOf(receipt)).toEqual({ ...ALWAYS, ...said })
  })

  const PRIORITIES = { info: '-1', success: '0', warning: '0', error: '1', critical: '1' } as const

  test.each(GOLDEN_EVENTS)('golden request of $type', async ({ type, severity, event: one, title, body }) => {
    await rig.accept()
    await send(sendingOf(one))
    const [receipt] = await rig.far.receipts()
    expect(receipt && await fieldsOf(receipt)).toEqual({ ...ALWAYS, title, message: body === '' ? title : body, priority: type === 'app.test' ? '0' : PRIORITIES[severity] })
  })

  test('R27: golden request with a picture: the same fields, and the JPEG as attachment', async () => {
    await rig.accept()
    await send(sendingOf(undefined, { picture: PICTURE }))
    const [receipt] = await rig.far.receipts()
    expect(receipt && await fieldsOf(receipt)).toEqual({ ...ALWAYS, title: 'MK4 left bench: print done', message: 'lamp-vase, 3 h 36 min', priority: '0' })
    const form = await receipt?.form()
    expect([...form?.keys() ?? []]).toEqual(['token', 'user', 'title', 'message', 'priority', 'timestamp', 'attachment'])
    const picture = form?.get('attachment') as File
    expect([picture.name, picture.type]).toEqual(['snapshot.jpg', 'image/jpeg'])
    expect(Buffer.from(await picture.arrayBuffer()).equals(Buffer.from(PICTURE.jpeg))).toBe(true)
  })

  test('R27: title and message are cut at 250 and 1024 characters', async () => {
    await rig.accept()
    const sending = sendingOf()
    await send({ ...sending, message: { ...sending.message, title: '🖨'.repeat(300), body: '墨'.repeat(1_100) } })
    const [receipt] = await rig.far.receipts()
    const { title, message } = receipt ? await fieldsOf(receipt) : {}
    expect(title).toBe(`${'🖨'.repeat(249)}…`)
    expect(message).toBe(`${'墨'.repeat(1_023)}…`)
  })

  describe('a picture', () => {
    const withPicture = sendingOf(undefined, { picture: PICTURE })
    const sizes = async (): Promise<(number | string)[]> => (await Promise.all((await rig.far.receipts()).map(read))).map(({ pictures }) => pictures[0]?.length ?? 'text')
    const tooLarge = wrong(400, { attachment: 'is too large' }, 'attachment is too large (2700920 bytes is more than 2621440 limit')

    test('that is too large goes smaller', async () => {
      await rig.far.play({ ...tooLarge, times: 1 }, { path: PATH, body: TAKEN })
      expect(await send(withPicture)).toMatchObject({ result: 'delivered', detail: 'Pushover answered 200. Its picture was made smaller.' })
      expect(await sizes()).toEqual([5_006, 640])
    })
    test.each<[string, Rule]>([['the API', { ...tooLarge, times: 3 }], ['a proxy', { path: PATH, status: 413, times: 3 }]])('that is too large in every size for %s is left out', async (_who, rule) => {
      await rig.far.play(rule, { path: PATH, body: TAKEN })
      expect(await send(withPicture)).toMatchObject({ result: 'delivered', detail: 'Pushover answered 200. Without its picture: too large for it.' })
      expect(await sizes()).toEqual([5_006, 640, 320, 'text'])
    })
    test('whose token is wrong is not sent again', async () => {
      await rig.far.play(wrong(400, { token: 'invalid' }, 'application token is invalid'))
      expect(await send(withPicture)).toMatchObject({ result: 'rejected', scope: 'destination' })
      expect(await sizes()).toEqual([5_006])
    })
    test('does not go where it was switched off', async () => {
      await rig.accept()
      await send(withPicture, { includePicture: false })
      expect(await sizes()).toEqual(['text'])
      expect(pushoverChannel.wantsPicture?.({ includePicture: false })).toBe(false)
    })
  })

  test('Test shows what was sent, without token, user key and link, and how many are left', async () => {
    await rig.far.play({ path: PATH, body: TAKEN, headers: { 'x-limit-app-limit': '10000', 'x-limit-app-remaining': '7496', 'x-limit-app-reset': '1769904000' } })
    expect((await send(sendingOf(undefined, { picture: PICTURE }), { click: 'https://example.org' })).exchange).toEqual({
      request: ['POST /1/messages.json', 'title: MK4 left bench: print done', 'message: lamp-vase, 3 h 36 min', 'priority: 0', 'timestamp: 1768478400', 'url: as entered', 'attachment: image/jpeg 6 kB'],
      answer: ['200', '7496 messages left this month'],
    })
  })

  describe('an emergency', () => {
    const CRITICAL = event('failure.detected', { id: '01KF00000000000000000000AB', severity: 'critical' })
    const EMERGENCY: Rule = { method: 'POST', path: PATH, body: { ...TAKEN, receipt: RECEIPT } }
    const asked = (body: object, over: Partial<Rule> = {}): Rule => ({ method: 'GET', path: '^/1/receipts/', body, ...over })
    const OPEN = { status: 1, acknowledged: 0, acknowledged_at: 0, acknowledged_by: '', acknowledged_by_device: '', last_delivered_at: 1_768_478_400, expired: 0, expires_at: 1_768_482_000, called_back: 0, called_back_at: 0 }
    const ACKNOWLEDGED = { ...OPEN, acknowledged: 1, acknowledged_at: 1_768_478_460, acknowledged_by: USER, acknowledged_by_device: 'iphone' }
    let clock: TestClock
    let memory: ChannelMemory
    let pressed: unknown[]
    /** How many timers had been armed before the last question. */
    let before = 0

    beforeEach(() => {
      clock = new TestClock(NOON)
      memory = passingMemory()
      pressed = []
    })
    function open(): ReturnType<typeof openChannel> {
      const all = channelPorts({ ...ports(rig.far), clock, memory, pressed: (press) => void pressed.push(press) })
      return openChannel(pushoverChannel, { ...rig, ports: () => all }, { emergency: true }, all)
    }
    const questions = async (): Promise<string[]> => (await rig.far.receipts()).filter(({ method }) => method === 'GET').map(({ path }) => path)
    /** Moves the clock and waits until the far side has been asked so often. */
    async function ask(ms: number, times: number): Promise<void> {
      before = clock.armed
      await clock.advance(ms)
      await vi.waitFor(async () => expect((await questions()).length).toBe(times), { timeout: 5_000, interval: 5 })
    }
    /** Until the answer to the last question is dealt with: the next one is armed then, or nothing is. The question armed its own deadline. */
    const settled = (next: 0 | 1): Promise<void> =>
      vi.waitFor(() => expect({ waiting: clock.pending, armed: clock.armed - before }).toEqual({ waiting: next, armed: 1 + next }), { timeout: 5_000, interval: 5 })

    test('is asked about every ten seconds, and acknowledging it there acknowledges it here', async () => {
      await rig.far.play(EMERGENCY, asked(OPEN, { times: 2 }), asked(ACKNOWLEDGED))
      const channel = open()
      expect(await channel.sendFailureAlert(CRITICAL)).toMatchObject({ result: 'delivered' })
      await clock.advance(9_999)
      expect(await questions()).toEqual([])
      await ask(1, 1)
      await settled(1)
      await ask(10_000, 2)
      await settled(1)
      expect(pressed).toEqual([])
      await ask(10_000, 3)
      await settled(0)
      expect(pressed).toEqual([{ eventId: '01KF00000000000000000000AB', action: 'acknowledge', destinationId: 'dest' }])
      expect(await questions()).toEqual(Array.from({ length: 3 }, () => `/1/receipts/${RECEIPT}.json?token=${TOKEN}`))
      expect(memory.keys('')).toEqual([])
      await clock.advance(60_000)
      expect((await questions()).length).toBe(3)
      await channel.close()
    })

    test('is asked about after a restart too', async () => {
      await rig.far.play(EMERGENCY, asked(ACKNOWLEDGED))
      const before = open()
      await before.sendFailureAlert(CRITICAL)
      await before.close()
      await clock.advance(60_000)
      expect(await questions()).toEqual([])
      const after = open()
      await ask(10_000, 1)
      await settled(0)
      expect(pressed).toHaveLength(1)
      await after.close()
    })

    test('that was acknowledged while this computer was off is learned of later', async () => {
      memory.set(`receipt.${RECEIPT}`, JSON.stringify({ eventId: 'E', until: NOON - 5 * 3_600_000 }))
      await rig.far.play(asked({ ...ACKNOWLEDGED, expired: 1 }))
      const channel = open()
      await ask(10_000, 1)
      await settled(0)
      expect(pressed).toEqual([{ eventId: 'E', action: 'acknowledge', destinationId: 'dest' }])
      await channel.close()
    })

    test.each<[string, Rule]>([
      ['has given up repeating', asked({ ...OPEN, expired: 1 })],
      ['does not know it', asked({ receipt: 'not found', errors: ['receipt not found; may be invalid or expired'], status: 0 }, { status: 404 })],
      ['has another token now', asked({ token: 'invalid', errors: ['application token is invalid'], status: 0 }, { status: 400 })],
    ])('is let go when Pushover %s', async (_what, rule) => {
      await rig.far.play(EMERGENCY, rule)
      const channel = open()
      await channel.sendFailureAlert(CRITICAL)
      await ask(10_000, 1)
      await settled(0)
      expect(memory.keys('')).toEqual([])
      expect(pressed).toEqual([])
      await channel.close()
    })

    test.each<[string, Rule]>([['503', asked({}, { status: 503 })], ['429', asked({}, { status: 429 })], ['a broken connection', asked({}, { how: 'reset' })]])('stays open over %s', async (_what, rule) => {
      await rig.far.play(EMERGENCY, { ...rule, times: 1 }, asked(ACKNOWLEDGED))
      const channel = open()
      await channel.sendFailureAlert(CRITICAL)
      await ask(10_000, 1)
      await settled(1)
      expect(pressed).toEqual([])
      await ask(10_000, 2)
      await settled(0)
      expect(pressed).toHaveLength(1)
      await channel.close()
    })

    test('without any answer is let go a day after its end', async () => {
      memory.set(`receipt.${RECEIPT}`, JSON.stringify({ eventId: 'E', until: NOON - 24 * 3_600_000 }))
      await rig.far.play(asked({}, { how: 'reset' }))
      const channel = open()
      await ask(10_000, 1)
      await settled(0)
      expect(memory.keys('')).toEqual([])
      await channel.close()
    })

    test('beside others has its turn: one question in ten seconds, whatever is open', async () => {
      for (const name of ['a', 'b', 'c']) memory.set(`receipt.${name}`, JSON.stringify({ eventId: name, until: NOON + 3_600_000 }))
      await rig.far.play(asked(OPEN))
      const channel = open()
      for (let times = 1; times <= 4; times++) {
        await ask(10_000, times)
        await settled(1)
      }
      expect((await questions()).map((path) => path.slice(12, 13))).toEqual(['a', 'b', 'c', 'a'])
      await channel.close()
      expect(clock.pending).toBe(0)
    })

    test('a note that can not be read breaks nothing', async () => {
      memory.set('receipt.x', 'garbage')
      const channel = open()
      expect(clock.pending).toBe(0)
      await channel.close()
    })

    test('nothing of it tells a secret', async () => {
      await rig.far.play(EMERGENCY, asked(ACKNOWLEDGED))
      const channel = open()
      const verdict = await channel.sendFailureAlert(CRITICAL)
      const kept = memory.keys('').map((key) => memory.get(key))
      expect(kept).toEqual([JSON.stringify({ eventId: '01KF00000000000000000000AB', until: NOON + 3_600_000 })])
      for (const secret of [TOKEN, USER, CANARY, RECEIPT]) expect(JSON.stringify([verdict, kept])).not.toContain(secret)
      await channel.close()
    })
  })
})
