import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createSecureServer } from 'node:https'
import { createServer } from 'node:net'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sending, Verdict } from '../../../electron/engine/channels/channel.ts'
import { webhookChannel } from '../../../electron/engine/channels/webhook/index.ts'
import { register } from '../../../electron/engine/channels/register.ts'
import { CANARY, channelPorts, JPEG, PICTURE, sendingOf, standingClock } from '../../support/channel-kit.ts'
import { startFarSide, type FarSide, type Receipt, type Rule } from '../../support/far-side.ts'
import { NOON } from '../../support/rule-fixtures.ts'
import { channelSuite, expectClean, openChannel, type ChannelRig, type Received } from './every-channel.ts'

const KIND = register(webhookChannel)
/** 24 bytes. */
const SIGNING = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

interface Rig extends ChannelRig { far: FarSide }

/** What a receiver of any of the formats reads out of it. */
async function read(receipt: Receipt): Promise<Received> {
  const form = receipt.headers['content-type']?.startsWith('multipart/') ? await receipt.form() : null
  const outer = (form ? JSON.parse(await (form.get('event') as File).text()) : receipt.json) as { data?: unknown }
  const body = (outer.data ?? outer) as { message: { title: string; body: string }; image: { base64?: string } | null }
  const part = form?.get('picture')
  const pictures = part instanceof File ? [new Uint8Array(await part.arrayBuffer())] : body.image?.base64 === undefined ? [] : [new Uint8Array(Buffer.from(body.image.base64, 'base64'))]
  return { text: `${body.message.title}\n${body.message.body}`, pictures, raw: receipt.text }
}

const rig = (config: Record<string, unknown>, secrets: Record<string, string>) => async (): Promise<Rig> => {
  const far = await startFarSide()
  return {
    far, secrets,
    config: () => ({ url: `${far.base}/hook`, timeoutMs: 2_000, ...config }),
    accept: () => far.play({ path: '/hook', status: 204 }),
    received: async () => Promise.all((await far.receipts()).map(read)),
    close: () => far.close(),
  }
}

const status = (code: number, headers: Record<string, string> = {}) => (one: Rig) => one.far.play({ path: '/hook', status: code, headers })
const ANSWERS = [
  ['200 is delivered', status(200), 'delivered'], ['204 is delivered', status(204), 'delivered'], ['299 is delivered', status(299), 'delivered'],
  ['a redirect is not followed', status(302, { location: '/other' }), 'rejected destination'], ['304 leads nowhere', status(304), 'rejected destination'],
  ['400 refuses this message', status(400), 'rejected message'], ['401 refuses the destination', status(401), 'rejected destination'], ['402 refuses the destination', status(402), 'rejected destination'],
  ['403 refuses the destination', status(403), 'rejected destination'], ['404 refuses the destination', status(404), 'rejected destination'], ['405 refuses the destination', status(405), 'rejected destination'],
  ['407 refuses the destination', status(407), 'rejected destination'], ['408 is tried again', status(408), 'retry'], ['409 is tried again', status(409), 'retry'], ['410 is gone', status(410), 'gone'],
  ['413 refuses this message', status(413), 'rejected message'], ['415 refuses this message', status(415), 'rejected message'], ['422 refuses this message', status(422), 'rejected message'],
  ['425 is tried again', status(425), 'retry'], ['429 is tried again when it says', status(429, { 'retry-after': '30' }), 'retry 30000'], ['429 without a word', status(429, { 'retry-after': 'soon' }), 'retry'],
  ['451 refuses this message', status(451), 'rejected message'], ['500 is tried again', status(500), 'retry'], ['502 is tried again', status(502), 'retry'],
  ['503 is tried again when it says', status(503, { 'retry-after': 'Thu, 15 Jan 2026 12:02:00 GMT' }), 'retry 120000'], ['504 is tried again', status(504), 'retry'], ['507 is tried again', status(507), 'retry'],
  ['a broken connection is tried again', (one: Rig) => one.far.play({ path: '/hook', how: 'reset' }), 'retry'],
  ['a body that breaks off does not undo the 200', (one: Rig) => one.far.play({ path: '/hook', how: 'half' }), 'delivered'],
  ['a body without end does not undo the 200', (one: Rig) => one.far.play({ path: '/hook', how: 'flood' }), 'delivered'],
] as const
const WRONG = [
  ['no address', { url: 'my hook' }, 'url'], ['another scheme', { url: 'file:///etc/passwd' }, 'url'], ['credentials in the address', { url: 'http://a:b@host/' }, 'url'],
  ['an address of cloud credentials', { url: 'http://169.254.169.254/' }, 'url'], ['a header of ours', { headers: { Host: 'x' } }, 'headers.Host'], ['a content type that is none', { contentType: 'text' }, 'contentType'],
  ['a template that is not there', { format: 'template' }, 'template'], ['a template that can not be read', { format: 'template', template: '{% if %}' }, 'template'],
] as const
const hang = (one: Rig) => one.far.play({ path: '/hook', how: 'hang' })

// As it was before there was a choice, and as a new one is.
channelSuite('webhook', { start: rig({}, { token: CANARY }), answers: ANSWERS, wrong: WRONG, hang })
channelSuite('webhook', { start: rig({ format: 'cloudevents', pictureAs: 'base64' }, { token: CANARY, signingSecret: SIGNING }), answers: ANSWERS, wrong: WRONG, hang })

let far: FarSide
beforeAll(async () => {
  far = await startFarSide()
})
afterAll(() => far.close())

const OK: Rule = { path: '/hook', status: 204 }

async function said(config: Record<string, unknown> = {}, over: Partial<Sending> = {}, secrets: Record<string, string> = { token: CANARY }, rules: Rule[] = [OK]): Promise<{ verdict: Verdict; receipts: Receipt[] }> {
  await far.play(...rules)
  const one: ChannelRig = { config: () => ({ url: `${far.base}/hook`, timeoutMs: 1_000 }), secrets, accept: () => Promise.resolve(), received: () => Promise.resolve([]), close: () => Promise.resolve() }
  const channel = openChannel(KIND, one, config)
  const verdict = await channel.sendPrinterNotification(sendingOf(undefined, over))
  await channel.close()
  expectClean(verdict, one)
  return { verdict, receipts: await far.receipts() }
}

/** As the specification says, and not as our code does: "Verifying signatures" of Standard Webhooks 1.0. */
function verifies({ headers, bytes }: Receipt, secret: string, at: number): boolean {
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '', 'webhook-signature': given = '' } = headers
  if (id === '' || id.includes('.') || !/^\d+$/.test(timestamp) || Math.abs(Number(timestamp) - at / 1000) > 300) return false
  const hmac = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
  hmac.update(Buffer.concat([Buffer.from(id), Buffer.from('.'), Buffer.from(timestamp), Buffer.from('.'), bytes]))
  const expected = hmac.digest()
  return given.split(' ').some((one) => {
    const [version, value = ''] = one.split(',')
    const signature = Buffer.from(value, 'base64')
    return version === 'v1' && signature.length === expected.length && timingSafeEqual(signature, expected)
  })
}

const DATA = {
  version: 1, id: '01KF0000000000000000000001', time: 1_768_478_400_000, type: 'job.done', severity: 'success', late: false,
  event: {
    id: '01KF0000000000000000000001', type: 'job.done', severity: 'success', occurredAt: 1_768_478_400_000, observedAt: 1_768_478_400_000, late: false, byUs: false,
    isWarning: false, isPaused: false, reason: null, text: null, code: null, progress: null, remaining: null, printTime: 12_960, layer: null, heater: null, attention: null,
  },
  message: { kind: 'event', title: 'MK4 left bench: print done', body: 'lamp-vase, 3 h 36 min' },
  printer: { id: 'mk4', name: 'MK4 left bench', kind: 'octoprint' },
  job: { key: 'local/lamp-vase.gcode@1', name: 'lamp-vase.gcode', path: 'lamp-vase.gcode', origin: 'local', size: 1000, user: null, startedAt: 1_768_474_800_000, endedAt: null, alertedAt: null },
  image: null, native: null, context: null,
}
const KEY = '01KF0000000000000000000001.dest'
const IMAGE = { name: 'snapshot.jpg', type: 'image/jpeg', width: 1280, height: 960, bytes: 5_006, takenAt: 1_768_478_400_000 }

describe('what the far side receives', () => {
  test('without a picture: one JSON object, the key, the token and the own headers', async () => {
    const { verdict, receipts: [receipt] } = await said({ headers: { 'X-Room': 'cellar' } })
    expect(verdict).toMatchObject({ result: 'delivered', detail: 'Answered 204.' })
    expect([receipt?.method, receipt?.path]).toEqual(['POST', '/hook'])
    expect(receipt?.headers).toEqual({
      'accept': 'application/json, text/plain, */*', 'accept-encoding': expect.any(String), 'connection': expect.any(String), 'host': expect.any(String), 'content-length': String(receipt?.bytes.byteLength),
      'content-type': 'application/json', 'idempotency-key': KEY, 'authorization': `Bearer ${CANARY}`, 'x-room': 'cellar', 'user-agent': 'Printbell',
    })
    expect(receipt?.json).toEqual(DATA)
  })

  test('as a CloudEvent: the attributes around the same data, with its own content type', async () => {
    const { receipts: [receipt] } = await said({ format: 'cloudevents', method: 'PUT' })
    expect([receipt?.method, receipt?.headers['content-type']]).toEqual(['PUT', 'application/cloudevents+json'])
    expect(receipt?.json).toEqual({
      specversion: '1.0', id: '01KF0000000000000000000001', source: 'urn:printbell:printer:mk4', type: 'app.printbell.job.done', subject: 'lamp-vase.gcode', time: '2026-01-15T12:00:00.000Z',
      datacontenttype: 'application/json', data: DATA,
    })
  })

  test.each([['plain', 'application/json', { ...DATA, image: IMAGE }], ['cloudevents', 'application/cloudevents+json', { specversion: '1.0', data: { ...DATA, image: IMAGE } }]] as const)(
    'with a picture, %s: two parts, the JSON and the very bytes of the JPEG', async (format, type, expected) => {
      const { receipts: [receipt] } = await said({ format }, { picture: PICTURE })
      const form = await receipt?.form()
      expect([...(form?.keys() ?? [])]).toEqual(['event', 'picture'])
      const [event, picture] = [form?.get('event'), form?.get('picture')]
      if (!(event instanceof File) || !(picture instanceof File)) throw new Error('not two files')
      expect([event.type, event.name, picture.type, picture.name]).toEqual([type, 'event.json', 'image/jpeg', 'snapshot.jpg'])
      expect(JSON.parse(await event.text())).toMatchObject(expected)
      expect(Buffer.from(await picture.arrayBuffer()).equals(Buffer.from(JPEG))).toBe(true)
    },
  )

  test('with the picture as base64: one JSON object that holds it', async () => {
    const { receipts: [receipt] } = await said({ format: 'cloudevents', pictureAs: 'base64' }, { picture: PICTURE })
    expect(receipt?.headers['content-type']).toBe('application/cloudevents+json')
    const { image } = (receipt?.json as { data: { image: { base64: string } } }).data
    expect(Buffer.from(image.base64, 'base64').equals(Buffer.from(JPEG))).toBe(true)
    expect(image).toEqual({ ...IMAGE, base64: image.base64 })
  })

  test('a destination without pictures gets none', async () => {
    const { receipts: [receipt] } = await said({ includePicture: false }, { picture: PICTURE })
    expect(receipt?.headers['content-type']).toBe('application/json')
    expect((receipt?.json as { image: unknown }).image).toBeNull()
  })

  test('a body of one\'s own is sent as it is written, with its own type', async () => {
    const template = '{ "text": {{ title | json }}, "at": "{{ isoTime }}" }\n'
    const { receipts: [receipt] } = await said({ format: 'template', template, contentType: 'application/vnd.example+json; charset=utf-8' }, { picture: PICTURE })
    expect(receipt?.headers['content-type']).toBe('application/vnd.example+json; charset=utf-8')
    expect(receipt?.text).toBe('{ "text": "MK4 left bench: print done", "at": "2026-01-15T12:00:00.000Z" }\n')
  })

  test('a body of one\'s own that is no JSON is not made any', async () => {
    const { receipts: [receipt] } = await said({ format: 'template', template: ' {{ job.name }} is done ', contentType: 'application/json' })
    expect(receipt?.text).toBe(' lamp-vase.gcode is done ')
  })

  test('a template that fails on this message rejects this message, with line and cause, and sends nothing', async () => {
    const { verdict, receipts } = await said({ format: 'template', template: 'x\n{% for a in (1..3000) %}{% for b in (1..3000) %}x{% endfor %}{% endfor %}' })
    expect(verdict).toEqual({ result: 'rejected', scope: 'message', why: "The template can't be used, line 2: it takes too long to fill in." })
    expect(receipts).toEqual([])
  })

  test('a retry carries the same key', async () => {
    const rules = [{ path: '/hook', status: 503 }]
    const keys = [await said({}, {}, {}, rules), await said({}, { attempt: 2 }, {}, rules)].map(({ receipts }) => receipts[0]?.headers['idempotency-key'])
    expect(keys).toEqual([KEY, KEY])
  })

  test('shows whoever tests it what was sent and answered, without token and address', async () => {
    const answer = `thank you\nsee http://127.0.0.1/secret and ${CANARY}`
    const { verdict } = await said({ format: 'cloudevents', headers: { 'X-Key': 'mine' } }, {}, { token: CANARY, signingSecret: SIGNING }, [{ path: '/hook', status: 201, body: answer }])
    expect(verdict.exchange?.request.slice(0, 6)).toEqual([
      'POST', 'X-Key: (hidden)', 'Content-Type: application/cloudevents+json', `Idempotency-Key: ${KEY}`, 'webhook-id: 01KF0000000000000000000001_dest', 'webhook-timestamp: 1768478400',
    ])
    expect(verdict.exchange?.request).toContain('  "type": "app.printbell.job.done",')
    expect(verdict.exchange?.answer).toEqual(['201', 'thank you', 'see (hidden) and [secret]'])
  })
})

describe('the signature', () => {
  const secrets = { signingSecret: SIGNING }

  test.each<[string, Record<string, unknown>, Partial<Sending>]>([
    ['a CloudEvent', { format: 'cloudevents' }, {}],
    ['plain JSON', {}, {}],
    ['two parts with a picture', { format: 'cloudevents' }, { picture: PICTURE }],
    ['a picture inside', { format: 'cloudevents', pictureAs: 'base64' }, { picture: PICTURE }],
    ['a body of one\'s own that ends in blanks', { format: 'template', template: '{{ title }} é € \n\n ', contentType: 'application/json' }, {}],
  ])('of %s is over the very bytes that came', async (_what, config, over) => {
    const { receipts: [receipt] } = await said(config, over, secrets)
    if (receipt === undefined) throw new Error('nothing came')
    expect(verifies(receipt, SIGNING, NOON)).toBe(true)
    expect(verifies(receipt, 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', NOON)).toBe(false)
    expect(verifies({ ...receipt, bytes: Buffer.concat([receipt.bytes, Buffer.from(' ')]) }, SIGNING, NOON)).toBe(false)
    expect(verifies({ ...receipt, headers: { ...receipt.headers, 'webhook-id': 'another' } }, SIGNING, NOON)).toBe(false)
  })

  test('has the same id on a later try, and the time of that try', async () => {
    const one: ChannelRig = {
      config: () => ({ url: `${far.base}/hook` }), secrets, accept: () => Promise.resolve(), received: () => Promise.resolve([]), close: () => Promise.resolve(),
      ports: () => ({ clock: { ...standingClock, now: () => NOON + 3_600_000 } }),
    }
    const { receipts: [first] } = await said({}, {}, secrets)
    await far.play(OK)
    const channel = openChannel(KIND, one, {}, channelPorts(one.ports?.()))
    await channel.sendPrinterNotification(sendingOf(undefined, { attempt: 2 }))
    await channel.close()
    const [later] = await far.receipts()
    if (later === undefined) throw new Error('nothing came')
    expect([first?.headers['webhook-id'], later.headers['webhook-id']]).toEqual(['01KF0000000000000000000001_dest', '01KF0000000000000000000001_dest'])
    expect([first?.headers['webhook-timestamp'], later.headers['webhook-timestamp']]).toEqual(['1768478400', '1768482000'])
    expect(verifies(later, SIGNING, NOON + 3_600_000)).toBe(true)
    expect(verifies(later, SIGNING, NOON)).toBe(false)
  })

  test('is left out without a secret', async () => {
    const { receipts: [receipt] } = await said({ format: 'cloudevents' })
    expect(Object.keys(receipt?.headers ?? {}).filter((name) => name.startsWith('webhook-'))).toEqual([])
  })

  test('with a secret that is none nothing is sent, and the destination is told', async () => {
    const { verdict, receipts } = await said({}, {}, { signingSecret: 'a password that is no key' })
    expect(verdict).toEqual({ result: 'rejected', scope: 'destination', why: 'The signing secret can not be used. It is "whsec_" and 24 to 64 bytes in base64: enter the one that the receiver has.' })
    expect(receipts).toEqual([])
  })
})

describe('what its answer means', () => {
  test('a redirect is not followed: the token goes nowhere else', async () => {
    const { receipts } = await said({}, {}, { token: CANARY }, [{ path: '/hook', status: 307, headers: { location: '/other' } }, { path: '/other', status: 200 }])
    expect(receipts.map(({ path }) => path)).toEqual(['/hook'])
  })

  test('too large with its picture goes with a smaller one', async () => {
    const { verdict, receipts } = await said({}, { picture: PICTURE }, {}, [{ path: '/hook', status: 413, times: 1 }, OK])
    expect(verdict).toMatchObject({ result: 'delivered', detail: 'Answered 204. Its picture was made smaller.' })
    const event = (await receipts[1]?.form())?.get('event') as File
    expect(JSON.parse(await event.text())).toMatchObject({ image: { width: 640, height: 480, bytes: 640 } })
  })

  test('too large with its picture goes without it', async () => {
    const { verdict, receipts } = await said({}, { picture: PICTURE }, {}, [{ path: '/hook', status: 413, times: 3 }, OK])
    expect(verdict).toMatchObject({ result: 'delivered', detail: 'Answered 204. Without its picture: too large for it.' })
    expect(receipts.map(({ headers }) => headers['content-type']?.split(';')[0])).toEqual(['multipart/form-data', 'multipart/form-data', 'multipart/form-data', 'application/json'])
    expect((receipts[3]?.json as { image: unknown }).image).toBeNull()
  })

  test('what takes no PUT is told so', async () => {
    const { verdict } = await said({ method: 'PUT' }, {}, {}, [{ path: '/hook', status: 405 }])
    expect(verdict).toMatchObject({ result: 'rejected', scope: 'destination', why: 'The server takes no PUT (405). Check the address and the method.' })
  })
})

describe('when there is no answer', () => {
  test('nobody listens: refused', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    server.close()
    await once(server, 'close')
    expect((await said({ url: `http://127.0.0.1:${port}/` })).verdict).toMatchObject({ result: 'retry', why: expect.stringContaining('refuses the connection') })
  })

  test('a name that does not exist: DNS', async () => {
    expect((await said({ url: 'http://nowhere.invalid/' })).verdict).toMatchObject({ result: 'retry', why: expect.stringContaining('DNS') })
  })

  test('it hangs: timeout', async () => {
    expect((await said({}, {}, {}, [{ path: '/hook', how: 'hang' }])).verdict).toMatchObject({ result: 'retry', why: expect.stringContaining('timeout') })
  })

  test('it speaks no TLS: named', async () => {
    expect((await said({ url: far.base.replace('http:', 'https:') })).verdict).toMatchObject({ result: 'retry', why: expect.stringContaining('TLS') })
  })

  test('its certificate is self-signed: named, and nothing is sent', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }])
    let asked = 0
    const server = createSecureServer({ key, cert }, (_request, response) => {
      asked += 1
      response.end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    try {
      expect((await said({ url: `https://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/` })).verdict).toMatchObject({ result: 'retry', why: expect.stringContaining('self-signed') })
      expect(asked).toBe(0)
    } finally {
      server.close()
    }
  })
})
