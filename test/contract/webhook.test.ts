import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createSecureServer } from 'node:https'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Channel, Sending, Verdict } from '../../electron/engine/channels/channel.ts'
import { webhookChannel } from '../../electron/engine/channels/webhook/index.ts'
import { render } from '../../electron/engine/delivery/render.ts'
import { Secret } from '../../electron/engine/settings/secret.ts'
import { channelPorts } from '../support/channel-kit.ts'
import { anEvent, LAMP, NOON } from '../support/rule-fixtures.ts'

const CANARY = 'canary-7f3a91'
const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, ...Array.from({ length: 5_000 }, (_, index) => (index * 31) % 256), 0xff, 0xd9])
const PICTURE = { jpeg: JPEG, file: '/somewhere/x.jpg', width: 640, height: 480, takenAt: NOON }
const EVENT = anEvent('job.done', { job: LAMP, severity: 'success', printTime: 12_960, snapshot: 'final' })

interface Receipt {
  method: string
  path: string
  headers: Record<string, string>
  bytes: number
  body: string
}

let receiver: ChildProcess
let base: string

beforeAll(async () => {
  receiver = spawn(process.execPath, [fileURLToPath(new URL('webhook-receiver.mjs', import.meta.url))], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  if (!receiver.stdout) throw new Error('no output')
  const [port] = await once(receiver.stdout, 'data') as [Buffer]
  base = `http://127.0.0.1:${port.toString().trim()}`
})

afterAll(async () => {
  const gone = once(receiver, 'exit')
  receiver.disconnect()
  await gone
})

/** What the far side says that it got at this path. */
async function receipts(path: string): Promise<Receipt[]> {
  const response = await fetch(`${base}/receipts`)
  return (await response.json() as Receipt[]).filter((receipt) => receipt.path === path)
}

function open(url: string, config: Record<string, unknown> = {}, token?: string): Channel {
  const checked = webhookChannel.validateConfig({ url, ...config })
  if (!checked.ok) throw new Error(JSON.stringify(checked.errors))
  const ports = channelPorts()
  return webhookChannel.open({ destinationId: 'hook', label: 'My hook', config: checked.config, secrets: token === undefined ? {} : { token: new Secret(token) } }, ports)
}

function sending(over: Partial<Sending> = {}): Sending {
  return {
    message: render(EVENT, { now: NOON, capabilities: null, timeZone: 'UTC' }), picture: null, deliveryKey: `${EVENT.id}.hook`, attempt: 1, update: false,
    signal: new AbortController().signal, ...over,
  }
}

async function said(url: string, config: Record<string, unknown> = {}, over: Partial<Sending> = {}): Promise<Verdict> {
  const channel = open(url, config, CANARY)
  const verdict = await channel.sendPrinterNotification(sending(over))
  await channel.close()
  expect(JSON.stringify(verdict)).not.toMatch(new RegExp(`${CANARY}|127\\.0\\.0\\.1|https?://\\w`))
  return verdict
}

describe('what the far side receives', () => {
  test('without a picture: one JSON object, the key, the token and the own headers', async () => {
    expect(await said(`${base}/201`, { headers: { 'X-Room': 'cellar' } })).toEqual({ result: 'delivered', detail: 'Answered 201.' })
    const [receipt] = await receipts('/201')
    expect(receipt?.method).toBe('POST')
    expect(receipt?.headers).toMatchObject({
      'content-type': 'application/json', 'idempotency-key': '01KF0000000000000000000001.hook', 'authorization': `Bearer ${CANARY}`, 'x-room': 'cellar', 'user-agent': 'Printbell',
    })
    expect(JSON.parse(Buffer.from(receipt?.body ?? '', 'base64').toString())).toMatchObject({
      version: 1, id: '01KF0000000000000000000001', time: 1_768_478_400_000, type: 'job.done', severity: 'success', late: false,
      event: { type: 'job.done', progress: null, printTime: 12_960 },
      printer: { id: 'mk4', name: 'MK4 left bench', kind: 'octoprint' },
      job: { name: 'lamp-vase.gcode', startedAt: 1_768_474_800_000, endedAt: null },
      message: { title: 'MK4 left bench: print done', body: 'lamp-vase, 3 h 36 min' },
      image: null,
      native: null,
    })
  })

  test('with a picture: two parts, the JSON and the very bytes of the JPEG', async () => {
    expect(await said(`${base}/202`, {}, { picture: PICTURE })).toEqual({ result: 'delivered', detail: 'Answered 202.' })
    const [receipt] = await receipts('/202')
    const form = await new Response(Buffer.from(receipt?.body ?? '', 'base64'), { headers: { 'content-type': receipt?.headers['content-type'] ?? '' } }).formData()
    expect([...form.keys()]).toEqual(['event', 'picture'])
    const event = form.get('event')
    const picture = form.get('picture')
    if (!(event instanceof Blob) || !(picture instanceof File)) throw new Error('not two files')
    expect([event.type, picture.type, picture.name]).toEqual(['application/json', 'image/jpeg', 'snapshot.jpg'])
    expect(JSON.parse(await event.text())).toMatchObject({ type: 'job.done', image: { name: 'snapshot.jpg', width: 640, height: 480, bytes: JPEG.byteLength } })
    expect(Buffer.from(await picture.arrayBuffer()).equals(Buffer.from(JPEG))).toBe(true)
  })

  test('a destination without pictures gets none', async () => {
    await said(`${base}/203`, { includePicture: false }, { picture: PICTURE })
    const [receipt] = await receipts('/203')
    expect(receipt?.headers['content-type']).toBe('application/json')
  })

  test('a retry carries the same key', async () => {
    await said(`${base}/503`)
    await said(`${base}/503`, {}, { attempt: 2 })
    expect((await receipts('/503')).map((receipt) => receipt.headers['idempotency-key'])).toEqual(['01KF0000000000000000000001.hook', '01KF0000000000000000000001.hook'])
  })

  test('a failure alert and a test message are sent too', async () => {
    const channel = open(`${base}/204`)
    expect((await channel.sendFailureAlert(sending())).result).toBe('delivered')
    expect((await channel.sendTestMessage(sending())).result).toBe('delivered')
    expect((await receipts('/204')).length).toBe(2)
    expect((await receipts('/204'))[0]?.headers.authorization).toBeUndefined()
  })
})

describe('what its answer means', () => {
  test.each<[number, string]>([
    [200, 'delivered'], [201, 'delivered'], [202, 'delivered'], [204, 'delivered'], [299, 'delivered'],
    [301, 'rejected destination'], [302, 'rejected destination'], [304, 'rejected destination'], [308, 'rejected destination'],
    [400, 'rejected message'], [401, 'rejected destination'], [402, 'rejected message'], [403, 'rejected destination'], [404, 'rejected destination'], [405, 'rejected destination'],
    [407, 'rejected destination'], [408, 'retry'], [409, 'retry'], [410, 'gone'], [413, 'rejected message'], [415, 'rejected message'], [422, 'rejected message'],
    [425, 'retry'], [429, 'retry'], [451, 'rejected message'], [500, 'retry'], [502, 'retry'], [503, 'retry'], [504, 'retry'], [507, 'retry'], [599, 'retry'],
  ])('%d is %s', async (status, expected) => {
    const verdict = await said(`${base}/${status}`)
    expect(verdict.result === 'rejected' ? `rejected ${verdict.scope}` : verdict.result).toBe(expected)
    expect(verdict.result === 'delivered' ? verdict.detail : verdict.why).toContain(String(status))
  })

  test.each<[string, number | null]>([['7', 7_000], ['Thu, 15 Jan 2026 12:01:30 GMT', 90_000], ['soon', null]])('Retry-After %s asks for %s ms', async (value, after) => {
    expect(await said(`${base}/429?retry=${encodeURIComponent(value)}`)).toMatchObject({ result: 'retry', after })
  })

  test('a redirect is not followed: the token goes nowhere else', async () => {
    const before = (await receipts('/200')).length
    expect(await said(`${base}/redirect`)).toMatchObject({ result: 'rejected', scope: 'destination' })
    expect((await receipts('/200')).length).toBe(before)
  })

  test('too large with its picture goes without it', async () => {
    expect(await said(`${base}/small`, {}, { picture: PICTURE })).toEqual({ result: 'delivered', detail: 'Answered 200. Without its picture: too large for it.' })
    const got = await receipts('/small')
    expect(got.map((receipt) => receipt.headers['content-type']?.split(';')[0])).toEqual(['multipart/form-data', 'application/json'])
    const second = JSON.parse(Buffer.from(got[1]?.body ?? '', 'base64').toString()) as { image: unknown }
    expect(second.image).toBeNull()
  })

  test('an endless or unfinished body does not hold up a delivery that was accepted', async () => {
    expect(await said(`${base}/flood`)).toEqual({ result: 'delivered', detail: 'Answered 200.' })
    expect(await said(`${base}/slow-body`, { timeoutMs: 1_000 })).toEqual({ result: 'delivered', detail: 'Answered 200.' })
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
    expect(await said(`http://127.0.0.1:${port}/`)).toMatchObject({ result: 'retry', why: expect.stringContaining('refuses the connection') })
  })

  test('a name that does not exist: DNS', async () => {
    expect(await said('http://nowhere.invalid/')).toMatchObject({ result: 'retry', why: expect.stringContaining('DNS') })
  })

  test('it hangs: timeout', async () => {
    expect(await said(`${base}/hang`, { timeoutMs: 1_000 })).toMatchObject({ result: 'retry', why: expect.stringContaining('timeout') })
  })

  test('it breaks the connection', async () => {
    expect(await said(`${base}/reset`)).toMatchObject({ result: 'retry', why: expect.stringContaining('broke') })
  })

  test('it speaks no TLS: named', async () => {
    expect(await said(base.replace('http:', 'https:'))).toMatchObject({ result: 'retry', why: expect.stringContaining('TLS') })
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
      expect(await said(`https://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`)).toMatchObject({ result: 'retry', why: expect.stringContaining('self-signed') })
      expect(asked).toBe(0)
    } finally {
      server.close()
    }
  })

  test('the engine ends: the try ends with it', async () => {
    const controller = new AbortController()
    const verdict = said(`${base}/hang`, {}, { signal: controller.signal })
    controller.abort()
    expect(await verdict).toMatchObject({ result: 'retry' })
  })
})
