import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ChannelPorts, Sending, Verdict } from '../../../electron/engine/channels/channel.ts'
import { discordChannel } from '../../../electron/engine/channels/discord/index.ts'
import { CANARY, channelPorts, eventOf, PICTURE, sendingOf } from '../../support/channel-kit.ts'
import { startFarSide, type FarSide, type Receipt, type Rule } from '../../support/far-side.ts'
import { GOLDEN_EVENTS } from '../../support/golden-events.ts'
import { channelSuite, openChannel, short, type ChannelRig, type Received } from './every-channel.ts'

const WEBHOOK = `/api/webhooks/223704706495545344/${CANARY}`

interface Rig extends ChannelRig { far: FarSide }
interface Body { content: string; embeds: { title: string; description?: string; image?: object; color: number }[]; attachments: object[]; allowed_mentions: object; flags?: number }

/** As Discord answers a message that it took. */
const took = (id = '1100000000000000001'): unknown => ({ id, type: 0, channel_id: '199737254929760256', content: '', embeds: [] })
const OK: Rule[] = [{ path: '/webhooks/', body: took() }]
const refusal = (code: number, message: string): unknown => ({ message, code })

async function start(): Promise<Rig> {
  const far = await startFarSide()
  return {
    far,
    config: () => ({}),
    secrets: { url: `${far.base}${WEBHOOK}` },
    accept: () => far.play(...OK),
    received: async () => Promise.all((await far.receipts()).map(toReceived)),
    close: () => far.close(),
  }
}

async function bodyOf(receipt: Receipt): Promise<{ body: Body; file: File | null }> {
  if (receipt.json !== undefined) return { body: receipt.json as Body, file: null }
  const form = await receipt.form()
  return { body: JSON.parse(String(form.get('payload_json'))) as Body, file: form.get('files[0]') as File | null }
}

/** As a client of Discord shows it: a backslash before a mark is gone. */
function shown(text: string): string {
  return text.replace(/\\([^0-9A-Za-z\s])/g, '$1')
}

async function toReceived(receipt: Receipt): Promise<Received> {
  const { body, file } = await bodyOf(receipt)
  const [embed] = body.embeds
  return { text: shown([body.content, embed?.title, embed?.description ?? ''].join('\n')), pictures: file === null ? [] : [new Uint8Array(await file.arrayBuffer())], raw: receipt.text }
}

const refuses = (status: number, code: number, message = 'x') => (rig: Rig) => rig.far.play({ path: '/webhooks/', status, body: refusal(code, message) })
const answers = (rule: Omit<Rule, 'path'>) => (rig: Rig) => rig.far.play({ path: '/webhooks/', ...rule })

channelSuite('discord', {
  start,
  answers: [
    ['204 of something that does not wait is delivered', answers({ status: 204 }), 'delivered'],
    ['10003, a thread that is gone, refuses the destination', refuses(404, 10003, 'Unknown Channel'), 'rejected destination'],
    ['10004, a server that is gone, refuses the destination', refuses(404, 10004), 'rejected destination'],
    ['10015, a webhook that was deleted, is gone', refuses(404, 10015, 'Unknown Webhook'), 'gone'],
    ['10016 is gone', refuses(404, 10016), 'gone'],
    ['20016, slow mode, is tried again', refuses(400, 20016), 'retry'], ['20028 is tried again', refuses(403, 20028), 'retry'], ['20029 is tried again', refuses(403, 20029), 'retry'],
    ['40004, sending switched off, is tried again', refuses(400, 40004), 'retry'], ['40005, too large, refuses this message', refuses(413, 40005, 'Request entity too large'), 'rejected message'],
    ['40006, switched off for now, is tried again', refuses(403, 40006), 'retry'], ['40058, a forum, refuses the destination', refuses(400, 40058), 'rejected destination'],
    ['40062 is tried again', refuses(400, 40062), 'retry'], ['40067, a tag is wanted, refuses the destination', refuses(400, 40067), 'rejected destination'],
    ['40333, blocked on the way, is tried again', refuses(403, 40333, 'internal network error'), 'retry'],
    ['50001, no access, refuses the destination', refuses(403, 50001), 'rejected destination'], ['50006, empty, refuses this message', refuses(400, 50006), 'rejected message'],
    ['50008 refuses the destination', refuses(400, 50008), 'rejected destination'], ['50013, no right, refuses the destination', refuses(403, 50013), 'rejected destination'],
    ['50024 refuses the destination', refuses(400, 50024), 'rejected destination'], ['50027, another token, refuses the destination', refuses(401, 50027, 'Invalid Webhook Token'), 'rejected destination'],
    ['50035, a body that is not understood, refuses this message', refuses(400, 50035, 'Invalid Form Body'), 'rejected message'], ['50109 refuses this message', refuses(400, 50109), 'rejected message'],
    ['130000, overloaded, is tried again', refuses(503, 130000), 'retry'], ['160005, a locked thread, refuses the destination', refuses(400, 160005), 'rejected destination'],
    ['200000, blocked by a rule, refuses this message', refuses(400, 200000), 'rejected message'], ['200001 refuses this message', refuses(400, 200001), 'rejected message'],
    ['220001, a forum without a post, refuses the destination', refuses(400, 220001), 'rejected destination'], ['220002 refuses the destination', refuses(400, 220002), 'rejected destination'],
    ['220003 refuses the destination', refuses(400, 220003), 'rejected destination'], ['220004 refuses the destination', refuses(400, 220004), 'rejected destination'],
    ['240000, a link taken for harmful, refuses this message', refuses(400, 240000), 'rejected message'],
    ['400 without a code refuses this message', refuses(400, 0), 'rejected message'], ['400 with a code that nobody knows refuses this message', refuses(400, 999999), 'rejected message'],
    ['401 without a code refuses the destination', answers({ status: 401 }), 'rejected destination'], ['403 without a code refuses the destination', answers({ status: 403 }), 'rejected destination'],
    ['404 without a code refuses the destination', answers({ status: 404 }), 'rejected destination'], ['405 refuses the destination', answers({ status: 405 }), 'rejected destination'],
    ['413 refuses this message', answers({ status: 413 }), 'rejected message'], ['304 refuses the destination', answers({ status: 304 }), 'rejected destination'],
    ['a redirect is not followed', answers({ status: 302, headers: { location: '/other' } }), 'rejected destination'],
    ['429 is tried again when it says', answers({ status: 429, headers: { 'retry-after': '65' }, body: { message: 'You are being rate limited.', retry_after: 64.57, global: false } }), 'retry 64570'],
    ['429 for everybody is tried again when it says', answers({ status: 429, headers: { 'x-ratelimit-global': 'true' }, body: { message: 'You are being rate limited.', retry_after: 0.5, global: true } }), 'retry 500'],
    ['429 of Cloudflare is tried again when its header says', answers({ status: 429, headers: { 'retry-after': '3600' }, body: '<html>banned</html>' }), 'retry 3600000'],
    ['500 is tried again', answers({ status: 500 }), 'retry'], ['502 is tried again', answers({ status: 502 }), 'retry'], ['503 is tried again', answers({ status: 503, headers: { 'retry-after': '5' } }), 'retry 5000'],
    ['a broken connection is tried again', answers({ how: 'reset' }), 'retry'],
    ['an answer that breaks off does not undo the 200', answers({ body: '{"id":"11', how: 'half' }), 'delivered'],
    ['200 with nothing is tried again', answers({ body: '' }), 'retry'],
    ['200 of something else refuses the destination', answers({ body: '<html>hello</html>' }), 'rejected destination'],
    ['an answer without end is not Discord', answers({ how: 'flood' }), 'rejected destination'],
  ],
  wrong: [['a name for a thread', { threadId: 'general' }, 'threadId'], ['an address for a thread', { threadId: 'https://discord.com/channels/1/2' }, 'threadId']],
  hang: answers({ how: 'hang' }),
})

describe('discord', () => {
  let rig: Rig
  beforeAll(async () => {
    rig = await start()
  })
  afterAll(() => rig.close())
  beforeEach(() => rig.accept())

  async function say(sending: Sending, over: Record<string, unknown> = {}, ports: ChannelPorts = channelPorts(), secrets = rig.secrets ?? {}): Promise<Verdict> {
    const channel = openChannel(discordChannel, { ...rig, secrets }, over, ports)
    const verdict = await channel.sendPrinterNotification(sending)
    await channel.close()
    return verdict
  }

  async function requests(): Promise<{ line: string; body: Body; file: string | null }[]> {
    return Promise.all((await rig.far.receipts()).map(async (receipt) => {
      const { body, file } = await bodyOf(receipt)
      return { line: `${receipt.method} ${receipt.path}`, body, file: file === null ? null : `${file.name} ${file.type} ${file.size}` }
    }))
  }

  const progress = (key: string, percent: number, over: Partial<Sending> = {}): Sending =>
    sendingOf(eventOf('job.progress', { id: key, printerName: 'Bench', progress: percent / 100, snapshot: 'now' }), { deliveryKey: key, ...over })

  describe('the whole request of each event', () => {
    const RED = 14_171_198
    const YELLOW = 15_774_002
    const GREEN = 2_336_090
    const BLUE = 5_793_266
    const COLOURS = { critical: RED, error: RED, warning: YELLOW, success: GREEN, info: BLUE }
    const TEXTS: Readonly<Record<string, string>> = { 'message.user': 'Come & see \\<now>' }

    test.each(GOLDEN_EVENTS)('$type', async ({ type, severity, event, title, body }) => {
      await say(sendingOf(event))
      expect(await requests()).toEqual([{
        line: `POST ${WEBHOOK}?wait=true`,
        body: {
          content: title,
          embeds: [{ title: type.startsWith('app.') ? 'Printbell' : 'Bench', ...(body === '' ? {} : { description: TEXTS[type] ?? body }), color: COLOURS[severity], timestamp: '2026-01-15T12:00:00.000Z' }],
          allowed_mentions: { parse: [] }, attachments: [], ...(severity === 'info' ? { flags: 4096 } : {}),
        },
        file: null,
      }])
    })

    test('with a picture, in a thread', async () => {
      await say(sendingOf(undefined, { picture: PICTURE }), { threadId: '123456789', silent: 'everything' })
      expect(await requests()).toEqual([{
        line: `POST ${WEBHOOK}?wait=true&thread_id=123456789`,
        body: {
          content: 'MK4 left bench: print done',
          embeds: [{ title: 'MK4 left bench', description: 'lamp-vase, 3 h 36 min', color: GREEN, timestamp: '2026-01-15T12:00:00.000Z', image: { url: 'attachment://snapshot.jpg' } }],
          allowed_mentions: { parse: [] }, attachments: [{ id: 0, filename: 'snapshot.jpg', description: 'The picture of the camera' }], flags: 4096,
        },
        file: 'snapshot.jpg image/jpeg 5006',
      }])
    })

    test('the thread of the address is used where none is entered', async () => {
      const secrets = { url: `${rig.far.base}${WEBHOOK}?thread_id=987654321` }
      await say(sendingOf(), {}, channelPorts(), secrets)
      await say(sendingOf(eventOf('job.done', { id: 'B' }), { deliveryKey: 'B' }), { threadId: '123456789' }, channelPorts(), secrets)
      expect((await requests()).map(({ line }) => line)).toEqual([`POST ${WEBHOOK}?wait=true&thread_id=987654321`, `POST ${WEBHOOK}?wait=true&thread_id=123456789`])
    })
  })

  describe('pictures', () => {
    test.each([['413', 413, 40005], ['50045', 400, 50045], ['50046', 400, 50046], ['50110', 400, 50110], ['50123', 400, 50123], ['50146', 400, 50146]])('%s: smaller, then smaller still', async (_what, status, code) => {
      await rig.far.play({ path: '/webhooks/', times: 2, status, body: refusal(code, 'x') }, ...OK)
      expect(await say(sendingOf(undefined, { picture: PICTURE }))).toMatchObject({ result: 'delivered', detail: 'Discord took it. Its picture was made smaller.' })
      expect((await requests()).map(({ file }) => file)).toEqual(['snapshot.jpg image/jpeg 5006', 'snapshot.jpg image/jpeg 640', 'snapshot.jpg image/jpeg 320'])
    })

    test('where no files can be sent the words go alone', async () => {
      await rig.far.play({ path: '/webhooks/', times: 3, status: 400, body: refusal(400001, 'Access to file uploads has been limited for this guild') }, ...OK)
      expect(short(await say(sendingOf(undefined, { picture: PICTURE })))).toBe('delivered')
      expect((await requests()).at(-1)).toMatchObject({ file: null, body: { attachments: [] } })
    })

    test('none is sent where they are switched off', async () => {
      await say(sendingOf(undefined, { picture: PICTURE }), { includePicture: false })
      expect((await requests()).map(({ file }) => file)).toEqual([null])
    })
  })

  describe('a message in place', () => {
    const MESSAGE = `PATCH ${WEBHOOK}/messages/1100000000000000001`

    test('a burst changes the message of its first, and says so where there is none to change', async () => {
      const ports = channelPorts()
      const first = sendingOf()
      const burst = { ...first, update: true, message: { ...first.message, kind: 'summary' as const, title: '20 printers: print done', body: 'MK4, MINI and 18 more.', job: null, printer: null } }
      await say(first, {}, ports)
      expect(await say(burst, {}, ports)).toMatchObject({ result: 'delivered', detail: 'Changed in place.' })
      expect((await requests()).map(({ line }) => line)).toEqual([`POST ${WEBHOOK}?wait=true`, MESSAGE])
      expect(await say({ ...burst, deliveryKey: 'of-another-webhook' }, {}, ports)).toMatchObject({ result: 'delivered', unchanged: true })
    })

    test('progress of one print is one message, and its picture joins it', async () => {
      const ports = channelPorts()
      await say(progress('A', 25), {}, ports)
      await say(progress('A', 25, { update: true, picture: PICTURE }), {}, ports)
      expect(await say(progress('B', 50), {}, ports)).toMatchObject({ result: 'delivered', detail: 'Changed in place.' })
      const all = await requests()
      expect(all.map(({ line, file }) => [line, file])).toEqual([[`POST ${WEBHOOK}?wait=true`, null], [MESSAGE, 'snapshot.jpg image/jpeg 5006'], [MESSAGE, null]])
      expect(all[1]?.body).toEqual({
        content: 'Bench: 25 % printed',
        embeds: [{ title: 'Bench', description: 'lamp-vase, 1 h 30 min', color: 5_793_266, timestamp: '2026-01-15T12:00:00.000Z', image: { url: 'attachment://snapshot.jpg' } }],
        allowed_mentions: { parse: [] }, attachments: [{ id: 0, filename: 'snapshot.jpg', description: 'The picture of the camera' }],
      })
      // The old picture does not stand beside the new percent.
      expect(all[2]?.body).toEqual({
        content: 'Bench: 50 % printed', embeds: [{ title: 'Bench', description: 'lamp-vase, 1 h 30 min', color: 5_793_266, timestamp: '2026-01-15T12:00:00.000Z' }],
        allowed_mentions: { parse: [] }, attachments: [],
      })
    })

    test('in a thread the change names it', async () => {
      const ports = channelPorts()
      await say(progress('A', 25), { threadId: '123456789' }, ports)
      await say(progress('B', 50), { threadId: '123456789' }, ports)
      expect((await requests())[1]?.line).toBe(`${MESSAGE}?thread_id=123456789`)
    })

    test.each([['10008, the message is gone', 404, 10008], ['50005, it is of another webhook', 403, 50005], ['30046, changed too often', 429, 30046], ['20022', 400, 20022], ['50083, the thread is in the archive', 400, 50083]])('%s: sent anew', async (_what, status, code) => {
      const ports = channelPorts()
      await say(progress('A', 25), {}, ports)
      await rig.far.play({ path: '/messages/', status: status === 429 ? 400 : status, body: refusal(code, 'x') }, { path: '/webhooks/', body: took('1100000000000000077') })
      expect(short(await say(progress('B', 50), {}, ports))).toBe('delivered')
      await rig.accept()
      await say(progress('C', 75), {}, ports)
      expect((await requests()).map(({ line }) => line)).toEqual([`PATCH ${WEBHOOK}/messages/1100000000000000077`])
    })

    test('what calls for a person is a message of its own', async () => {
      const ports = channelPorts()
      await say(progress('A', 25), {}, ports)
      await say(sendingOf(eventOf('job.failed', { id: 'B' }), { deliveryKey: 'B' }), {}, ports)
      expect((await requests()).map(({ line }) => line.split(' ')[0])).toEqual(['POST', 'POST'])
    })

    test('a message that another try brought already is not sent twice', async () => {
      const ports = channelPorts()
      await say(sendingOf(), {}, ports)
      expect(await say(sendingOf(undefined, { attempt: 2 }), {}, ports)).toEqual({ result: 'delivered', detail: 'An earlier try brought it.' })
      expect(await requests()).toHaveLength(1)
    })
  })

  describe('the pace', () => {
    test('nothing is asked while Discord wants none', async () => {
      const channel = openChannel(discordChannel, rig)
      await rig.far.play({ path: '/webhooks/', times: 1, status: 429, body: { message: 'You are being rate limited.', retry_after: 64.57, global: false } }, ...OK)
      const refused = await channel.sendPrinterNotification(progress('A', 25))
      expect([short(refused), 'busy' in refused]).toEqual(['retry 64570', true])
      const again = await channel.sendPrinterNotification(sendingOf())
      expect(again).toMatchObject({ result: 'retry', why: 'Discord takes no more messages for now.' })
      expect(await rig.far.receipts()).toHaveLength(1)
      await channel.close()
    })

    test('an empty bucket is waited for, not hit', async () => {
      const channel = openChannel(discordChannel, rig)
      await rig.far.play({ path: '/webhooks/', times: 1, body: took(), headers: { 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '0.2' } }, ...OK)
      await channel.sendPrinterNotification(progress('A', 25))
      expect(short(await channel.sendPrinterNotification(sendingOf()))).toBe('delivered')
      const [first, second] = await rig.far.receipts()
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(190)
      await channel.close()
    })
  })

  describe('the address', () => {
    test.each([['is missing', {}, 'The address of the webhook is missing. Copy it from the settings of the channel.'], ['is none', { url: 'hello' }, 'Not an address. Start with http:// or https://. It looks like https://discord.com/api/webhooks/NUMBER/LETTERS.']])('that %s is told, and nothing is asked', async (_what, secrets, why) => {
      expect(await say(sendingOf(), {}, channelPorts(), secrets)).toEqual({ result: 'rejected', scope: 'destination', why })
      expect(await rig.far.receipts()).toEqual([])
    })
  })

  test('a test shows what was said and answered, without the address', async () => {
    await rig.far.play({ path: '/webhooks/', status: 400, body: refusal(50035, `Invalid Form Body ${rig.far.base}${WEBHOOK}`) })
    const { exchange } = await say(sendingOf(eventOf('app.test', { text: 'My server' })))
    expect(exchange?.request[0]).toBe('POST /webhooks/(hidden)/(hidden)?wait=true')
    expect(exchange?.request).toContain('  "content": "Printbell: test message",')
    expect(exchange?.answer).toEqual(['400', 'code 50035', 'Invalid Form Body [secret]'])
  })
})
