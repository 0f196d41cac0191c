import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sending, Verdict } from '../../../electron/engine/channels/channel.ts'
import { ntfyChannel } from '../../../electron/engine/channels/ntfy/index.ts'
import { renderCancelQuestion, renderNotice } from '../../../electron/engine/delivery/render.ts'
import { renderSummary } from '../../../electron/engine/delivery/summary.ts'
import { CANARY, channelPorts, eventOf, PICTURE, sendingOf } from '../../support/channel-kit.ts'
import { GOLDEN_EVENTS } from '../../support/golden-events.ts'
import { startFarSide, type FarSide, type Receipt, type Rule } from '../../support/far-side.ts'
import { anEvent, LAMP, NOON } from '../../support/rule-fixtures.ts'
import { channelSuite, expectClean, openChannel, type ChannelRig, type Received } from './every-channel.ts'

interface Rig extends ChannelRig { far: FarSide }

/** As docs.ntfy.sh/publish shows it. */
const TAKEN = { id: 'xE73Iyuabi', time: 1_768_478_400, expires: 1_768_521_600, event: 'message', topic: 'marta-7f3k', sequence_id: 'abc' }

async function start(secrets: Record<string, string> = { token: CANARY }): Promise<Rig> {
  const far = await startFarSide()
  return {
    far, secrets,
    config: () => ({ server: far.base, topic: 'marta-7f3k' }),
    accept: () => far.play({ path: '.', body: TAKEN }),
    received: async () => (await far.receipts()).map(readAsNtfyDoes),
    close: () => far.close(),
  }
}

/** RFC 2047, base64 only, written down independently of the channel. */
function decoded(header: string | undefined): string {
  const word = /^=\?UTF-8\?B\?([A-Za-z0-9+/=]*)\?=$/.exec(header ?? '')
  return word ? Buffer.from(word[1] ?? '', 'base64').toString('utf8') : header ?? ''
}

function readAsNtfyDoes(receipt: Receipt): Received {
  const raw = `${receipt.path}\n${JSON.stringify(receipt.headers)}\n${receipt.text}`
  if (receipt.method === 'PUT') return { text: `${decoded(receipt.headers['x-title'])}\n${decoded(receipt.headers['x-message'])}`, pictures: [new Uint8Array(receipt.bytes)], raw }
  const { title, message } = receipt.json as { title: string; message: string }
  return { text: `${title}\n${message}`, pictures: [], raw }
}

const error = (http: number, code: number, headers: Record<string, string> = {}): Rule => ({ path: '.', status: http, headers, body: { code, http, error: `see https://evil.example/${CANARY}`, link: 'https://ntfy.sh/docs/publish/' } })
const says = (http: number, code: number, headers: Record<string, string> = {}) => (rig: Rig) => rig.far.play(error(http, code, headers))
const status = (code: number, headers: Record<string, string> = {}) => (rig: Rig) => rig.far.play({ path: '.', status: code, headers, body: '' })

channelSuite('ntfy', {
  start,
  answers: [
    ['200 is delivered', (rig) => rig.far.play({ path: '.', body: TAKEN }), 'delivered'],
    ['200 of an older server, without a sequence, is delivered', (rig) => rig.far.play({ path: '.', body: { id: 'x', event: 'message' } }), 'delivered'],
    ['200 with a web page is some other server', (rig) => rig.far.play({ path: '.', headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html>' }), 'rejected destination'],
    ['200 with other JSON is some other server', (rig) => rig.far.play({ path: '.', body: { ok: true } }), 'rejected destination'],
    ['a redirect is not followed', status(301, { location: 'https://elsewhere.example/' }), 'rejected destination'],
    // server/errors.go, those that a message of ours can meet
    ['40000 invalid request refuses this message', says(400, 40000), 'rejected message'],
    ['40007 priority invalid refuses this message', says(400, 40007), 'rejected message'],
    ['40009 topic invalid refuses the destination', says(400, 40009), 'rejected destination'],
    ['40010 topic disallowed refuses the destination', says(400, 40010), 'rejected destination'],
    ['40011 not UTF-8 refuses this message', says(400, 40011), 'rejected message'],
    ['40013 attachment address invalid refuses this message', says(400, 40013), 'rejected message'],
    ['40014 attachments disallowed, without a picture, refuses this message', says(400, 40014), 'rejected message'],
    ['40015 attachment expires too early refuses this message', says(400, 40015), 'rejected message'],
    ['40017 no message JSON refuses this message', says(400, 40017), 'rejected message'],
    ['40018 actions invalid refuses this message', says(400, 40018), 'rejected message'],
    ['40021 icon invalid refuses this message', says(400, 40021), 'rejected message'],
    ['40024 no JSON refuses this message', says(400, 40024), 'rejected message'],
    ['40049 sequence invalid refuses this message', says(400, 40049), 'rejected message'],
    ['40101 unauthorized refuses the destination', says(401, 40101), 'rejected destination'],
    ['40301 forbidden refuses the destination', says(403, 40301), 'rejected destination'],
    ['40401 page not found refuses the destination', says(404, 40401), 'rejected destination'],
    ['404 of another server refuses the destination', status(404), 'rejected destination'],
    ['40901 conflict is tried again', says(409, 40901), 'retry'],
    ['410 is gone', status(410), 'gone'],
    ['41301 attachment too large, without a picture, refuses this message', says(413, 41301), 'rejected message'],
    ['41302 Matrix request too large refuses this message', says(413, 41302), 'rejected message'],
    ['41303 JSON too large refuses this message', says(413, 41303), 'rejected message'],
    ['413 of a proxy refuses this message', status(413), 'rejected message'],
    ['42901 too many requests is tried again after five seconds', says(429, 42901), 'retry 5000'],
    ['42901 is tried again when it says', says(429, 42901, { 'retry-after': '30' }), 'retry 30000'],
    ['42902 too many mails is tried again', says(429, 42902), 'retry'],
    ['42903 too many subscriptions is tried again', says(429, 42903), 'retry'],
    ['42904 too many topics is tried again', says(429, 42904), 'retry'],
    ['42905 daily traffic is tried again at midnight UTC', says(429, 42905), 'retry 43200000'],
    ['42906 too many accounts is tried again', says(429, 42906), 'retry'],
    ['42907 too many reservations is tried again', says(429, 42907), 'retry'],
    ['42908 daily messages is tried again at midnight UTC', says(429, 42908), 'retry 43200000'],
    ['42908 is tried again when it says', says(429, 42908, { 'retry-after': '600' }), 'retry 600000'],
    ['42909 too many wrong logins is tried again', says(429, 42909), 'retry'],
    ['42910 too many calls is tried again', says(429, 42910), 'retry'],
    ['429 of a proxy is tried again', status(429, { 'retry-after': '7' }), 'retry 7000'],
    ['50001 internal error is tried again', says(500, 50001), 'retry'],
    ['50002 invalid path is tried again', says(500, 50002), 'retry'],
    ['50003 base-url missing is tried again', says(500, 50003), 'retry'],
    ['50701 nobody has subscribed is tried again', says(507, 50701), 'retry'],
    ['502 is tried again', status(502), 'retry'],
    ['503 is tried again when it says', status(503, { 'retry-after': 'Thu, 15 Jan 2026 12:02:00 GMT' }), 'retry 120000'],
    ['504 is tried again', status(504), 'retry'],
    ['405 refuses the destination', status(405), 'rejected destination'],
    ['407 of a proxy refuses the destination', status(407), 'rejected destination'],
    ['408 is tried again', status(408), 'retry'],
    ['418 refuses this message', status(418), 'rejected message'],
    ['a broken connection is tried again', (rig) => rig.far.play({ path: '.', how: 'reset' }), 'retry'],
    ['a body that breaks off does not undo the 200', (rig) => rig.far.play({ path: '.', how: 'half' }), 'delivered'],
    ['a body without end does not undo the 200', (rig) => rig.far.play({ path: '.', how: 'flood' }), 'delivered'],
  ],
  wrong: [
    ['no topic', { topic: '' }, 'topic'], ['no topic at all', { topic: undefined }, 'topic'], ['a topic with a slash', { topic: 'a/b' }, 'topic'], ['a topic of the server', { topic: 'login' }, 'topic'],
    ['another scheme', { server: 'ftp://ntfy.sh' }, 'server'], ['credentials in the address', { server: 'https://a:b@ntfy.sh' }, 'server'], ['the topic in the address', { server: 'https://ntfy.sh/x' }, 'server'],
    ['an address of cloud credentials', { server: 'http://169.254.169.254' }, 'server'], ['a click that is no address', { click: 'history' }, 'click'],
    ['eleven tags', { tags: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'] }, 'tags'],
  ],
  hang: (rig) => rig.far.play({ path: '.', how: 'hang' }),
})

describe('ntfy', () => {
  let rig: Rig
  beforeAll(async () => {
    rig = await start()
  })
  afterAll(() => rig.close())

  async function send(sending: Sending, over: Record<string, unknown> = {}, secrets: Record<string, string> = rig.secrets ?? {}): Promise<Verdict> {
    const channel = openChannel(ntfyChannel, { ...rig, secrets }, over)
    const verdict = await channel.sendPrinterNotification(sending)
    await channel.close()
    expectClean(verdict, rig)
    return verdict
  }
  async function receiptOf(sending: Sending, over: Record<string, unknown> = {}, secrets?: Record<string, string>): Promise<Receipt> {
    await rig.accept()
    expect(await send(sending, over, secrets)).toMatchObject({ result: 'delivered' })
    const [receipt, ...more] = await rig.far.receipts()
    expect(more).toEqual([])
    if (receipt === undefined) throw new Error('nothing came')
    return receipt
  }
  const event = (type: Parameters<typeof eventOf>[0], over: Parameters<typeof eventOf>[1]): Sending => sendingOf(eventOf(type, over))
  const JOB = '6ebc30be43523a80c0c5e82488e4ef7b'
  const ALONE = 'd169181662287fbdf582104548b8e03a'

  // One whole request each, as docs.ntfy.sh/publish "Publish as JSON" has it.
  test.each<[string, () => Sending, Record<string, unknown>]>([
    ['a print that is done', () => sendingOf(), { title: 'MK4 left bench: print done', message: 'lamp-vase, 3 h 36 min', priority: 3, tags: ['white_check_mark'], sequence_id: JOB }],
    ['a print that has failed', () => event('job.failed', { severity: 'critical', reason: 'connection_lost' }),
      { title: 'MK4 left bench: print failed', message: 'Lost the connection to the printer at 42 %. Check its cable and power. lamp-vase.', priority: 5, tags: ['x'], sequence_id: JOB }],
    ['progress', () => event('job.progress', { severity: 'info', progress: 0.5 }),
      { title: 'MK4 left bench: 50 % printed', message: 'lamp-vase, 1 h 30 min', priority: 2, tags: ['printer'], sequence_id: JOB }],
    ['filament that ran out', () => event('attention.filament_runout', { severity: 'critical' }),
      { title: 'MK4 left bench: filament ran out', message: 'Load filament, then resume. lamp-vase, 42 %.', priority: 5, tags: ['rotating_light'], sequence_id: ALONE }],
    ['a failure that was detected', () => event('failure.detected', { severity: 'critical' }),
      { title: 'MK4 left bench: print is failing', message: 'It still prints. Look, then pause or cancel. lamp-vase, 42 %.', priority: 5, tags: ['rotating_light'], sequence_id: ALONE }],
    ['a test', () => event('app.test', { severity: 'info', printerId: '', printerName: '', text: 'Phone' }),
      { title: 'Printbell: test message', message: '"Phone" works: this is a test.', priority: 3, tags: ['bell'], sequence_id: ALONE }],
    ['a question', () => ({ ...sendingOf(), message: renderCancelQuestion(anEvent('job.progress', { job: LAMP, severity: 'info' }), 0.42) }),
      { title: 'MK4 left bench: cancel this print?', message: "lamp-vase, 42 %. It can't be resumed.", priority: 2, tags: ['printer'], sequence_id: ALONE }],
    ['a notice', () => ({ ...sendingOf(), message: renderNotice({ printerId: 'mk4', printerName: 'MK4 left bench', serverKind: 'octoprint' }, 'nothing done', 'The print is over.', NOON) }),
      { title: 'MK4 left bench: nothing done', message: 'The print is over.', priority: 2, tags: ['printer'], sequence_id: ALONE }],
    ['a summary', () => ({ ...sendingOf(), message: renderSummary([anEvent('job.done', { job: LAMP, severity: 'success' }), anEvent('job.failed', { job: LAMP, severity: 'critical', printerName: 'Voron' })]) }),
      { title: '2 events while you were away', message: 'Failed: Voron.\nDone: MK4 left bench.', priority: 5, tags: ['white_check_mark'], sequence_id: ALONE }],
  ])('golden request of %s', async (_what, sending, said) => {
    const receipt = await receiptOf(sending())
    expect([receipt.method, receipt.path]).toEqual(['POST', '/'])
    expect(receipt.headers).toMatchObject({ 'content-type': 'application/json', authorization: `Bearer ${CANARY}`, 'user-agent': 'Printbell' })
    expect(receipt.json).toEqual({ topic: 'marta-7f3k', ...said })
  })

  /** Names of emojis as docs.ntfy.sh/emojis lists them; * = by itself, beside the news of its print. */
  const SYMBOLS: Readonly<Record<string, string>> = {
    'job.started': 'arrow_forward', 'job.first_layer_done': 'printer', 'job.layer': 'printer', 'job.progress': 'printer', 'job.milestone_time': 'printer', 'job.finishing_soon': 'hourglass_flowing_sand',
    'job.eta_slipped': 'warning', 'job.stalled': '*warning', 'job.paused': 'pause_button', 'job.resumed': 'arrow_forward', 'job.done': 'white_check_mark', 'job.cancelled': 'stop_button', 'job.failed': 'x',
    'job.result_unknown': 'question', 'attention.filament_runout': '*rotating_light', 'attention.filament_change': '*exclamation', 'attention.user_input': '*exclamation', 'attention.door': '*exclamation',
    'attention.plate': '*warning', 'attention.cleared': '*white_check_mark', 'attention.reminder': '*warning', 'failure.warning': '*warning', 'failure.detected': '*rotating_light',
    'heater.target_reached': '*printer', 'heater.cooled': '*printer', 'heater.left_on': '*warning', 'heater.runaway': '*rotating_light', 'device.ready': '*printer', 'device.error': '*exclamation',
    'device.shutdown': '*rotating_light', 'device.fault': '*warning', 'link.up': '*electric_plug', 'link.lost': '*electric_plug', 'link.auth_failed': '*exclamation', 'link.refused': '*exclamation',
    'camera.lost': '*camera', 'camera.up': '*camera', 'message.display': '*printer', 'message.user': '*printer', 'command.succeeded': '*white_check_mark', 'command.failed': '*exclamation',
    'app.delivery_failing': '*exclamation', 'app.delivery_recovered': '*white_check_mark', 'app.offline': '*warning', 'app.update_available': '*printer', 'app.test': '*bell', 'command.acknowledged': '*white_check_mark', 'app.broadcast': '*bell', 'app.changed': '*printer', 'app.silence_over': '*warning', 'server.event': '*printer',
  }
  const PRIORITIES = { info: 2, success: 3, warning: 4, error: 4, critical: 5 } as const

  test.each(GOLDEN_EVENTS)('golden request of $type', async ({ type, severity, event: one, title, body }) => {
    const symbol = SYMBOLS[type] ?? ''
    expect((await receiptOf(sendingOf(one))).json).toEqual({
      topic: 'marta-7f3k', title, message: body === '' ? title : body, priority: type === 'app.test' ? 3 : PRIORITIES[severity], tags: [symbol.replace('*', '')], sequence_id: symbol.startsWith('*') ? ALONE : JOB,
    })
  })

  test('golden request with a picture, a click and tags: the bytes are the body, the rest stands in headers', async () => {
    const base = sendingOf(undefined, { picture: PICTURE })
    const sending = { ...base, message: { ...base.message, title: 'Prüfstand: print done' } }
    const receipt = await receiptOf(sending, { click: 'https://example.org/mk4?a=1&b=2', tags: ['werkstatt-süd'] })
    expect([receipt.method, receipt.path]).toEqual(['PUT', '/marta-7f3k'])
    const { host: _host, connection: _connection, accept: _accept, 'accept-encoding': _encoding, ...headers } = receipt.headers
    expect(headers).toEqual({
      authorization: `Bearer ${CANARY}`,
      'content-type': 'image/jpeg',
      'content-length': '5006',
      'user-agent': 'Printbell',
      'x-filename': 'snapshot.jpg',
      'x-title': '=?UTF-8?B?UHLDvGZzdGFuZDogcHJpbnQgZG9uZQ==?=',
      'x-message': 'lamp-vase, 3 h 36 min',
      'x-priority': '3',
      'x-tags': '=?UTF-8?B?d2hpdGVfY2hlY2tfbWFyayx3ZXJrc3RhdHQtc8O8ZA==?=',
      'x-click': 'https://example.org/mk4?a=1&b=2',
      'x-actions': '[{"action":"view","label":"Open","url":"https://example.org/mk4?a=1&b=2"}]',
      'x-sequence-id': JOB,
    })
    expect(receipt.bytes.equals(Buffer.from(PICTURE.jpeg))).toBe(true)
  })

  test('a click becomes a link to open, and nothing else leads anywhere', async () => {
    const receipt = await receiptOf(sendingOf(), { click: 'https://example.org/' })
    expect(receipt.json).toMatchObject({ click: 'https://example.org/', actions: [{ action: 'view', label: 'Open', url: 'https://example.org/' }] })
    expect(await receiptOf(sendingOf()).then(({ text }) => text)).not.toMatch(/http|click|actions|attach|icon/)
  })

  test.each<[string, Record<string, unknown>, Record<string, string>, string | undefined]>([
    ['an access token', {}, { token: 'tk_secret' }, 'Bearer tk_secret'],
    // base64 of "marta:pässword"
    ['user and password', { user: 'marta' }, { password: 'pässword' }, 'Basic bWFydGE6cMOkc3N3b3Jk'],
    ['a token besides a user: the token', { user: 'marta' }, { token: 'tk_secret', password: 'x' }, 'Bearer tk_secret'],
    ['nothing where the topic is open', {}, {}, undefined],
  ])('logs in with %s', async (_what, over, secrets, expected) => {
    expect((await receiptOf(sendingOf(), over, secrets)).headers.authorization).toBe(expected)
  })

  test('a user without a password is told before anything is sent', async () => {
    await rig.accept()
    expect(await send(sendingOf(), { user: 'marta' }, {})).toMatchObject({ result: 'rejected', scope: 'destination', why: 'The password of the user is missing. Enter it, or take the user away.' })
    expect(await rig.far.receipts()).toEqual([])
  })

  describe('a picture', () => {
    const withPicture = sendingOf(undefined, { picture: PICTURE })
    const sizes = async (): Promise<(number | string)[]> => (await rig.far.receipts()).map(({ method, bytes }) => (method === 'PUT' ? bytes.length : 'text'))

    test('that is too large goes smaller, step by step', async () => {
      await rig.far.play({ ...error(413, 41301), method: 'PUT', times: 2 }, { path: '.', body: TAKEN })
      expect(await send(withPicture)).toMatchObject({ result: 'delivered', detail: 'ntfy answered 200. Its picture was made smaller.' })
      expect(await sizes()).toEqual([5_006, 640, 320])
    })
    test('that is too large in every size is left out', async () => {
      await rig.far.play({ ...error(413, 41301), method: 'PUT' }, { path: '.', body: TAKEN })
      expect(await send(withPicture)).toMatchObject({ result: 'delivered', detail: 'ntfy answered 200. Without its picture: too large for it.' })
      expect(await sizes()).toEqual([5_006, 640, 320, 'text'])
    })
    test.each<[string, Rule, string]>([
      ['where attachments are not allowed', error(400, 40014), 'ntfy answered 200. Without its picture: the server takes no attachments.'],
      ['where it would be deleted at once', error(400, 40015), 'ntfy answered 200. Without its picture: the server would delete it too early.'],
      ["when the day's traffic is used up", error(429, 42905), "ntfy answered 200. Without its picture: the day's traffic is used up."],
    ])('%s is left out at once', async (_what, rule, detail) => {
      await rig.far.play({ ...rule, method: 'PUT' }, { path: '.', body: TAKEN })
      expect(await send(withPicture)).toMatchObject({ result: 'delivered', detail })
      expect(await sizes()).toEqual([5_006, 'text'])
    })
    test('does not go where it was switched off', async () => {
      expect((await receiptOf(withPicture, { includePicture: false })).method).toBe('POST')
      expect(ntfyChannel.wantsPicture?.({ includePicture: false })).toBe(false)
    })
    test('whose message is refused for another reason is not sent again without it', async () => {
      await rig.far.play(error(403, 40301))
      expect(await send(withPicture)).toMatchObject({ result: 'rejected', scope: 'destination' })
      expect(await sizes()).toEqual([5_006])
    })
  })

  describe('what Test shows', () => {
    test('is what was sent and answered, with dots for the topic', async () => {
      await rig.accept()
      expect((await send(sendingOf(undefined, { picture: PICTURE }))).exchange).toEqual({
        request: ['PUT /••••••••', 'Title: MK4 left bench: print done', 'Message: lamp-vase, 3 h 36 min', 'Priority: 3  Tags: white_check_mark', 'image/jpeg 6 kB'],
        answer: ['200'],
      })
    })
    test('says that an older server keeps no messages together', async () => {
      await rig.far.play({ path: '.', body: { id: 'x', event: 'message' } })
      expect((await send(sendingOf())).exchange?.answer).toEqual(['200', 'This server is older than 2.16: later messages of a print stand beside the earlier ones.'])
      await rig.far.play({ path: '.', body: { id: 'x', event: 'message' } })
      expect((await send(sendingOf(), { keepOneMessage: false })).exchange?.answer).toEqual(['200'])
    })
    test('names the code of a refusal, without its words', async () => {
      await rig.far.play(error(403, 40301))
      expect((await send(sendingOf())).exchange?.answer).toEqual(['403, code 40301'])
    })
    test('is the request alone when nothing answers', async () => {
      await rig.far.play({ path: '.', how: 'reset' })
      expect((await send(sendingOf())).exchange).toEqual({ request: ['POST /', 'Title: MK4 left bench: print done', 'Message: lamp-vase, 3 h 36 min', 'Priority: 3  Tags: white_check_mark'], answer: [] })
    })
  })

  test('the topic stands in no verdict and no log', async () => {
    const ports = channelPorts()
    for (const rule of [error(403, 40301), error(429, 42908), { path: '.', how: 'reset' } as Rule]) {
      await rig.far.play(rule)
      const channel = openChannel(ntfyChannel, rig, {}, ports)
      expect(JSON.stringify([await channel.sendPrinterNotification(sendingOf(undefined, { picture: PICTURE })), ports.log.lines])).not.toContain('marta-7f3k')
      await channel.close()
    }
  })
})
