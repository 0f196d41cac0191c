/**
 * The Apprise library as an independent reader of what the gateway gets, and as an independent sender beside our own requests to ntfy
 * and Pushover. `npm test` makes its environment.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import axios from 'axios'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appriseChannel } from '../../electron/engine/channels/apprise/index.ts'
import type { ChannelKind, ChannelPorts, Sending, Verdict } from '../../electron/engine/channels/channel.ts'
import { ntfyChannel } from '../../electron/engine/channels/ntfy/index.ts'
import { pushoverChannel } from '../../electron/engine/channels/pushover/index.ts'
import { channels } from '../../electron/engine/channels/registry.ts'
import type { Severity } from '../../electron/engine/events/model.ts'
import { importAppriseUrls, type ImportedAddress } from '../../electron/engine/importers/apprise-urls.ts'
import { Secret } from '../../electron/engine/settings/secret.ts'
import { channelPorts, eventOf, HOSTILE_NAME, JPEG, PICTURE, sendingOf } from '../support/channel-kit.ts'
import { startFarSide, type FarSide, type Receipt } from '../support/far-side.ts'

const PYTHON = process.env['PRINTBELL_APPRISE'] ?? resolve(import.meta.dirname, '../../.cache/venv-apprise/bin/python')
const missing = existsSync(PYTHON) ? null : process.env['PRINTBELL_APPRISE_MISSING'] ?? `Apprise 2.3.0 is not installed (${PYTHON})`
const because = missing === null ? '' : ` (skipped: ${missing})`
const support = (name: string): string => resolve(import.meta.dirname, '../support', name)

/** Runs one of the programs over the library, and gives what it printed. */
async function python(program: string, argument: unknown): Promise<unknown> {
  const { stdout } = await promisify(execFile)(PYTHON, [support(program), JSON.stringify(argument)])
  return JSON.parse(stdout) as unknown
}

async function send(kind: ChannelKind, config: Record<string, unknown>, sending: Sending, secrets: Record<string, string> = {}, ports: Partial<ChannelPorts> = {}): Promise<Verdict> {
  const checked = kind.validateConfig(config)
  if (!checked.ok) throw new Error(JSON.stringify(checked.errors))
  const held = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)]))
  const channel = kind.open({ destinationId: 'dest', label: 'Test', config: checked.config, secrets: held }, channelPorts(ports))
  try {
    return await channel.sendPrinterNotification(sending)
  } finally {
    await channel.close()
  }
}

describe.skipIf(missing !== null)(`an Apprise gateway with the real library${because}`, () => {
  let far: FarSide
  let gateway: ChildProcess
  let server: string

  beforeAll(async () => {
    far = await startFarSide()
    const at = far.base.replace('http://', 'json://')
    const configs = { printers: [[`${at}/phone`, ['night']], [`${at}/desk`, ['day', 'workshop']]], broken: [[`${at}/phone`, []], [`${at}/broken`, []]], dead: [[`${at}/broken`, []]] }
    gateway = spawn(PYTHON, [support('apprise-gateway.py'), JSON.stringify({ configs, login: 'marta:secret' })], { stdio: ['pipe', 'pipe', 'inherit'] })
    if (gateway.stdout === null) throw new Error('no output')
    const [port] = await once(gateway.stdout, 'data') as [Buffer]
    server = `http://127.0.0.1:${port.toString().trim()}`
  }, 60_000)
  afterAll(async () => {
    const gone = once(gateway, 'exit')
    gateway.stdin?.end()
    await gone
    await far.close()
  })

  /** What Apprise's JSON service told the far side. */
  interface Told { version: string; title: string; message: string; type: string; attachments: { filename: string; base64: string; mimetype: string }[] }
  async function through(sending: Sending, over: Record<string, unknown> = {}, secrets: Record<string, string> = {}): Promise<{ verdict: Verdict; told: Record<string, Told> }> {
    await far.play({ path: '^/broken', status: 500 }, { path: '.', status: 200 })
    const verdict = await send(appriseChannel, { server, key: 'printers', user: 'marta', ...over }, sending, { password: 'secret', ...secrets })
    return { verdict, told: Object.fromEntries((await far.receipts()).map(({ path, json }) => [path, json as Told])) }
  }

  test('R32: reads title, body and type, and hands them to every service', async () => {
    const { verdict, told } = await through(sendingOf())
    expect(verdict).toMatchObject({ result: 'delivered', detail: 'The gateway answered 200.' })
    expect(Object.keys(told).sort()).toEqual(['/desk', '/phone'])
    expect(told['/phone']).toMatchObject({ title: 'MK4 left bench: print done', message: 'lamp-vase, 3 h 36 min', type: 'success', attachments: [] })
  })

  test.each<[Severity, string]>([['info', 'info'], ['success', 'success'], ['warning', 'warning'], ['error', 'failure'], ['critical', 'failure']])('reads %s as its type %s', async (severity, type) => {
    expect((await through(sendingOf(eventOf('device.fault', { severity })))).told['/phone']?.type).toBe(type)
  })

  test('R32: gets the picture byte by byte, under its name', async () => {
    const { verdict, told } = await through(sendingOf(undefined, { picture: PICTURE }))
    expect(verdict).toMatchObject({ result: 'delivered' })
    const attachments = told['/desk']?.attachments ?? []
    expect(attachments.map(({ filename, mimetype }) => [filename, mimetype])).toEqual([['snapshot.jpg', 'image/jpeg']])
    expect(Buffer.from(attachments[0]?.base64 ?? '', 'base64').equals(Buffer.from(JPEG))).toBe(true)
  })

  test('keeps names that look like markup, and other scripts, as they are', async () => {
    const sending = sendingOf()
    const { told } = await through({ ...sending, message: { ...sending.message, title: `${HOSTILE_NAME}: fertig`, body: 'Prüfstand 墨 🖨\nZweite Zeile' } })
    // A form ends its lines as the web does.
    expect(told['/phone']).toMatchObject({ title: `${HOSTILE_NAME}: fertig`, message: 'Prüfstand 墨 🖨\r\nZweite Zeile' })
  })

  test.each([['night', ['/phone']], ['night, day', ['/desk', '/phone']], ['day workshop', ['/desk']], ['', ['/desk', '/phone']]])('the tags "%s" reach %j', async (tags, paths) => {
    const { verdict, told } = await through(sendingOf(), { tags })
    expect(verdict).toMatchObject({ result: 'delivered' })
    expect(Object.keys(told).sort()).toEqual(paths)
  })

  test('tags that no service has are told as such', async () => {
    const { verdict, told } = await through(sendingOf(), { tags: 'night day' })
    expect(verdict).toMatchObject({ result: 'rejected', scope: 'destination', why: 'No service at the gateway has these tags (424). Check them.' })
    expect(told).toEqual({})
  })

  test('one service of two that fails is delivered in part', async () => {
    const { verdict, told } = await through(sendingOf(), { key: 'broken' })
    expect(verdict).toMatchObject({ result: 'delivered', detail: "Delivered in part: at least one service behind the gateway did not take it (424). The gateway's log says which." })
    expect(Object.keys(told)).toContain('/phone')
  })

  test('the only service failing is not called delivered', async () => {
    expect((await through(sendingOf(), { key: 'dead' })).verdict).toMatchObject({ result: 'rejected', scope: 'message' })
  })

  test('a key that is not there, and a login that is wrong, are told as such', async () => {
    expect((await through(sendingOf(), { key: 'nothing' })).verdict).toMatchObject({ result: 'rejected', scope: 'destination', why: 'The gateway keeps nothing under this key (204). Check the key, and what is saved there.' })
    expect((await through(sendingOf(), {}, { password: 'wrong' })).verdict).toMatchObject({ result: 'rejected', scope: 'destination', why: 'The gateway wants a login, or another one (401). Enter user and password.' })
  })

  test('addresses that go with the message are used', async () => {
    const at = far.base.replace('http://', 'json://')
    const { verdict, told } = await through(sendingOf(), { key: '' }, { urls: `${at}/a, ${at}/b` })
    expect(verdict).toMatchObject({ result: 'delivered' })
    expect(Object.keys(told).sort()).toEqual(['/a', '/b'])
  })
})

describe.skipIf(missing !== null)(`requests beside those of the Apprise library${because}`, () => {
  let far: FarSide
  let folder: string
  let picture: string

  beforeAll(async () => {
    far = await startFarSide()
    folder = await mkdtemp(join(tmpdir(), 'printbell-apprise-'))
    picture = join(folder, 'snapshot.jpg')
    await writeFile(picture, JPEG)
  })
  afterAll(async () => {
    await far.close()
    await rm(folder, { recursive: true })
  })

  interface Wanted { url: string; title: string; body: string; type?: string; attach?: string; pushover?: string }
  async function receiptOf(make: () => Promise<unknown>, body: unknown): Promise<Receipt> {
    await far.play({ path: '.', body })
    await make()
    const [receipt, ...more] = await far.receipts()
    expect(more).toEqual([])
    if (receipt === undefined) throw new Error('nothing came')
    return receipt
  }
  const apprise = async (wanted: Wanted): Promise<void> => {
    expect(await python('apprise-send.py', wanted)).toMatchObject({ sent: true })
  }

  /**
   * As ntfy's server reads a request (docs.ntfy.sh/publish "List of all parameters"): a JSON object to the root, or a body to the topic;
   * each parameter in a header or in the query, RFC 2047 decoded; names of priorities are numbers.
   */
  function asNtfyReads({ method, path, headers, bytes, json }: Receipt): Record<string, unknown> {
    const url = new URL(path, 'http://ntfy')
    const object = url.pathname === '/' ? json as Record<string, unknown> : {}
    const decoded = (text: string): string => text.replace(/=\?UTF-8\?B\?([A-Za-z0-9+/=]*)\?=/, (_word, base64: string) => Buffer.from(base64, 'base64').toString('utf8'))
    const param = (name: string): unknown => object[name] ?? (headers[`x-${name}`] === undefined ? url.searchParams.get(name) : decoded(headers[`x-${name}`] ?? ''))
    const names = ['', 'min', 'low', 'default', 'high', 'max']
    const priority = String(param('priority') ?? '3')
    const tags = param('tags') ?? []
    return {
      ok: method === 'POST' || method === 'PUT',
      topic: object.topic ?? url.pathname.slice(1),
      title: param('title'),
      message: param('message'),
      priority: Number.isNaN(Number(priority)) ? names.indexOf(priority) : Number(priority),
      tags: Array.isArray(tags) ? tags : String(tags).split(','),
      click: param('click'),
      authorization: headers.authorization,
      attachment: url.pathname === '/' ? null : { name: param('filename'), bytes: bytes.length, same: bytes.equals(Buffer.from(JPEG)) },
    }
  }

  const titled = (title: string, body: string, over: Partial<Sending> = {}): Sending => {
    const sending = sendingOf(undefined, over)
    return { ...sending, message: { ...sending.message, title, body } }
  }
  const TAKEN = { id: 'xE73Iyuabi', event: 'message' }

  test.each<[string, { title: string; body: string; picture: boolean; query: string; config: Record<string, unknown>; user: string; secrets: Record<string, string> }]>([
    ['text', { title: 'MK4: print done', body: 'lamp-vase, 3 h 36 min', picture: false, query: '', config: { loudness: { success: 'normal' }, symbols: false }, user: '', secrets: {} }],
    ['a picture', { title: 'MK4: print done', body: 'lamp-vase, 3 h 36 min', picture: true, query: '', config: { loudness: { success: 'normal' }, symbols: false }, user: '', secrets: {} }],
    ['other scripts and a picture', { title: 'Prüfstand: 墨 🖨', body: 'Zwei\nZeilen & "mehr" = 100 %', picture: true, query: '', config: { symbols: false }, user: '', secrets: {} }],
    ['priority, tags and a click', { title: 'MK4: print failed', body: 'Look', picture: false, query: '?priority=high&tags=white_check_mark,workshop&click=https://example.org/mk4', config: { loudness: { success: 'loud' }, tags: ['workshop'], click: 'https://example.org/mk4' }, user: '', secrets: {} }],
    ['the same with a picture', { title: 'MK4: print failed', body: 'Look', picture: true, query: '?priority=max&tags=white_check_mark,workshop&click=https://example.org/mk4', config: { loudness: { success: 'urgent' }, tags: ['workshop'], click: 'https://example.org/mk4' }, user: '', secrets: {} }],
    ['user and password', { title: 'T', body: 'B', picture: false, query: '', config: { user: 'marta', symbols: false }, user: 'marta:secret@', secrets: { password: 'secret' } }],
    ['an access token', { title: 'T', body: 'B', picture: true, query: '?auth=token', config: { symbols: false }, user: 'tk_abcdefghijklmnopqrstuvwxyz012@', secrets: { token: 'tk_abcdefghijklmnopqrstuvwxyz012' } }],
  ])("ntfy reads our %s as it reads Apprise's", async (_what, { title, body, picture: withPicture, query, config, user, secrets }) => {
    const theirs = await receiptOf(() => apprise({ url: `${far.base.replace('http://', `ntfy://${user}`)}/marta-7f3k${query}`, title, body, ...(withPicture ? { attach: picture } : {}) }), TAKEN)
    const ours = await receiptOf(() => send(ntfyChannel, { server: far.base, topic: 'marta-7f3k', ...config }, titled(title, body, { picture: withPicture ? PICTURE : null }), secrets), TAKEN)
    expect(asNtfyReads(ours)).toEqual(asNtfyReads(theirs))
    // That the comparison compares something.
    expect(asNtfyReads(theirs)).toMatchObject({ ok: true, topic: 'marta-7f3k', title, message: body, attachment: withPicture ? { name: 'snapshot.jpg', bytes: 5_006, same: true } : null })
  })

  async function asPushoverReads(receipt: Receipt): Promise<Record<string, unknown>> {
    const multipart = receipt.headers['content-type']?.startsWith('multipart/form-data') === true
    const form = multipart ? await receipt.form() : new URLSearchParams(receipt.text)
    const fields = await Promise.all([...form].map(async ([name, value]) => [name, typeof value === 'string' ? value : { name: value.name, same: Buffer.from(await value.arrayBuffer()).equals(Buffer.from(JPEG)) }] as const))
    return { method: receipt.method, path: receipt.path, ...Object.fromEntries(fields) }
  }
  function toFarSide(): Partial<ChannelPorts> {
    const http = axios.create({ proxy: false })
    http.interceptors.request.use((config) => ({ ...config, url: (config.url ?? '').replace('https://api.pushover.net', far.base) }))
    return { net: { http, online: () => true } }
  }
  const USER = 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG'
  const TOKEN = 'azGDORePK8gMaC0QOYAMyEEuzJnyUi'

  test.each<[string, { query: string; config: Record<string, unknown>; severity: Severity; picture: boolean }]>([
    ['text', { query: '?sound=cosmic', config: { sound: 'cosmic' }, severity: 'success', picture: false }],
    ['a picture', { query: '?sound=cosmic&priority=high', config: { sound: 'cosmic' }, severity: 'critical', picture: true }],
    ['an emergency', { query: '?sound=siren&priority=emergency&interval=30&expire=10800', config: { sound: 'siren', emergency: true, retrySeconds: 30, expireSeconds: 10_800 }, severity: 'critical', picture: false }],
    ['a link and two devices', { query: '?sound=cosmic&url=https://example.org/mk4', config: { sound: 'cosmic', device: 'iphone,tablet', click: 'https://example.org/mk4' }, severity: 'success', picture: false }],
  ])("Pushover reads our %s as it reads Apprise's", async (what, { query, config, severity, picture: withPicture }) => {
    const devices = what.includes('devices') ? '/iphone/tablet' : ''
    const body = { status: 1, request: 'x' }
    const theirs = await receiptOf(() => apprise({ url: `pover://${USER}@${TOKEN}${devices}${query}`, title: 'MK4: ü 墨', body: 'Look', pushover: `${far.base}/1/messages.json`, ...(withPicture ? { attach: picture } : {}) }), body)
    const sending = titled('MK4: ü 墨', 'Look', { picture: withPicture ? PICTURE : null })
    const ours = await receiptOf(() => send(pushoverChannel, config, { ...sending, message: { ...sending.message, severity } }, { token: TOKEN, user: USER }, toFarSide()), body)
    // The time of the event is ours alone.
    const { timestamp, ...read } = await asPushoverReads(ours)
    expect(timestamp).toBe('1768478400')
    // Apprise names no device by a word of its own.
    const { device, ...their } = await asPushoverReads(theirs)
    expect(read).toEqual(device === 'ALL_DEVICES' ? their : { ...their, device })
    expect(read).toMatchObject({ method: 'POST', path: '/1/messages.json', token: TOKEN, user: USER, title: 'MK4: ü 墨', message: 'Look' })
  })

  function imported(address: string): ImportedAddress {
    const { destinations: [found], problems } = importAppriseUrls(address)
    if (found === undefined) throw new Error(JSON.stringify(problems))
    return found
  }
  function kindOf(channel: string): ChannelKind {
    const kind = channels.get(channel)
    if (kind === undefined) throw new Error(`there is no ${channel}`)
    return kind
  }

  test.each([
    'ntfy://HOST/marta-7f3k?click=https://example.org/mk4&tags=workshop', 'ntfy://marta:p%40ss@HOST/marta-7f3k', 'ntfy://tk_abcdefghijklmnopqrstuvwxyz012@HOST/marta-7f3k', 'ntfy://HOST/marta-7f3k?token=tk_x',
  ])('what %s imports is read as it was', async (address) => {
    const url = address.replace('HOST', new URL(far.base).host)
    const theirs = await receiptOf(() => apprise({ url, title: 'T', body: 'B' }), TAKEN)
    const { channel, config, secrets } = imported(url)
    expect(channel).toBe('ntfy')
    const ours = await receiptOf(() => send(ntfyChannel, { ...config, symbols: false }, titled('T', 'B'), secrets), TAKEN)
    expect(asNtfyReads(ours)).toEqual(asNtfyReads(theirs))
  })

  test.each(['json://HOST/hook/a%20b', 'json://HOST/hook?-room=1&%2BX-Room=north&%2BAuthorization=Bearer%20abc', 'json://HOST/?method=put'])('what %s imports says the same', async (address) => {
    const url = address.replace('HOST', new URL(far.base).host)
    const theirs = await receiptOf(() => apprise({ url, title: 'MK4 "ü"', body: 'Zwei\nZeilen', type: 'success' }), {})
    const { channel, config, secrets } = imported(url)
    const ours = await receiptOf(() => send(kindOf(channel), { ...config }, titled('MK4 "ü"', 'Zwei\nZeilen'), secrets), {})
    const read = ({ method, path, headers, json }: Receipt): unknown => ({ method, path, json, room: headers['x-room'], authorization: headers.authorization, type: headers['content-type'] })
    expect(read(ours)).toEqual(read(theirs))
    expect(read(theirs)).toMatchObject({ json: { title: 'MK4 "ü"', message: 'Zwei\nZeilen', type: 'success' } })
  })
})

describe.skipIf(missing !== null)(`addresses read beside the Apprise library${because}`, () => {
  const destinationsOf = (address: string): ImportedAddress[] => {
    const { destinations, problems } = importAppriseUrls(address)
    expect(problems).toEqual([])
    return destinations
  }
  const POVER = 'pover://uQiRzpo4DXghDmr9QzzfQu27cmVRsG@azGDORePK8gMaC0QOYAMyEEuzJnyUi'
  const BOT = 'tgram://123456789:abcdefg_hijklmnop'

  /** What we understood, in the words of test/support/apprise-read.py. */
  const UNDERSTOOD: Readonly<Record<string, (all: readonly ImportedAddress[]) => unknown>> = {
    pushover: ([one]) => ({ user: one?.secrets.user, token: one?.secrets.token, devices: String(one?.config.device ?? 'ALL_DEVICES').split(','), sound: one?.config.sound ?? 'pushover', emergency: one?.config.emergency === true }),
    // Without a target Apprise says "ALL_DEVICES".
    pushbullet: (all) => ({ token: all[0]?.secrets.token, targets: all.map(({ config }) => config.device ?? (config.channelTag === undefined ? 'ALL_DEVICES' : `#${String(config.channelTag)}`)).sort() }),
    telegram: (all) => ({ token: all[0]?.secrets.token, chats: all.map(({ config }) => [config.chatId, config.topicId ?? null]), silent: all[0]?.config.silent === 'everything' }),
    discord: ([one]) => ({ url: one?.secrets.url, thread: one?.config.threadId ?? null }),
    slack: ([one]) => ({ token: null, parts: String(one?.secrets.url).split('/').slice(-3), channels: ['#general'] }),
    'slack-bot': (all) => ({ token: all[0]?.secrets.token, parts: [null, null, null], channels: all.map(({ config }) => `+${String(config.channel)}`) }),
    email: ([one]) => {
      const config = one?.config as { server: string; security: 'tls' | 'starttls' | 'none'; port?: number; user?: string; from: string; to: string[] }
      return {
        server: config.server, port: config.port ?? { tls: 465, starttls: 587, none: 25 }[config.security], security: { tls: 'ssl', starttls: 'starttls', none: 'insecure' }[config.security],
        user: config.user, password: one?.secrets.password ?? null, from: config.from, everybody: [...config.to].sort(),
      }
    },
  }

  const ADDRESSES = [
    POVER, `${POVER}/iphone,tablet?sound=cosmic&priority=emergency`, `${POVER}/iphone/tablet?priority=2`, `${POVER}?to=iphone`,
    'pbul://o.RUe7IZgC6384GrI1', 'pbul://o.RUe7IZgC6384GrI1/ujpah72o0sjAoRtnM0jc/ujpah72o0', 'pbul://o.RUe7IZgC6384GrI1/#print-farm', 'pbul://o.RUe7IZgC6384GrI1?to=ujpah72o0',
    `${BOT}/-1001234567890:7/12345?silent=yes`, `${BOT}/workshop`, 'tgram://bot123456789%3Aabcdefg_hijklmnop/12345?topic=9', `${BOT}?to=12345,67890`, 'tgram://name@123456789:abcdefg_hijklmnop/12345',
    'discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js', 'discord://Bot@4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?thread=123456', 'https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js',
    'slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general', 'slack://xoxb-1234-1234-abc124/+C0123456780/+C0123456789',
    'mailto://marta:secret@gmail.com', 'mailto://marta:secret@yahoo.com?to=anna@example.org', 'mailto://me:pw@hotmail.com', 'mailto://me:pw@live.com', 'mailto://me:pw@gmx.de', 'mailto://me:pw@fastmail.com', 'mailto://me:pw@zoho.com',
    'mailto://me:pw@yandex.com', 'mailtos://me:p%40w%3A%2F@example.org', 'mailtos://me:pw@mail.lan:465?mode=ssl&from=p@mail.lan', 'mailto://me:pw@mail.example.org:2525',
    'mailtos://marta:secret@example.org/anna@example.org,ben@example.org?smtp=mail.example.org&from=Workshop%20%3Cprinter@example.org%3E&cc=cc@example.org',
    'mailtos://marta%40example.org:secret@mail.example.org?from=printer@example.org', 'mailto://me:pw@gmail.com?name=Printer&to=a@example.org,b@example.org',
  ]
  let understood: readonly (Record<string, unknown> | null)[]
  beforeAll(async () => {
    understood = await python('apprise-read.py', ADDRESSES) as typeof understood
  })

  test.each(ADDRESSES.map((address, index) => [address, index] as const))('%s is understood as Apprise does', (address, index) => {
    const theirs = understood[index]
    if (theirs == null) throw new Error('Apprise does not take it')
    const ours = destinationsOf(address)
    const { to, copies, ...others } = theirs
    expect(UNDERSTOOD[ours[0]?.channel ?? '']?.(ours)).toEqual(to === undefined ? theirs : { ...others, everybody: [...to as string[], ...copies as string[]].sort() })
  })
})
