import { Agent } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import axios from 'axios'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { appriseChannel } from '../../../electron/engine/channels/apprise/index.ts'
import { watched } from '../../../electron/engine/channels/apprise/reaching.ts'
import type { Sending, Verdict } from '../../../electron/engine/channels/channel.ts'
import { renderCancelQuestion, renderNotice } from '../../../electron/engine/delivery/render.ts'
import { renderSummary } from '../../../electron/engine/delivery/summary.ts'
import { CANARY, channelPorts, eventOf, PICTURE, sendingOf } from '../../support/channel-kit.ts'
import { TestClock } from '../../support/clock.ts'
import { GOLDEN_EVENTS } from '../../support/golden-events.ts'
import { startFarSide, type FarSide, type Receipt, type Rule } from '../../support/far-side.ts'
import { anEvent, LAMP, NOON } from '../../support/rule-fixtures.ts'
import { channelSuite, expectClean, openChannel, type ChannelRig, type Received } from './every-channel.ts'

interface Rig extends ChannelRig { far: FarSide }

/** apprise-api, api/utils.py render_notify_response. */
const TAKEN = { error: null, details: [['INFO', '2026-01-15 12:00:00,123', 'Sent JSON POST notification.']] }

async function start(): Promise<Rig> {
  const far = await startFarSide()
  return {
    far,
    secrets: { urls: `json://${CANARY}@127.0.0.1`, password: CANARY },
    config: () => ({ server: far.base, key: 'printers', user: 'marta' }),
    accept: () => far.play({ path: '/notify/', body: TAKEN }),
    received: async () => Promise.all((await far.receipts()).map(read)),
    close: () => far.close(),
  }
}

async function read(receipt: Receipt): Promise<Received> {
  const form = await receipt.form()
  const picture = form.get('attach')
  return { text: `${field(form, 'title')}\n${field(form, 'body')}`, pictures: picture instanceof File ? [new Uint8Array(await picture.arrayBuffer())] : [], raw: receipt.text }
}
function field(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

const says = (status: number, error: string, details?: unknown) => (rig: Rig) => rig.far.play({ path: '/notify/', status, body: { error, ...(details === undefined ? {} : { details }) } })
const status = (code: number, headers: Record<string, string> = {}) => (rig: Rig) => rig.far.play({ path: '/notify/', status: code, headers, body: '' })
const FAILED = ['WARNING', '2026-01-15 12:00:00,123', 'Failed to send JSON POST notification: Internal server error., error=500.']
const SENT = ['INFO', '2026-01-15 12:00:00,123', 'Sent ntfy notification to the topic.']

channelSuite('apprise', {
  start,
  answers: [
    ['200 is delivered', (rig) => rig.far.play({ path: '/notify/', body: TAKEN }), 'delivered'],
    ['200 with a web page is some other server', (rig) => rig.far.play({ path: '/notify/', headers: { 'content-type': 'text/html' }, body: '<html>' }), 'rejected destination'],
    ['204: nothing is saved under the key', status(204), 'rejected destination'],
    ['a redirect is not followed', status(302, { location: '/login' }), 'rejected destination'],
    ['400 refuses this message', says(400, 'Payload lacks minimum requirements'), 'rejected message'],
    ['400 for a format refuses this message', says(400, 'An invalid body input format was specified'), 'rejected message'],
    ['400 for tags refuses the destination', says(400, 'Unsupported characters found in tag definition'), 'rejected destination'],
    ['400 for a tag that is missing refuses the destination', says(400, "A specific tag other than 'all' is required for this configuration"), 'rejected destination'],
    ['400 for an attachment, without a picture, refuses this message', says(400, 'Bad Attachment'), 'rejected message'],
    ['401 refuses the destination', says(401, 'Access Denied'), 'rejected destination'],
    ['403 refuses the destination', says(403, 'The site has been configured to deny this request'), 'rejected destination'],
    ['404 refuses the destination', status(404), 'rejected destination'],
    ['405 refuses the destination', status(405), 'rejected destination'],
    ['406, in circles, refuses the destination', says(406, 'The recursion limit has been reached'), 'rejected destination'],
    ['408 is tried again', status(408), 'retry'],
    ['410 is gone', status(410), 'gone'],
    ['413 refuses this message', status(413), 'rejected message'],
    ['417 refuses this message', status(417), 'rejected message'],
    ['421 refuses the destination', status(421), 'rejected destination'],
    ['424 with one that took it is delivered in part', says(424, 'One or more notification could not be sent', [SENT, FAILED]), 'delivered'],
    ['424 with none known to have taken it is not sent again by itself', says(424, 'One or more notification could not be sent', [FAILED]), 'rejected message'],
    ['424 without its log is not sent again by itself', status(424), 'rejected message'],
    ['424 without a service refuses the destination', says(424, 'One or more notification could not be sent', [['WARNING', '', 'There are no service(s) to notify']]), 'rejected destination'],
    ['424 with an empty log knows no service', says(424, 'One or more notification could not be sent', []), 'rejected destination'],
    ['429 is tried again when it says', status(429, { 'retry-after': '30' }), 'retry 30000'],
    ['431 refuses this message', says(431, 'JSON Payload provided is too large'), 'rejected message'],
    ['500 is tried again', says(500, 'An error occurred accessing configuration'), 'retry'],
    ['502 is tried again', status(502), 'retry'],
    ['503 is tried again when it says', status(503, { 'retry-after': '10' }), 'retry 10000'],
    ['504 may have arrived and is not sent again by itself', status(504), 'rejected message'],
    ['a broken connection may have arrived and is not sent again by itself', (rig) => rig.far.play({ path: '/notify/', how: 'reset' }), 'rejected message'],
    ['a body that breaks off does not undo the 200', (rig) => rig.far.play({ path: '/notify/', how: 'half', body: '{' }), 'delivered'],
    ['a body without end does not undo the 200', (rig) => rig.far.play({ path: '/notify/', how: 'flood' }), 'delivered'],
  ],
  wrong: [
    ['no address', { server: 'gateway' }, 'server'], ['no server', { server: undefined }, 'server'], ['the whole address', { server: 'http://gateway:8000/notify/printers' }, 'server'], ['credentials in the address', { server: 'http://a:b@gateway' }, 'server'],
    ['an address of cloud credentials', { server: 'http://169.254.169.254' }, 'server'], ['a key with a slash', { key: 'a/b' }, 'key'], ['tags of other characters', { tags: 'a;b' }, 'tags'],
  ],
  hang: (rig) => rig.far.play({ path: '/notify/', how: 'hang' }),
})

describe('the Apprise gateway', () => {
  let rig: Rig
  beforeAll(async () => {
    rig = await start()
  })
  afterAll(() => rig.close())

  async function send(sending: Sending, over: Record<string, unknown> = {}, secrets: Record<string, string> = rig.secrets ?? {}): Promise<Verdict> {
    const channel = openChannel(appriseChannel, { ...rig, secrets }, over)
    const verdict = await channel.sendPrinterNotification(sending)
    await channel.close()
    expectClean(verdict, rig)
    return verdict
  }
  async function receiptOf(sending: Sending, over: Record<string, unknown> = {}, secrets?: Record<string, string>): Promise<Receipt> {
    await rig.accept()
    expect(await send(sending, over, secrets)).toMatchObject({ result: 'delivered', detail: 'The gateway answered 200.' })
    const [receipt, ...more] = await rig.far.receipts()
    expect(more).toEqual([])
    if (receipt === undefined) throw new Error('nothing came')
    return receipt
  }
  const fieldsOf = async (receipt: Receipt): Promise<Record<string, unknown>> => Object.fromEntries(await receipt.form())
  const event = (type: Parameters<typeof eventOf>[0], over: Parameters<typeof eventOf>[1]): Sending => sendingOf(eventOf(type, over))

  test.each<[string, () => Sending, Record<string, string>]>([
    ['a print that is done', () => sendingOf(), { title: 'MK4 left bench: print done', body: 'lamp-vase, 3 h 36 min', type: 'success' }],
    ['progress', () => event('job.progress', { severity: 'info', progress: 0.5 }), { title: 'MK4 left bench: 50 % printed', body: 'lamp-vase, 1 h 30 min', type: 'info' }],
    ['a pause', () => event('job.paused', { severity: 'warning', reason: 'user' }), { title: 'MK4 left bench: paused', body: 'By a person at 42 %. lamp-vase.', type: 'warning' }],
    ['an error of the printer', () => event('device.error', { severity: 'error', text: 'MINTEMP' }), { title: 'MK4 left bench: printer error', body: 'MINTEMP. Look at the printer.', type: 'failure' }],
    ['a failure that was detected', () => event('failure.detected', { severity: 'critical' }),
      { title: 'MK4 left bench: print is failing', body: 'It still prints. Look, then pause or cancel. lamp-vase, 42 %.', type: 'failure' }],
    ['a test', () => event('app.test', { severity: 'info', printerId: '', printerName: '', text: 'Gateway' }), { title: 'Printbell: test message', body: '"Gateway" works: this is a test.', type: 'info' }],
    ['a question', () => ({ ...sendingOf(), message: renderCancelQuestion(anEvent('job.progress', { job: LAMP, severity: 'info' }), 0.42) }),
      { title: 'MK4 left bench: cancel this print?', body: "lamp-vase, 42 %. It can't be resumed.", type: 'info' }],
    ['a notice', () => ({ ...sendingOf(), message: renderNotice({ printerId: 'mk4', printerName: 'MK4 left bench', serverKind: 'octoprint' }, 'nothing done', 'The print is over.', NOON) }),
      { title: 'MK4 left bench: nothing done', body: 'The print is over.', type: 'info' }],
    ['a summary', () => ({ ...sendingOf(), message: renderSummary([anEvent('job.failed', { job: LAMP, severity: 'critical', printerName: 'Voron' })]) }),
      { title: '1 event while you were away', body: 'Failed: Voron.', type: 'failure' }],
  ])('golden request of %s', async (_what, sending, said) => {
    const receipt = await receiptOf(sending())
    expect([receipt.method, receipt.path]).toEqual(['POST', '/notify/printers'])
    expect(receipt.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    // base64 of "marta:canary-7f3a91"
    expect(receipt.headers).toMatchObject({ accept: 'application/json', authorization: 'Basic bWFydGE6Y2FuYXJ5LTdmM2E5MQ==', 'user-agent': 'Printbell', 'x-apprise-log-level': 'info', connection: 'close' })
    expect(await fieldsOf(receipt)).toEqual({ ...said, format: 'text', tag: 'all' })
  })

  const TYPES = { info: 'info', success: 'success', warning: 'warning', error: 'failure', critical: 'failure' } as const

  test.each(GOLDEN_EVENTS)('golden request of $type', async ({ severity, event: one, title, body }) => {
    expect(await fieldsOf(await receiptOf(sendingOf(one)))).toEqual({ title, body: body === '' ? title : body, type: TYPES[severity], format: 'text', tag: 'all' })
  })

  test('golden request with a picture and tags: the JPEG is the part "attach"', async () => {
    const receipt = await receiptOf(sendingOf(undefined, { picture: PICTURE }), { tags: 'family, workshop night' })
    const { attach, ...fields } = await fieldsOf(receipt)
    expect(fields).toEqual({ title: 'MK4 left bench: print done', body: 'lamp-vase, 3 h 36 min', type: 'success', format: 'text', tag: 'family, workshop night' })
    const picture = attach as File
    expect([picture.name, picture.type]).toEqual(['snapshot.jpg', 'image/jpeg'])
    expect(Buffer.from(await picture.arrayBuffer()).equals(Buffer.from(PICTURE.jpeg))).toBe(true)
  })

  test('without a key the addresses go with the message, and with one they stay here', async () => {
    const receipt = await receiptOf(sendingOf(), { key: '', user: '' }, { urls: 'ntfy://topic, pover://user@token' })
    expect(receipt.path).toBe('/notify/')
    expect(receipt.headers.authorization).toBeUndefined()
    expect(await fieldsOf(receipt)).toEqual({ urls: 'ntfy://topic, pover://user@token', title: 'MK4 left bench: print done', body: 'lamp-vase, 3 h 36 min', type: 'success', format: 'text' })
    expect((await receiptOf(sendingOf())).text).not.toContain('urls')
  })

  test('a gateway below a path is reached there', async () => {
    expect((await receiptOf(sendingOf(), { server: `${rig.far.base}/apprise/` })).path).toBe('/apprise/notify/printers')
  })

  test('title and body are cut at what the form of the gateway takes', async () => {
    const sending = sendingOf()
    const receipt = await receiptOf({ ...sending, message: { ...sending.message, title: 'ü'.repeat(300), body: '墨'.repeat(33_000) } })
    const { title, body } = await fieldsOf(receipt)
    expect([title, body]).toEqual([`${'ü'.repeat(249)}…`, `${'墨'.repeat(32_767)}…`])
  })

  test.each<[string, Rule, string]>([
    ['204 with a key', { path: '.', status: 204 }, 'The gateway keeps nothing under this key (204). Check the key, and what is saved there.'],
    ['424 in part', { path: '.', status: 424, body: { error: 'x', details: [SENT, FAILED] } }, "Delivered in part: at least one service behind the gateway did not take it (424). The gateway's log says which."],
    ['424 with nothing in its log', { path: '.', status: 424, body: { error: 'x', details: [] } }, 'No service at the gateway has these tags (424). Check them.'],
    ['a broken connection', { path: '.', how: 'reset' }, 'The gateway broke the connection before it answered. It may have arrived all the same, so it is not sent again by itself. Look at the phone; it can be sent again from here.'],
    ['504', { path: '.', status: 504 }, 'The gateway took too long (504). It may have arrived all the same, so it is not sent again by itself. Look at the phone; it can be sent again from here.'],
  ])('says of %s what it means', async (_what, rule, words) => {
    await rig.far.play(rule)
    const verdict = await send(sendingOf(), { tags: 'night' })
    expect(verdict.result === 'delivered' ? verdict.detail : verdict.why).toBe(words)
  })

  test('addresses that are too long are told as such', async () => {
    await rig.far.play({ path: '.', status: 400, body: { error: 'Bad FORM Payload provided' } })
    expect(await send(sendingOf(), { key: '' }, { urls: `json://${'x'.repeat(1_030)}` })).toMatchObject({
      result: 'rejected', scope: 'destination', why: 'The gateway takes 1024 characters of addresses at most (400). Save them there under a key.',
    })
  })

  describe('a request that gets no answer', () => {
    test('in 60 s may have arrived: it is not sent again by itself', async () => {
      const clock = new TestClock(NOON)
      const channel = openChannel(appriseChannel, rig, {}, channelPorts({ clock }))
      await rig.far.play({ path: '.', how: 'hang' })
      const verdict = channel.sendPrinterNotification(sendingOf())
      await vi.waitFor(async () => expect(await rig.far.receipts()).toHaveLength(1), { timeout: 5_000 })
      await clock.advance(59_999)
      expect(await Promise.race([verdict, Promise.resolve('still waiting')])).toBe('still waiting')
      await clock.advance(1)
      expect(await verdict).toMatchObject({
        result: 'rejected', scope: 'message', why: 'The gateway did not answer within 60 s. It may have arrived all the same, so it is not sent again by itself. Look at the phone; it can be sent again from here.',
      })
      await channel.close()
    })

    test('because nothing listens is tried again', async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await new Promise((ready) => server.once('listening', ready))
      const { port } = server.address() as AddressInfo
      await new Promise((closed) => server.close(closed))
      expect(await send(sendingOf(), { server: `http://127.0.0.1:${port}` })).toMatchObject({ result: 'retry', after: null, why: 'The server refuses the connection. Check the port, and that it runs.' })
    })

    test('because the name is not known is tried again', async () => {
      expect(await send(sendingOf(), { server: 'http://gateway.invalid' })).toMatchObject({ result: 'retry' })
    })

    test('because it speaks no TLS is tried again: nothing of the message was sent', async () => {
      await rig.accept()
      expect(await send(sendingOf(), { server: rig.far.base.replace('http:', 'https:') })).toMatchObject({ result: 'retry', why: 'The server does not speak TLS there. Try http:// or another port.' })
      expect(await rig.far.receipts()).toEqual([])
    })

    test('because the connection never stood within 60 s is tried again', async () => {
      const clock = new TestClock(NOON)
      // TLS that is never answered: the connection is there, but nothing of the message was sent on it.
      const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1')
      await new Promise((ready) => silent.once('listening', ready))
      const reached = new Promise((came) => silent.once('connection', came))
      const channel = openChannel(appriseChannel, rig, { server: `https://127.0.0.1:${(silent.address() as AddressInfo).port}` }, channelPorts({ clock }))
      const verdict = channel.sendPrinterNotification(sendingOf())
      await reached
      await clock.advance(60_000)
      expect(await verdict).toMatchObject({ result: 'retry', why: 'The server does not answer (timeout).' })
      await channel.close()
      await new Promise((closed) => silent.close(closed))
    })
  })

  test('a connection that stood before its request, as in a tunnel of a proxy, counts as reached', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const net = { http: axios.create({ proxy: false, httpAgent: agent }), online: () => true }
    await rig.far.play({ path: '/first', body: {} }, { path: '/second', how: 'reset' })
    await watched(net).net.http.request({ url: `${rig.far.base}/first` })
    await vi.waitFor(() => expect(Object.keys(agent.freeSockets)).toHaveLength(1))
    const second = watched(net)
    await expect(second.net.http.request({ url: `${rig.far.base}/second` })).rejects.toThrow()
    expect(second.reached()).toBe(true)
    agent.destroy()
  })

  describe('a picture', () => {
    const withPicture = sendingOf(undefined, { picture: PICTURE })
    const sizes = async (): Promise<(number | string)[]> => (await Promise.all((await rig.far.receipts()).map(read))).map(({ pictures }) => pictures[0]?.length ?? 'text')

    test.each<[string, Rule]>([['413', { path: '.', status: 413 }], ['431', { path: '.', status: 431 }], ['"Bad Attachment"', { path: '.', status: 400, body: { error: 'Bad Attachment' } }]])('that is refused with %s goes smaller, then is left out', async (_what, rule) => {
      await rig.far.play({ ...rule, times: 3 }, { path: '.', body: TAKEN })
      expect(await send(withPicture)).toMatchObject({ result: 'delivered', detail: 'The gateway answered 200. Without its picture: too large for it.' })
      expect(await sizes()).toEqual([5_006, 640, 320, 'text'])
    })
    test('of a message that may have arrived is not sent again', async () => {
      await rig.far.play({ path: '.', how: 'reset' })
      expect(await send(withPicture)).toMatchObject({ result: 'rejected', scope: 'message' })
      expect(await sizes()).toEqual([5_006])
    })
    test('does not go where it was switched off', async () => {
      await receiptOf(withPicture, { includePicture: false })
      expect(await sizes()).toEqual(['text'])
    })
  })

  test('Test shows what was sent, with dots for the key', async () => {
    await rig.accept()
    expect((await send(sendingOf(undefined, { picture: PICTURE }), { tags: 'night' })).exchange).toEqual({
      request: ['POST /notify/••••••••', 'title: MK4 left bench: print done', 'body: lamp-vase, 3 h 36 min', 'type: success  tag: night', 'attach: image/jpeg 6 kB'],
      answer: ['200'],
    })
  })

  test("the gateway's own words and log stand in no verdict", async () => {
    await rig.far.play({ path: '.', status: 424, body: { error: `see ${CANARY}`, details: [['WARNING', '', `Failed to send to https://${CANARY}.example`]] } })
    expect(await send(sendingOf())).toMatchObject({ result: 'rejected', scope: 'message' })
  })

  test('has 70 s for a try, and its own patience ends before', () => {
    expect(appriseChannel.capabilities.deadlineMs).toBe(70_000)
  })
})
