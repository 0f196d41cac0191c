/**
 * The webhook as OctoPrint-Webhooks sends it, request by request. The expected requests are typed from octoprint.md section 7 and the plugin's own
 * documentation; the encoding of bodies was checked against Python's requests 2.34.2, which the plugin sends with. The plugin itself takes no part:
 * it does not come with OctoPrint and can't be fetched where these tests run.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sending, Verdict } from '../../../electron/engine/channels/channel.ts'
import { octoprintWebhooksChannel as KIND } from '../../../electron/engine/channels/octoprint-webhooks/index.ts'
import { passingMemory } from '../../../electron/engine/channels/memory.ts'
import { TestClock } from '../../support/clock.ts'
import { CANARY, channelPorts, eventOf, JPEG, PICTURE, sendingOf } from '../../support/channel-kit.ts'
import type { Receipt, Rule } from '../../support/far-side.ts'
import { LAMP, NOON } from '../../support/rule-fixtures.ts'
import { channelSuite, expectClean, openChannel } from './every-channel.ts'
import { done, sendBy, start, type How, type Rig } from './octoprint-webhooks-rig.ts'

const plays = (rule: Omit<Rule, 'path'>) => (rig: Rig) => rig.far.play({ path: '/hook', ...rule })
const status = (code: number, headers: Record<string, string> = {}) => plays({ status: code, headers })

channelSuite('octoprint-webhooks', {
  start,
  answers: [
    ['200 is delivered', status(200), 'delivered'], ['201 is delivered', status(201), 'delivered'], ['204 is delivered', status(204), 'delivered'],
    ['300 is delivered: up to 399 is success in the plugin', status(300), 'delivered'], ['302 without an address is delivered', status(302), 'delivered'], ['304 is delivered', status(304), 'delivered'], ['399 is delivered', status(399), 'delivered'],
    ['400 refuses this message', status(400), 'rejected message'], ['401 refuses the destination', status(401), 'rejected destination'], ['402 refuses the destination', status(402), 'rejected destination'],
    ['403 refuses the destination', status(403), 'rejected destination'], ['404 refuses the destination', status(404), 'rejected destination'], ['405 refuses the destination', status(405), 'rejected destination'],
    ['407 refuses the destination', status(407), 'rejected destination'], ['408 is tried again', status(408), 'retry'], ['409 is tried again', status(409), 'retry'], ['410 is gone', status(410), 'gone'],
    ['413 refuses this message', status(413), 'rejected message'], ['415 refuses this message', status(415), 'rejected message'], ['418 refuses this message', status(418), 'rejected message'], ['422 refuses this message', status(422), 'rejected message'],
    ['425 is tried again', status(425), 'retry'], ['429 is tried again when it says', status(429, { 'retry-after': '30' }), 'retry 30000'],
    ['500 is tried again', status(500), 'retry'], ['501 is tried again', status(501), 'retry'], ['502 is tried again', status(502), 'retry'], ['503 is tried again when it says', status(503, { 'retry-after': 'Thu, 15 Jan 2026 12:02:00 GMT' }), 'retry 120000'],
    ['504 is tried again', status(504), 'retry'], ['a broken connection is tried again', plays({ how: 'reset' }), 'retry'],
    ['a body that breaks off does not undo the 200', plays({ how: 'half' }), 'delivered'], ['a body without end does not undo the 200', plays({ how: 'flood' }), 'delivered'],
    ['a 200 is read no further: the plugin looks at the status alone', plays({ body: { ok: false, error: 'no' } }), 'delivered'],
    ['307 to the same computer is followed as it is', (rig) => rig.far.play({ path: '/hook', status: 307, headers: { location: '/moved' } }, { method: 'POST', path: '/moved', status: 200 }), 'delivered'],
    ['301 to another computer refuses the destination', status(301, { location: 'http://other.example/' }), 'rejected destination'],
    ['308 to another port refuses the destination', status(308, { location: 'http://127.0.0.1:9/' }), 'rejected destination'],
    ['302 to another computer over http refuses the destination', status(302, { location: 'http://login.example/' }), 'rejected destination'],
    ['a redirect in a circle refuses the destination', status(307, { location: '/hook' }), 'rejected destination'],
    ['the end of a redirect is what counts', (rig) => rig.far.play({ path: '/hook', status: 302, headers: { location: '/done' } }, { path: '/done', status: 500 }), 'retry'],
  ],
  wrong: [
    ['no address', { url: '' }, 'url'], ['another scheme', { url: 'file:///etc/passwd' }, 'url'], ['credentials in the address', { url: 'http://a:b@host/' }, 'url'],
    ['an address of cloud credentials', { url: 'http://169.254.169.254/' }, 'url'], ['a body that is no JSON', { data: '{' }, 'data'], ['a secret in a header', { headers: { Authorization: 'Bearer abc' } }, 'headers.Authorization'],
    ['an unknown method', { method: 'PATCH' }, 'method'], ['OAuth without an address', { oauth: true }, 'oauthUrl'], ['an endless wait', { timeoutMs: 90_000 }, 'timeoutMs'], ['a message of a book', { doneMessage: 'x'.repeat(20_001) }, 'doneMessage'],
  ],
  hang: plays({ how: 'hang' }),
})

describe('OctoPrint-Webhooks', () => {
  let rig: Rig
  beforeAll(async () => {
    rig = await start()
  })
  afterAll(() => rig.close())

  const send = (sending: Sending, over: Record<string, unknown>, how?: How): Promise<Verdict> => sendBy(rig, sending, over, how)
  async function receiptOf(sending: Sending, over: Record<string, unknown> = {}, how: How = {}): Promise<Receipt> {
    await rig.far.play({ path: '.', status: 200 })
    expect(await send(sending, over, how)).toMatchObject({ result: 'delivered' })
    const [receipt, ...more] = await rig.far.receipts()
    expect(more).toEqual([])
    if (receipt === undefined) throw new Error('nothing came')
    return receipt
  }
  const seen = ({ method, path, headers, text }: Receipt): unknown => ({ method, path, type: headers['content-type'] ?? null, text })
  /** A request's parts in order; a file as its name, type and size. */
  const partsOf = async (receipt: Receipt): Promise<unknown> => [...await receipt.form()].map(([name, value]) => [name, typeof value === 'string' ? value : [value.name, value.type, value.size]])
  const answers = (...rules: Rule[]): Promise<void> => rig.far.play(...rules)

  test('the default request: five fields, JSON, POST', async () => {
    const receipt = await receiptOf(done(), { deviceIdentifier: "Blane's Printer" })
    expect(seen(receipt)).toEqual({
      method: 'POST', path: '/hook', type: 'application/json',
      text: `{"deviceIdentifier": "Blane's Printer", "apiSecret": "${CANARY}", "topic": "Print Done", "message": "The print is done.", "extra": {"name": "DarwinKeycap.gcode", "path": "DarwinKeycap.gcode", "origin": "local", "size": 242038, "owner": "iAmLegend", "time": 50.237335886}}`,
    })
  })

  const GOLDEN: readonly [Parameters<typeof eventOf>[0], string, string, unknown][] = [
    ['job.started', 'Print Started', 'The print has started.', { name: 'lamp-vase.gcode', path: 'lamp-vase.gcode', origin: 'local', size: 1000 }],
    ['job.done', 'Print Done', 'The print is done.', { name: 'lamp-vase.gcode', path: 'lamp-vase.gcode', origin: 'local', size: 1000 }],
    ['job.failed', 'Print Failed', 'The print has failed.', { name: 'lamp-vase.gcode', path: 'lamp-vase.gcode', origin: 'local', size: 1000, reason: 'error', progress: 0.42 }],
    ['job.cancelled', 'Print Failed', 'The print has failed.', { name: 'lamp-vase.gcode', path: 'lamp-vase.gcode', origin: 'local', size: 1000, reason: 'cancelled', progress: 42 }],
    ['job.paused', 'Print Paused', 'The print is paused.', { name: 'lamp-vase.gcode', path: 'lamp-vase.gcode', origin: 'local', size: 1000, progress: 42 }],
    ['attention.filament_change', 'User Action Needed', 'The printer needs you.', {}],
    ['job.progress', 'Print Progress', '42 % is printed.', {}],
    ['device.error', 'Error', 'The printer reports an error.', { error: '' }],
  ]
  test.each(GOLDEN)('%s is sent as %s, whole', async (type, topic, message, extra) => {
    const receipt = await receiptOf(sendingOf(eventOf(type)))
    expect([receipt.method, receipt.path, receipt.headers['content-type'], receipt.json])
      .toEqual(['POST', '/hook', 'application/json', { deviceIdentifier: 'MK4 left bench', apiSecret: CANARY, topic, message, extra }])
  })

  test('"Getting all data" with a picture: every variable, multipart', async () => {
    const data = {
      deviceIdentifier: '@deviceIdentifier', apiSecret: '@apiSecret', topic: '@topic', message: '@message', extra: '@extra', state: '@state', job: '@job', progress: '@progress', currentZ: '@currentZ',
      offsets: '@offsets', meta: '@meta', currentTime: '@currentTime', snapshot: '@snapshot',
    }
    const receipt = await receiptOf(done({}, { picture: PICTURE }), { data: JSON.stringify(data), deviceIdentifier: 'mk3', headers: { 'Content-Type': 'application/json', 'X-Api': '@apiSecret' }, contentType: 'FORM' })
    expect(receipt.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(receipt.headers['x-api']).toBe(CANARY)
    expect(await partsOf(receipt)).toEqual([
      ['deviceIdentifier', 'mk3'], ['apiSecret', CANARY], ['topic', 'Print Done'], ['message', 'The print is done.'],
      ['extra', '{"name": "DarwinKeycap.gcode", "path": "DarwinKeycap.gcode", "origin": "local", "size": 242038, "owner": "iAmLegend", "time": 50.237335886}'],
      ['state', '{"text": "Finishing", "flags": {"operational": true, "printing": true, "finishing": true, "ready": false}, "error": ""}'],
      ['job', '{"file": {"name": "DarwinKeycap.gcode", "path": "DarwinKeycap.gcode", "display": "DarwinKeycap.gcode", "origin": "local", "size": 242038, "date": 1588195405}, "estimatedPrintTime": 476.05552375713864, "averagePrintTime": 48.8202253183409, "lastPrintTime": 31.290278981000007, "filament": {"tool0": {"volume": 0.8077585001602579, "length": 335.8269600000015}}, "user": "iAmLegend"}'],
      ['progress', '{"completion": 14.496484023169915, "filepos": 35087, "printTime": 29, "printTimeLeft": 40, "printTimeLeftOrigin": "average"}'],
      ['currentZ', '5.6'], ['offsets', '{}'], ['meta', '{"hash": "2d2f2c6a410f8786b62604422799c9f3c0721367", "analysis": {"dimensions": {"width": 136.67, "depth": 119.672, "height": 5.6}}}'],
      ['currentTime', '1768478400'], ['snapshot', ['snapshot.jpg', 'image/jpeg', 5_006]],
    ])
    const file = (await receipt.form()).get('snapshot') as File
    expect(Buffer.from(await file.arrayBuffer()).equals(Buffer.from(JPEG))).toBe(true)
  })

  // octoprint.md 7.3: input, what the plugin sends.
  test.each<[string, unknown]>([
    ['@topic', 'Print Done'], ['@progress.completion', 14.496484023169915], ['@job.filament', { tool0: { volume: 0.8077585001602579, length: 335.8269600000015 } }], ['@state.flags.ready', false], ['@extra.size', 242_038],
    ['x @topic y', 'x Print Done y'], ['@state.flags.operational or @state.flags.ready', 'True or False'], ['is @job.file.nothing here', 'is  here'],
    ['@job.file.name at @progress.completion %', 'DarwinKeycap.gcode at 14.496484023169915 %'], ['left: @job.filament.tool0 .', "left: {'volume': 0.8077585001602579, 'length': 335.8269600000015} ."],
    ['@missing', ''], ['@snapshot2', ''], ['@job.file.name.x', ''], ['@meta.statistics.lastPrintTime', ''],
    ['@percentCompleteMilestone', 42], ['@currentTime', 1_768_478_400], ['@meta.analysis.dimensions.width x @meta.analysis.dimensions.depth mm', '136.67 x 119.672 mm'],
    // Where the plugin breaks (the same section), what is sent instead.
    ['@topic, @topic!', 'Print Done, Print Done!'], ['@job.averagePrintTime.x', ''], ['me@example.com', 'me@example.com'],
  ])('7.3: %j in the body is %j', async (given, expected) => {
    const receipt = await receiptOf(done(), { data: JSON.stringify({ v: given, deep: { list: [given, 5, null] } }) })
    expect(receipt.json).toEqual({ v: expected, deep: { list: [expected, 5, null] } })
  })

  // octoprint.md 7.4.
  const TREE = JSON.stringify({ t: '@topic', o: { a: 1, b: '@currentTime' }, l: [1, null, 'x y'], n: null, b: '@state.flags.operational', f: 10.5 })
  test.each<[string, Record<string, unknown>, unknown]>([
    ['POST JSON', {}, { method: 'POST', path: '/hook', type: 'application/json', text: '{"t": "Print Done", "o": {"a": 1, "b": 1768478400}, "l": [1, null, "x y"], "n": null, "b": true, "f": 10.5}' }],
    ['PUT JSON', { method: 'PUT' }, { method: 'PUT', path: '/hook', type: 'application/json', text: '{"t": "Print Done", "o": {"a": 1, "b": 1768478400}, "l": [1, null, "x y"], "n": null, "b": true, "f": 10.5}' }],
    ['DELETE JSON', { method: 'DELETE' }, { method: 'DELETE', path: '/hook', type: 'application/json', text: '{"t": "Print Done", "o": {"a": 1, "b": 1768478400}, "l": [1, null, "x y"], "n": null, "b": true, "f": 10.5}' }],
    ['POST FORM', { contentType: 'FORM' }, { method: 'POST', path: '/hook', type: 'application/x-www-form-urlencoded', text: 't=Print+Done&o=%7B%22a%22%3A+1%2C+%22b%22%3A+1768478400%7D&l=%5B1%2C+null%2C+%22x+y%22%5D&b=True&f=10.5' }],
    ['PUT FORM', { method: 'PUT', contentType: 'FORM' }, { method: 'PUT', path: '/hook', type: 'application/x-www-form-urlencoded', text: 't=Print+Done&o=%7B%22a%22%3A+1%2C+%22b%22%3A+1768478400%7D&l=%5B1%2C+null%2C+%22x+y%22%5D&b=True&f=10.5' }],
    ['GET', { method: 'GET' }, { method: 'GET', path: '/hook?t=Print+Done&o=a&o=b&l=1&l=x+y&b=True&f=10.5', type: null, text: '' }],
    ['a Content-Type that fits', { headers: { 'content-type': 'application/json charset=utf8;' } }, expect.objectContaining({ type: 'application/json charset=utf8;' })],
    ['a Content-Type that does not', { headers: { 'Content-Type': 'application/yoyo' } }, expect.objectContaining({ type: 'application/json' })],
  ])('7.4: %s', async (_what, over, expected) => {
    expect(seen(await receiptOf(done(), { data: TREE, ...over }))).toEqual(expected)
  })

  test('7.4: headers take parameters, and numbers become texts', async () => {
    const { headers } = await receiptOf(done(), { headers: { 'X-Topic': '@topic', 'X-Time': '@currentTime', Authorization: 'Bearer @secrets.token', 'X-Z': 'z=@currentZ' } }, { secrets: { secrets: `{"token": "${CANARY}"}` } })
    expect([headers['x-topic'], headers['x-time'], headers.authorization, headers['x-z'], headers['user-agent']]).toEqual(['Print Done', '1768478400', `Bearer ${CANARY}`, 'z=5.6', 'Printbell'])
  })

  test('7.3: the address takes parameters, encoded; one at its beginning as it is', async () => {
    expect((await receiptOf(done({ native: { name: 'PrintDone', payload: { name: 'a/b ä.gcode' } } }), { url: `${rig.far.base}/@topic/@extra.name?k=@apiSecret&t=@currentTime` })).path).toBe(`/Print%20Done/a%2Fb%20%C3%A4.gcode?k=${CANARY}&t=1768478400`)
    expect((await receiptOf(done(), { url: '@secrets.url' }, { secrets: { secrets: JSON.stringify({ url: `${rig.far.base}/services/T0/B0` }) } })).path).toBe('/services/T0/B0')
  })

  test('an address that is none once it is filled in costs this message only; a secret that is missing stops the destination', async () => {
    await answers({ path: '.', status: 200 })
    expect(await send(done(), { url: '@extra.name' })).toMatchObject({ result: 'rejected', scope: 'message', why: 'Filled in, the address is none that can be called. Not an address. Start with http:// or https://.' })
    expect(await send(done(), { url: '@secrets.url' })).toMatchObject({ result: 'rejected', scope: 'destination', why: '@secrets.url is not set. Add it to "Other secrets".' })
    expect(await send(done(), {}, { secrets: { secrets: 'not json' } })).toMatchObject({ result: 'rejected', scope: 'destination', why: expect.stringContaining('no JSON object of texts') as string })
    expect(await rig.far.receipts()).toEqual([])
  })

  describe('the picture', () => {
    const SNAP = JSON.stringify({ snap: '@snapshot', deep: { snap: '@snapshot' }, t: '@topic', o: { a: 1 } })
    test('that is not there takes its field with it; the body stays multipart', async () => {
      const receipt = await receiptOf(done(), { data: SNAP })
      expect(receipt.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
      expect(await partsOf(receipt)).toEqual([['deep', '{"snap": ""}'], ['t', 'Print Done'], ['o', '{"a": 1}']])
    })
    test('makes the body multipart whatever was chosen, also with PUT', async () => {
      const receipt = await receiptOf(done({}, { picture: PICTURE }), { data: SNAP, method: 'PUT', contentType: 'FORM' })
      expect([receipt.method, await partsOf(receipt)]).toEqual(['PUT', [['deep', '{"snap": ""}'], ['t', 'Print Done'], ['o', '{"a": 1}'], ['snap', ['snapshot.jpg', 'image/jpeg', 5_006]]]])
    })
    test('is dropped by GET, and not sent where nobody asked for it', async () => {
      expect((await receiptOf(done({}, { picture: PICTURE }), { data: SNAP, method: 'GET' })).path).toBe('/hook?deep=snap&t=Print+Done&o=a')
      expect((await receiptOf(done({}, { picture: PICTURE }))).headers['content-type']).toBe('application/json')
    })
    test('that is too large is sent smaller, then not at all', async () => {
      await answers({ path: '.', status: 413, times: 3 }, { path: '.', status: 200 })
      expect(await send(done({}, { picture: PICTURE }), { data: SNAP })).toMatchObject({ result: 'delivered', detail: 'Answered 200. Without its picture: too large for it.' })
      const sizes = await Promise.all((await rig.far.receipts()).map(async (receipt) => ((await receipt.form()).get('snap') as File | null)?.size ?? null))
      expect(sizes).toEqual([5_006, 640, 320, null])
    })
  })

  describe('Test', () => {
    const testing = async (over: Record<string, unknown>, secrets: Record<string, string> = { apiSecret: CANARY }): Promise<{ verdict: Verdict; receipt: Receipt | undefined }> => {
      await answers({ path: '.', status: 200, body: { ok: true, to: 'https://hooks.example/secret', from: '127.0.0.1', key: CANARY } })
      const own = { ...rig, secrets, config: () => ({ url: `${rig.far.base}/hook` }) }
      const channel = openChannel(KIND, own, over)
      const verdict = await channel.sendTestMessage(sendingOf(eventOf('app.test', { text: 'My hook', job: undefined, printerId: '' } as never)))
      await channel.close()
      expectClean(verdict, own)
      return { verdict, receipt: (await rig.far.receipts())[0] }
    }
    test.each<[string, string, string]>([
      ['started', 'Print Started', 'The print has started.'], ['done', 'Print Done', 'The print is done.'], ['failed', 'Print Failed', 'The print has failed.'], ['cancelled', 'Print Failed', 'The print has failed.'],
      ['paused', 'Print Paused', 'The print is paused.'], ['action', 'User Action Needed', 'The printer needs you.'], ['progress', 'Print Progress', '50 % is printed.'], ['error', 'Error', 'The printer reports an error.'],
    ])('of %s sends %s with the sample of the plugin', async (testEvent, topic, message) => {
      const { verdict, receipt } = await testing({ testEvent })
      expect(verdict.result).toBe('delivered')
      expect(receipt?.json).toEqual({
        deviceIdentifier: 'Printbell', apiSecret: CANARY, topic, message,
        extra: { name: 'example.gcode', path: 'example.gcode', origin: 'local', size: 242_038, owner: 'example_user', time: 50.237335886 },
      })
    })
    test('shows request and answer, without secrets and addresses', async () => {
      const data = JSON.stringify({ t: '@topic', key: '@apiSecret', phone: '12223334444', web: 'http://192.168.1.5/webcam', z: '@currentZ', snap: '@snapshot' })
      const { verdict } = await testing({ data, headers: { Authorization: 'Bearer @secrets.token' } }, { apiSecret: 'ab', secrets: `{"token": "${CANARY}"}` })
      expect(verdict.exchange).toEqual({
        request: ['POST with parts', 'Authorization: Bearer (hidden)', 't = Print Started', 'key = (hidden)', 'phone = (hidden)', 'web = (hidden)', 'z = 5.6', 'snap: left out, there is no picture'],
        answer: ['200, application/json', '{"ok":true,"to":"(hidden)","from":"(hidden)","key":"[secret]"}'],
      })
    })
    test('shows a refusal with its answer, and an OAuth login without its token', async () => {
      await answers({ path: '/token', body: { access_token: 'canary-token' } }, { path: '/hook', status: 422, body: 'no such field "t"' })
      const verdict = await send(done(), { oauth: true, oauthUrl: `${rig.far.base}/token`, data: '{"t": "@access_token"}' })
      expect(verdict).toEqual({
        result: 'rejected', scope: 'message', why: 'The server refuses this message (422).',
        exchange: { request: ['OAuth login: done', 'POST with JSON', 'Content-Type: application/json', '{', '  "t": "(hidden)"', '}'], answer: ['422, text/plain', 'no such field "t"'] },
      })
    })
  })

  test('every retry of one event tells the same, with the same @deliveryKey', async () => {
    const over = { data: '{"key": "@deliveryKey", "time": "@currentTime", "z": "@currentZ", "left": "@progress.printTimeLeft"}' }
    const first = await receiptOf(done(), over)
    const later = await receiptOf(done({}, { attempt: 7 }), over, { ports: channelPorts({ clock: new TestClock(NOON + 3_600_000) }) })
    expect(later.text).toBe(first.text)
    expect(first.json).toEqual({ key: '01KF0000000000000000000001.dest', time: 1_768_478_400, z: 5.6, left: 40 })
  })

  test('progress between two steps, and the same topic too soon, are not sent, and that is said', async () => {
    const memory = passingMemory()
    const ports = channelPorts({ memory })
    await answers({ path: '.', status: 200 })
    const at = (progress: number): Promise<Verdict> => send(sendingOf(eventOf('job.progress', { progress })), { progressEvery: 20 }, { ports })
    const paused = (): Promise<Verdict> => send(sendingOf(eventOf('job.paused')), { cooldown: 60 }, { ports })
    expect([await at(0.1), await at(0.45), await at(0.55), await paused(), await paused()]).toMatchObject([
      { result: 'delivered', detail: 'Not sent: the next step is 20 %.' }, { result: 'delivered', detail: 'Answered 200.' }, { result: 'delivered', detail: 'Not sent: the next step is 60 %.' },
      { result: 'delivered', detail: 'Answered 200.' }, { result: 'delivered', detail: 'Not sent: the same topic was sent less than 60 s ago.' },
    ])
    expect((await rig.far.receipts()).map(({ json }) => (json as { message: string }).message)).toEqual(['40 % is printed.', 'The print is paused.'])
  })

  test('no printer, no job, no context: what is unknown is empty', async () => {
    const receipt = await receiptOf(sendingOf(eventOf('link.lost', { job: undefined, progress: null } as never)), { data: '{"j": "@job", "n": "@job.file.name", "s": "@state.text", "m": "@meta", "z": "@currentZ", "x": "@extra"}' })
    expect(receipt.json).toEqual({ j: '', n: '', s: '', m: '', z: '', x: {} })
  })

  test('a name from the printer can neither reach another address nor add a header', async () => {
    const job = { ...LAMP, file: { ...LAMP.file, name: '../../admin?x=1#\r\nEvil: 1' } }
    const receipt = await receiptOf(sendingOf(eventOf('job.done', { job })), { url: `${rig.far.base}/hook/@job.file.name`, headers: { 'X-File': '@job.file.name' } })
    expect([receipt.path, receipt.headers['x-file'], receipt.headers.evil]).toEqual(['/hook/..%2F..%2Fadmin%3Fx%3D1%23%0D%0AEvil%3A%201', '../../admin?x=1# Evil: 1', undefined])
  })
})
