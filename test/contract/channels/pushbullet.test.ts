import axios from 'axios'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ChannelPorts, Sending, Verdict } from '../../../electron/engine/channels/channel.ts'
import { pushbulletChannel } from '../../../electron/engine/channels/pushbullet/index.ts'
import { renderSummary } from '../../../electron/engine/delivery/summary.ts'
import { eventOf, PICTURE, sendingOf } from '../../support/channel-kit.ts'
import { GOLDEN_EVENTS } from '../../support/golden-events.ts'
import { startFarSide, type FarSide, type Receipt, type Rule } from '../../support/far-side.ts'
import { anEvent, LAMP } from '../../support/rule-fixtures.ts'
import { channelSuite, expectClean, openChannel, type ChannelRig, type Received } from './every-channel.ts'

interface Rig extends ChannelRig { far: FarSide }

const TOKEN = 'o.RUe7IZgC6384GrI1abcdefghijkLMNOP'
const FILE_URL = 'https://dl.pushbulletusercontent.com/034f197bc6c37cac3cc03542659d458b/snapshot.jpg'
/** docs.pushbullet.com, "Upload Request". */
const PLACE = { file_name: 'snapshot.jpg', file_type: 'image/jpeg', file_url: FILE_URL, upload_url: 'https://upload.pushbullet.com/upload-legacy/ubdcjAfszs0Smi' }
/** docs.pushbullet.com, "Create Push". */
const PUSHED = { active: true, iden: 'ujpah72o0sjAoRtnM0jc', type: 'note', created: 1.412047948579029e9, modified: 1.412047948579031e9, dismissed: false, direction: 'self' }
const PUSHES = '/v2/pushes$'
const PLACES = '/v2/upload-request$'
const UPLOADS = '/upload-legacy/'

/** Requests to Pushbullet's own addresses end at the far side, and any other address is a mistake. */
function ports(far: FarSide): Partial<ChannelPorts> {
  const http = axios.create({ proxy: false })
  http.interceptors.request.use((config) => {
    const url = /^https:\/\/(?:api|upload)\.pushbullet\.com(\/.*)$/.exec(config.url ?? '')?.[1]
    if (url === undefined) throw new Error(`a request to ${config.url}`)
    return { ...config, url: `${far.base}${url}` }
  })
  return { net: { http, online: () => true } }
}

/** As its server refuses something. */
const refusal = (code: string, message: string, more: Record<string, string> = {}) => ({ error: { code, type: 'invalid_request', message, cat: '(=^‥^=)', ...more }, error_code: code })
const UPLOADING: Rule[] = [{ path: PLACES, body: PLACE }, { path: UPLOADS, status: 204 }]
const TAKING: Rule[] = [...UPLOADING, { path: PUSHES, body: PUSHED }]

async function start(): Promise<Rig> {
  const far = await startFarSide()
  return {
    far,
    secrets: { token: TOKEN },
    ports: () => ports(far),
    config: () => ({}),
    accept: () => far.play(...TAKING),
    async received() {
      const receipts = await far.receipts()
      const pictures = await Promise.all(receipts.filter(({ path }) => path.startsWith('/upload-legacy/')).map(pictureOf))
      return receipts.filter(({ path }) => path === '/v2/pushes').map((receipt) => read(receipt, pictures))
    },
    close: () => far.close(),
  }
}

async function pictureOf(receipt: Receipt): Promise<Uint8Array> {
  return new Uint8Array(await ((await receipt.form()).get('file') as File).arrayBuffer())
}

function read({ json, text }: Receipt, pictures: Uint8Array[]): Received {
  const push = json as Record<string, string>
  const picture = push['type'] === 'file' ? pictures.shift() : undefined
  return { text: `${push['title']}\n${push['body']}`, pictures: picture === undefined ? [] : [picture], raw: text }
}

const says = (status: number, code: string, message: string, more?: Record<string, string>) => (rig: Rig) => rig.far.play({ path: PUSHES, status, body: refusal(code, message, more) })
const status = (code: number, headers: Record<string, string> = {}) => (rig: Rig) => rig.far.play({ path: PUSHES, status: code, headers, body: '' })

channelSuite('pushbullet', {
  start,
  answers: [
    ['200 is delivered', (rig) => rig.far.play({ path: PUSHES, body: PUSHED }), 'delivered'],
    ['a wrong token refuses the destination', says(401, 'invalid_access_token', 'Access token is missing or invalid.'), 'rejected destination'],
    ['a token without the right refuses the destination', says(403, 'forbidden', 'The access token is not valid for that request.'), 'rejected destination'],
    ['a wrong token, whatever the status, refuses the destination', says(400, 'invalid_access_token', 'Access token is missing or invalid.'), 'rejected destination'],
    ['the used up pushes of a free account are tried again in an hour', says(400, 'pushbullet_pro_required', 'Pushbullet Pro is required to make this call.'), 'retry 3600000'],
    ['an unknown device refuses the destination', says(400, 'invalid_request', 'The param \'device_iden\' has an invalid value.', { param: 'device_iden' }), 'rejected destination'],
    ['an unknown device told in words only', says(404, 'not_found', 'Device not found'), 'rejected destination'],
    ['an unknown channel refuses the destination', says(400, 'invalid_request', 'The param \'channel_tag\' has an invalid value.', { param: 'channel_tag' }), 'rejected destination'],
    ['an empty push refuses this message', says(400, 'invalid_request', 'Push must not be empty.'), 'rejected message'],
    ['400 without a word refuses this message', status(400), 'rejected message'],
    ['401 without a word refuses the destination', status(401), 'rejected destination'],
    ['403 without a word refuses the destination', status(403), 'rejected destination'],
    ['404 without a word refuses the destination', status(404), 'rejected destination'],
    ['408 is tried again', status(408), 'retry'],
    ['413 refuses this message', status(413), 'rejected message'],
    ['422 refuses this message', status(422), 'rejected message'],
    // NOON is 2026-01-15 12:00 UTC, 1768478400 s
    ['its rate limit waits for its end', (rig) => rig.far.play({ path: PUSHES, status: 429, headers: { 'x-ratelimit-limit': '32768', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1768478490' }, body: refusal('ratelimited', 'You have been ratelimited for too many requests.') }), 'retry 90000'],
    ['429 without a date is tried again', status(429), 'retry'],
    ['429 is tried again when it says', status(429, { 'retry-after': '30' }), 'retry 30000'],
    ['500 is tried again', status(500), 'retry'],
    ['502 is tried again', status(502), 'retry'],
    ['503 is tried again when it says', status(503, { 'retry-after': '60' }), 'retry 60000'],
    ['504 is tried again', status(504), 'retry'],
    ['a redirect is not followed', status(302, { location: 'https://elsewhere.example/' }), 'rejected destination'],
    ['a broken connection is tried again', (rig) => rig.far.play({ path: PUSHES, how: 'reset' }), 'retry'],
    ['a body that breaks off does not undo the 200', (rig) => rig.far.play({ path: PUSHES, how: 'half' }), 'delivered'],
    ['a body without end does not undo the 200', (rig) => rig.far.play({ path: PUSHES, how: 'flood' }), 'delivered'],
  ],
  wrong: [
    ['a device by its name', { device: 'my phone' }, 'device'], ['a channel with its "#"', { channelTag: '#farm' }, 'channelTag'],
    ['a device and a channel', { device: 'ujpah72o0sjAoRtnM0jc', channelTag: 'farm' }, 'channelTag'], ['a link that is no address', { click: 'octopi.local' }, 'click'],
  ],
  hang: (rig) => rig.far.play({ path: PUSHES, how: 'hang' }),
})

describe('Pushbullet', () => {
  let rig: Rig
  beforeAll(async () => {
    rig = await start()
  })
  afterAll(() => rig.close())

  async function send(sending: Sending, over: Record<string, unknown> = {}): Promise<Verdict> {
    const channel = openChannel(pushbulletChannel, rig, over)
    const verdict = await channel.sendPrinterNotification(sending)
    await channel.close()
    expectClean(verdict, rig)
    return verdict
  }
  const DONE = { title: 'MK4 left bench: print done', body: 'lamp-vase, 3 h 36 min' }
  const withPicture = sendingOf(undefined, { picture: PICTURE })
  const paths = async (): Promise<string[]> => (await rig.far.receipts()).map(({ path }) => path)

  test.each<[string, () => Sending, Record<string, unknown>, Record<string, string>]>([
    ['a print that is done', () => sendingOf(), {}, { type: 'note', ...DONE }],
    ['one for a device', () => sendingOf(), { device: 'ujpah72o0sjAoRtnM0jc' }, { type: 'note', ...DONE, device_iden: 'ujpah72o0sjAoRtnM0jc' }],
    ['one for a channel, with a link', () => sendingOf(), { channelTag: 'print-farm', click: 'https://example.org/mk4' }, { type: 'link', ...DONE, url: 'https://example.org/mk4', channel_tag: 'print-farm' }],
    ['a failure', () => sendingOf(eventOf('failure.detected', { severity: 'critical' })), {}, { type: 'note', title: 'MK4 left bench: print is failing', body: 'It still prints. Look, then pause or cancel. lamp-vase, 42 %.' }],
    ['a summary', () => ({ ...sendingOf(), message: renderSummary([anEvent('job.failed', { job: LAMP, severity: 'critical', printerName: 'Voron' })]) }), {}, { type: 'note', title: '1 event while you were away', body: 'Failed: Voron.' }],
  ])('R27: golden request to Pushbullet of %s', async (_what, sending, over, said) => {
    await rig.accept()
    const one = sending()
    expect(await send(one, over)).toMatchObject({ result: 'delivered', detail: 'Pushbullet answered 200.' })
    const [receipt, ...more] = await rig.far.receipts()
    expect(more).toEqual([])
    expect([receipt?.method, receipt?.path, receipt?.headers['content-type'], receipt?.headers['access-token']]).toEqual(['POST', '/v2/pushes', 'application/json', TOKEN])
    expect(receipt?.json).toEqual({ ...said, guid: one.deliveryKey })
  })

  test.each(GOLDEN_EVENTS)('golden request to Pushbullet of $type', async ({ event: one, title, body }) => {
    await rig.accept()
    const sending = sendingOf(one)
    await send(sending)
    expect((await rig.far.receipts())[0]?.json).toEqual({ type: 'note', title, body, guid: sending.deliveryKey })
  })

  test('R27: a picture is brought to where Pushbullet says, without the token, and pushed as a file', async () => {
    await rig.accept()
    expect(await send(withPicture)).toMatchObject({ result: 'delivered', detail: 'Pushbullet answered 200.' })
    const [asked, brought, pushed] = await rig.far.receipts()
    expect(await paths()).toEqual(['/v2/upload-request', '/upload-legacy/ubdcjAfszs0Smi', '/v2/pushes'])
    expect([asked?.json, asked?.headers['access-token']]).toEqual([{ file_name: 'snapshot.jpg', file_type: 'image/jpeg' }, TOKEN])
    expect(brought?.headers['access-token']).toBeUndefined()
    expect(brought?.text).not.toContain(TOKEN)
    const form = await brought?.form()
    const file = form?.get('file') as File
    expect([[...form?.keys() ?? []], file.name, file.type]).toEqual([['file'], 'snapshot.jpg', 'image/jpeg'])
    expect(Buffer.from(await file.arrayBuffer()).equals(Buffer.from(PICTURE.jpeg))).toBe(true)
    expect(pushed?.json).toEqual({ type: 'file', ...DONE, file_name: 'snapshot.jpg', file_type: 'image/jpeg', file_url: FILE_URL, guid: withPicture.deliveryKey })
  })

  test('a file has its link under the words', async () => {
    await rig.accept()
    await send(withPicture, { click: 'https://example.org/mk4' })
    expect((await rig.far.receipts()).at(-1)?.json).toMatchObject({ type: 'file', body: `${DONE.body}\nhttps://example.org/mk4` })
  })

  test('fields that an older answer brings go with the picture, before it', async () => {
    await rig.far.play({ path: PLACES, body: { ...PLACE, data: { awsaccesskeyid: 'AKIAJJIUQPUDGPM4GD3W', acl: 'public-read', key: 'x/snapshot.jpg' } } }, { path: UPLOADS, status: 204 }, { path: PUSHES, body: PUSHED })
    await send(withPicture)
    expect([...(await (await rig.far.receipts())[1]?.form())?.entries() ?? []].map(([name, value]) => [name, typeof value === 'string' ? value : 'the picture']))
      .toEqual([['awsaccesskeyid', 'AKIAJJIUQPUDGPM4GD3W'], ['acl', 'public-read'], ['key', 'x/snapshot.jpg'], ['file', 'the picture']])
  })

  test('a retry has the guid of the first try, so that nobody hears it twice', async () => {
    await rig.far.play({ path: PUSHES, times: 1, how: 'reset' }, { path: PUSHES, body: PUSHED })
    const sending = sendingOf()
    expect((await send(sending)).result).toBe('retry')
    expect((await send({ ...sending, attempt: 2 })).result).toBe('delivered')
    const guids = (await rig.far.receipts()).map(({ json }) => (json as { guid: string }).guid)
    expect(guids).toEqual([sending.deliveryKey, sending.deliveryKey])
  })

  test.each<[string, Rule]>([['too large', { path: UPLOADS, status: 413 }], ['no good', { path: UPLOADS, status: 400 }]])('a picture that is %s there goes smaller, then not at all: the message comes', async (_what, rule) => {
    await rig.far.play({ path: PLACES, body: PLACE }, rule, { path: PUSHES, body: PUSHED })
    expect(await send(withPicture)).toMatchObject({ result: 'delivered', detail: 'Pushbullet answered 200. Without its picture: too large for it.' })
    const all = await paths()
    expect(all.filter((path) => path.startsWith('/upload-legacy/')).length).toBeGreaterThan(1)
    expect(all.filter((path) => path === '/v2/pushes')).toHaveLength(1)
    expect((await rig.far.receipts()).at(-1)?.json).toMatchObject({ type: 'note', ...DONE })
  })

  test.each<[string, unknown]>([
    ['elsewhere', { ...PLACE, upload_url: 'https://evil.example/upload' }], ['elsewhere under a name that looks alike', { ...PLACE, upload_url: 'https://evilpushbullet.com/upload' }],
    ['that is not encrypted', { ...PLACE, upload_url: 'http://upload.pushbullet.com/upload' }], ['nowhere', {}], ['that is no address', { ...PLACE, upload_url: 'here' }],
  ])('a picture goes to no place %s: the message comes without it', async (_what, place) => {
    await rig.far.play({ path: PLACES, body: place }, { path: PUSHES, body: PUSHED })
    expect((await send(withPicture)).result).toBe('delivered')
    expect(new Set(await paths())).toEqual(new Set(['/v2/upload-request', '/v2/pushes']))
  })

  test.each<[string, Rule[], string]>([
    ['a wrong token', [{ path: PLACES, status: 401, body: refusal('invalid_access_token', 'Access token is missing or invalid.') }], 'rejected destination'],
    ['a used up month', [{ path: PLACES, status: 400, body: refusal('pushbullet_pro_required', 'Pushbullet Pro is required to make this call.') }], 'retry'],
    ['an upload that fails over there', [{ path: PLACES, body: PLACE }, { path: UPLOADS, status: 503 }], 'retry'],
    ['an upload that breaks off', [{ path: PLACES, body: PLACE }, { path: UPLOADS, how: 'reset' }], 'retry'],
  ])('%s met with a picture is no matter of the picture, and nothing is pushed', async (_what, rules, expected) => {
    await rig.far.play(...rules, { path: PUSHES, body: PUSHED })
    const verdict = await send(withPicture)
    expect(verdict.result === 'rejected' ? `rejected ${verdict.scope}` : verdict.result).toBe(expected)
    expect(await paths()).not.toContain('/v2/pushes')
  })

  test('what was sent is told without the token, the link and where the picture lies', async () => {
    await rig.accept()
    const verdict = await send(withPicture, { click: 'https://example.org/mk4' })
    expect(verdict).toMatchObject({ exchange: {
      request: ['POST /v2/upload-request, and the picture there: image/jpeg 6 kB', 'POST /v2/pushes', 'type: file', 'file_name: snapshot.jpg', 'file_type: image/jpeg', 'title: MK4 left bench: print done', 'body: lamp-vase, 3 h 36 min\nas entered'],
      answer: ['200'],
    } })
  })
})
