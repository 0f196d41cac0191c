/** What e-mail does over a whole connection and over several: encryption, logins, who has it already, sizes, and what a test shows. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Channel, ChannelPorts, Verdict } from '../../../electron/engine/channels/channel.ts'
import { passingMemory } from '../../../electron/engine/channels/memory.ts'
import { channels } from '../../../electron/engine/channels/registry.ts'
import { Secret } from '../../../electron/engine/settings/secret.ts'
import { CANARY, channelPorts, eventOf, JPEG, PICTURE, sendingOf } from '../../support/channel-kit.ts'
import { TestClock } from '../../support/clock.ts'
import { startFarSide, type FarSide } from '../../support/far-side.ts'
import { MAIL_TOKEN, startSmtpFarSide, type SmtpFarSide } from '../../support/smtp-far-side.ts'
import { MAIL_SETTINGS, trusting } from '../../support/smtp-rig.ts'
import { expectClean, short } from './every-channel.ts'

const kind = channels.get('email') ?? expect.fail('there is no channel "email"')
const THREE = ['anna@example.net', 'bert@example.net', 'carl@example.net']
let far: SmtpFarSide
const opened: Channel[] = []

beforeAll(async () => {
  far = await startSmtpFarSide()
})
beforeEach(() => far.play())
afterEach(async () => {
  await Promise.all(opened.splice(0).map((channel) => channel.close()))
})
afterAll(() => far.close())

interface Means { ports?: Partial<ChannelPorts>; secrets?: Record<string, string>; at?: SmtpFarSide }

/** Opened as the engine does it; closed when the test ends. */
function open(over: Record<string, unknown> = {}, { ports = {}, secrets = { password: CANARY }, at = far }: Means = {}): Channel & { log: readonly unknown[] } {
  const security = (over.security ?? 'tls') as keyof SmtpFarSide['ports']
  const checked = kind.validateConfig({ ...MAIL_SETTINGS, security, port: at.ports[security], to: ['anna@example.net'], ...over })
  if (!checked.ok) throw new Error(JSON.stringify(checked.errors))
  const all = channelPorts({ net: trusting(at.ca), ...ports })
  const channel = kind.open({ destinationId: 'dest', label: 'My destination', config: checked.config, secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)])) }, all)
  opened.push(channel)
  return { ...channel, log: all.log.lines }
}

const toOf = async (): Promise<string[]> => (await far.receipts()).map(({ to }) => to.join(' '))
const why = (verdict: Verdict): string => ('why' in verdict ? verdict.why : verdict.detail)

describe('the way to the server', () => {
  test.each([
    ['tls', true, 'The mail server took it.'], ['starttls', true, 'The mail server took it.'], ['none', false, 'The mail server took it. It went there unencrypted.'],
  ] as const)('by %s', async (security, encrypted, detail) => {
    expect(await open({ security }).sendPrinterNotification(sendingOf())).toMatchObject({ result: 'delivered', detail })
    expect(await far.receipts()).toMatchObject([{ encrypted, user: 'PLAIN me@example.org', from: 'printbell@example.org', to: ['anna@example.net'] }])
  })

  test('without encryption is warned of when it is opened', () => {
    expect(open({ security: 'none' }).log).toMatchObject([{ level: 'warn', message: expect.stringContaining('unencrypted') as string }])
    expect(open().log).toEqual([])
  })

  test('a certificate that nobody vouches for is refused and named', async () => {
    for (const security of ['tls', 'starttls']) {
      const verdict = await open({ security }, { ports: { net: channelPorts().net } }).sendPrinterNotification(sendingOf())
      expect(verdict).toMatchObject({ result: 'retry', why: "The server's certificate is self-signed (TLS)." })
    }
    expect((await far.heard()).commands.filter((line) => !/^(EHLO|STARTTLS)/.test(line))).toEqual([])
  })

  test.each([
    ['for another name', { certificateFor: 'mail.example.org' }, "The server's certificate is for another name (TLS)."],
    ['that has expired', { notAfter: new Date('2024-01-01') }, "The server's certificate has expired (TLS)."],
  ])('a certificate %s is refused and named', async (_what, over, expected) => {
    const other = await startSmtpFarSide(over)
    try {
      expect(why(await open({}, { at: other }).sendPrinterNotification(sendingOf()))).toBe(expected)
    } finally {
      await other.close()
    }
  })

  test('a port that does not speak TLS is named', async () => {
    expect(await open({ port: far.ports.none }).sendPrinterNotification(sendingOf())).toMatchObject({ result: 'retry', why: 'The mail server does not speak TLS on this port. Choose STARTTLS, or the port for TLS.' })
  })

  test('a server that does not encrypt is refused before a password goes there', async () => {
    expect(short(await open({ security: 'starttls', port: far.ports.none }).sendPrinterNotification(sendingOf()))).toBe('rejected destination')
    expect((await far.heard()).commands.map((line) => line.split(' ')[0])).toEqual(['EHLO'])
  })

  test('something else that answers there is named', async () => {
    const web = await startFarSide()
    try {
      expect(await open({ security: 'none', port: Number(new URL(web.base).port), timeoutMs: 1_000 }).sendPrinterNotification(sendingOf())).toMatchObject({ result: 'retry', why: 'The server does not answer (timeout).' })
      expect(await open({ security: 'none', port: 1 }).sendPrinterNotification(sendingOf())).toMatchObject({ result: 'retry', why: 'The server refuses the connection. Check the port, and that it runs.' })
    } finally {
      await web.close()
    }
  })
})

describe('the login', () => {
  test.each([
    ['password', ['PLAIN', 'LOGIN'], 'PLAIN me@example.org'], ['password', ['LOGIN'], 'LOGIN me@example.org'], ['plain', ['LOGIN', 'PLAIN'], 'PLAIN me@example.org'], ['login', ['PLAIN', 'LOGIN'], 'LOGIN me@example.org'],
  ] as const)('"%s" at a server that offers %o', async (auth, offers, user) => {
    const other = await startSmtpFarSide({ auth: [...offers] })
    try {
      await other.play()
      expect(short(await open({ auth }, { at: other }).sendPrinterNotification(sendingOf()))).toBe('delivered')
      expect(await other.receipts()).toMatchObject([{ user }])
    } finally {
      await other.close()
    }
  })

  test('is left out where the server wants none', async () => {
    expect(short(await open({ auth: 'none', user: '' }, { secrets: {} }).sendPrinterNotification(sendingOf()))).toBe('delivered')
    expect(await far.receipts()).toMatchObject([{ user: null }])
  })

  test('a wrong password refuses the destination, and nothing of it is told', async () => {
    const channel = open({}, { secrets: { password: 'wrong-canary-1' } })
    const verdict = await channel.sendPrinterNotification(sendingOf())
    expect(verdict).toMatchObject({ result: 'rejected', scope: 'destination', why: 'The mail server refuses user or password (535, 5.7.8). Check both; many services want an app password.' })
    expectClean([verdict, channel.log], { secrets: { password: 'wrong-canary-1' } } as never)
    expect(JSON.stringify(verdict)).not.toContain(Buffer.from('\0me@example.org\0wrong-canary-1').toString('base64'))
  })

  test('without a password nothing is connected', async () => {
    expect(await open({}, { secrets: {} }).sendPrinterNotification(sendingOf())).toMatchObject({ result: 'rejected', scope: 'destination', why: 'There is no password to log in with. Enter it.' })
    expect((await far.heard()).connections).toBe(0)
  })

  test('a server that offers none is named', async () => {
    const other = await startSmtpFarSide({ auth: [] })
    try {
      await other.play()
      expect(await open({}, { at: other }).sendPrinterNotification(sendingOf())).toMatchObject({ result: 'rejected', scope: 'destination', why: 'The mail server offers no login on this connection. Choose TLS or STARTTLS, or the login "None".' })
    } finally {
      await other.close()
    }
  })
})

describe('the login by token', () => {
  let web: FarSide
  const REFRESH = { refreshToken: 'refresh-1', clientSecret: 'client-secret-1' }
  const token = (over: Record<string, unknown> = {}) => ({ path: '^/token$', body: { access_token: MAIL_TOKEN, token_type: 'Bearer', expires_in: 3_600, ...over } })
  const byRefresh = (): Record<string, unknown> => ({ auth: 'xoauth2', clientId: 'app-1', tokenAddress: `${web.base}/token` })
  const asked = async (): Promise<unknown[]> => (await web.receipts()).map(({ text }) => Object.fromEntries(new URLSearchParams(text)))

  beforeAll(async () => {
    web = await startFarSide()
  })
  afterAll(() => web.close())

  test('takes the access token as it was entered', async () => {
    expect(short(await open({ auth: 'xoauth2' }, { secrets: { accessToken: MAIL_TOKEN } }).sendPrinterNotification(sendingOf()))).toBe('delivered')
    expect(await far.receipts()).toMatchObject([{ user: 'XOAUTH2 me@example.org' }])
  })

  test('that is refused refuses the destination, and is not told', async () => {
    const verdict = await open({ auth: 'xoauth2' }, { secrets: { accessToken: 'ended-token-7' } }).sendPrinterNotification(sendingOf())
    expect(short(verdict)).toBe('rejected destination')
    expect(verdict.exchange?.request).toEqual(['EHLO …', 'AUTH XOAUTH2 (hidden)', '(hidden)'])
    expect(JSON.stringify(verdict)).not.toContain('ended-token')
  })

  test('makes a token of the refresh token once, and another before it ends', async () => {
    await web.play(token())
    const clock = new TestClock()
    const channel = open(byRefresh(), { secrets: REFRESH, ports: { clock } })
    for (const id of ['1', '2']) expect(short(await channel.sendTestMessage(sendingOf(eventOf('app.test', { id }))))).toBe('delivered')
    expect(await asked()).toEqual([{ grant_type: 'refresh_token', refresh_token: 'refresh-1', client_id: 'app-1', client_secret: 'client-secret-1' }])
    await clock.advance(3_539_000)
    expect(short(await channel.sendTestMessage(sendingOf(eventOf('app.test', { id: '3' }))))).toBe('delivered')
    expect((await asked()).length).toBe(1)
    await clock.advance(1_000)
    expect(short(await channel.sendTestMessage(sendingOf(eventOf('app.test', { id: '4' }))))).toBe('delivered')
    expect((await asked()).length).toBe(2)
  })

  test('goes on with the refresh token that came with the last one', async () => {
    await web.play({ ...token({ refresh_token: 'refresh-2', expires_in: 30 }), times: 1 }, token())
    const channel = open(byRefresh(), { secrets: REFRESH })
    for (const id of ['1', '2']) await channel.sendTestMessage(sendingOf(eventOf('app.test', { id })))
    expect(await asked()).toMatchObject([{ refresh_token: 'refresh-1' }, { refresh_token: 'refresh-2' }])
  })

  test('makes another when the server refuses one before its time', async () => {
    await web.play({ ...token({ access_token: 'withdrawn' }), times: 1 }, token())
    expect(short(await open(byRefresh(), { secrets: REFRESH }).sendPrinterNotification(sendingOf()))).toBe('delivered')
    expect((await asked()).length).toBe(2)
  })

  test.each([
    [400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }, {}, 'rejected destination'], [401, { error: 'invalid_client' }, {}, 'rejected destination'],
    [503, 'busy', { 'retry-after': '30' }, 'retry 30000'], [200, { no: 'token' }, {}, 'retry'],
  ])('a token address that answers %i %o', async (status, body, headers, expected) => {
    await web.play({ path: '^/token$', status, body, headers })
    const verdict = await open(byRefresh(), { secrets: REFRESH }).sendPrinterNotification(sendingOf())
    expect(short(verdict)).toBe(expected)
    expectClean(verdict, { secrets: REFRESH } as never)
    expect((await far.heard()).connections).toBe(0)
  })

  test('a token address that hangs ends with the try', async () => {
    await web.play({ path: '^/token$', how: 'hang' })
    expect(short(await open({ ...byRefresh(), timeoutMs: 1_000 }, { secrets: REFRESH }).sendPrinterNotification(sendingOf()))).toBe('retry')
  })
})

describe('several recipients', () => {
  test('get a mail each, by one connection, and see nobody else', async () => {
    expect(await open({ to: THREE }).sendPrinterNotification(sendingOf())).toMatchObject({ result: 'delivered', detail: 'The mail server took it for all 3 recipients.' })
    const mails = await far.receipts()
    expect(mails.map(({ to }) => to)).toEqual([['anna@example.net'], ['bert@example.net'], ['carl@example.net']])
    for (const { parsed, to, raw } of mails) {
      expect(parsed.to).toMatchObject({ text: to[0] })
      expect(THREE.filter((one) => raw.includes(one))).toEqual(to)
    }
    expect(new Set(mails.map(({ parsed }) => parsed.messageId)).size).toBe(3)
    expect((await far.heard()).connections).toBe(1)
  })

  test('who has it does not get it again when another is tried again, also by a channel that was opened anew', async () => {
    await far.play({ at: 'RCPT', to: 'bert', code: 451, text: '4.7.1 Greylisted, try again in 300 seconds', times: 1 })
    const memory = passingMemory()
    const first = await open({ to: THREE }, { ports: { memory } }).sendPrinterNotification(sendingOf())
    expect(first).toMatchObject({ result: 'retry', after: 300_000, why: 'Recipient 2 of 3: The mail server asks for a later try (451, 4.7.1). 2 of 3 have it.' })
    expect(await toOf()).toEqual(['anna@example.net', 'carl@example.net'])
    expect(await open({ to: THREE }, { ports: { memory } }).sendPrinterNotification(sendingOf(undefined, { attempt: 2 }))).toMatchObject({ result: 'delivered' })
    expect(await toOf()).toEqual(['anna@example.net', 'carl@example.net', 'bert@example.net'])
  })

  test('a try whose mark was lost sends nothing twice', async () => {
    const memory = passingMemory()
    await open({ to: THREE }, { ports: { memory } }).sendPrinterNotification(sendingOf())
    expect(await open({ to: THREE }, { ports: { memory } }).sendPrinterNotification(sendingOf(undefined, { attempt: 2 }))).toMatchObject({ result: 'delivered', detail: 'An earlier try brought it.' })
    expect((await toOf()).length).toBe(3)
    for (const key of memory.keys('')) expect(`${key} ${memory.get(key)}`).not.toContain('@')
  })

  test('a wrong address holds up nobody: this message alone is given up', async () => {
    await far.play({ at: 'RCPT', to: 'bert', code: 550, text: '5.1.1 No such user' })
    expect(await open({ to: THREE }).sendPrinterNotification(sendingOf())).toMatchObject({
      result: 'rejected', scope: 'message', why: "Recipient 2 of 3: The mail server does not take this recipient (550, 5.1.1). Check the recipient's address. 2 of 3 have it.",
    })
    expect(await toOf()).toEqual(['anna@example.net', 'carl@example.net'])
  })

  test('when nobody is taken it is the destination that is wrong', async () => {
    await far.play({ at: 'RCPT', code: 550, text: '5.1.1 No such user' })
    expect(short(await open({ to: THREE }).sendPrinterNotification(sendingOf()))).toBe('rejected destination')
  })

  test('what is wrong with the server ends the round', async () => {
    await far.play({ at: 'content', to: 'bert', code: 421, text: '4.7.0 Too much for now', times: 1 })
    const memory = passingMemory()
    expect(await open({ to: THREE }, { ports: { memory } }).sendPrinterNotification(sendingOf())).toMatchObject({ result: 'retry', why: 'The mail server takes no more mail for now (421, 4.7.0). 1 of 3 have it.' })
    expect(await toOf()).toEqual(['anna@example.net'])
    await open({ to: THREE }, { ports: { memory } }).sendPrinterNotification(sendingOf(undefined, { attempt: 2 }))
    expect(await toOf()).toEqual(THREE)
  })
})

test('a mail that may have been taken comes again under the same id', async () => {
  await far.play({ at: 'content', how: 'swallow', times: 1 })
  const channel = open()
  expect(await channel.sendPrinterNotification(sendingOf())).toMatchObject({ result: 'retry', why: 'The connection ended before the mail server confirmed the mail. It may come twice.' })
  expect(short(await channel.sendPrinterNotification(sendingOf(undefined, { attempt: 2 })))).toBe('delivered')
  const [one, two] = await far.receipts()
  expect(one?.parsed.messageId).toMatch(/^<[0-9a-f]{32}@example\.org>$/)
  expect(two?.parsed.messageId).toBe(one?.parsed.messageId)
})

describe('a connection', () => {
  const event = (id: string) => sendingOf(eventOf('job.progress', { id }))

  test('serves while there is work and is given back after 15 s', async () => {
    const clock = new TestClock()
    const channel = open({}, { ports: { clock } })
    for (const id of ['1', '2', '3']) expect(short(await channel.sendPrinterNotification(event(id)))).toBe('delivered')
    expect((await far.heard()).connections).toBe(1)
    await clock.advance(14_999)
    await channel.sendPrinterNotification(event('4'))
    expect((await far.heard()).connections).toBe(1)
    await clock.advance(15_000)
    await channel.sendPrinterNotification(event('5'))
    const { commands, connections } = await far.heard()
    expect(connections).toBe(2)
    expect(commands.filter((line) => line === 'QUIT')).toEqual(['QUIT'])
    await channel.close()
    expect(clock.pending).toBe(0)
  })

  test.each([['breaks', { how: 'reset' }], ['says 421', { code: 421, text: '4.4.2 Idle for too long' }]] as const)('that %s while nobody used it is no failed try', async (_what, rule) => {
    const channel = open()
    await channel.sendPrinterNotification(event('1'))
    await far.play({ at: 'MAIL', times: 1, ...rule })
    expect(short(await channel.sendPrinterNotification(event('2')))).toBe('delivered')
    expect(await toOf()).toEqual(['anna@example.net'])
    expect((await far.heard()).connections).toBe(1)
  })

  test('is not waited for by another message', async () => {
    await far.play({ at: 'DATA', how: 'hang', times: 1 })
    const channel = open()
    const stop = new AbortController()
    const hanging = channel.sendPrinterNotification(sendingOf(eventOf('job.progress', { id: '1' }), { signal: stop.signal }))
    while (!(await far.heard()).commands.includes('DATA')) await new Promise((done) => setTimeout(done, 10))
    expect(short(await channel.sendPrinterNotification(event('2')))).toBe('delivered')
    stop.abort()
    expect(short(await hanging)).toBe('retry')
  })

  test('an aborted try ends at once, and the server gets no half mail', async () => {
    const stop = new AbortController()
    stop.abort()
    expect(short(await open().sendPrinterNotification(sendingOf(undefined, { signal: stop.signal })))).toBe('retry')
    expect(await toOf()).toEqual([])
  })
})

describe('a picture', () => {
  /** The mail of a done print without its picture takes some 5 kB; the picture 5 kB, in base64 7 kB. `shrink` makes 640 bytes, then 320. */
  test.each([
    [20_000, JPEG.length, 'The mail server took it.'], [9_000, 640, 'The mail server took it. Its picture was made smaller.'],
  ])('at a server that takes %i bytes has %i', async (size, bytes, detail) => {
    const other = await startSmtpFarSide({ size })
    try {
      await other.play()
      expect(await open({}, { at: other }).sendPrinterNotification(sendingOf(undefined, { picture: PICTURE }))).toMatchObject({ result: 'delivered', detail })
      const mails = await other.receipts()
      expect(mails.map(({ parsed }) => parsed.attachments.map((one) => one.content.length))).toEqual([[bytes]])
      // The server said its limit before: nothing was sent in vain.
      expect((await other.heard()).commands.filter((line) => line.startsWith('MAIL')).length).toBe(1)
    } finally {
      await other.close()
    }
  })

  test('that is too large by the server\'s answer is made smaller, then left out', async () => {
    await far.play({ at: 'content', code: 552, text: '5.3.4 Message too big', times: 3 })
    expect(await open().sendPrinterNotification(sendingOf(undefined, { picture: PICTURE }))).toMatchObject({ result: 'delivered', detail: 'The mail server took it. Without its picture: too large for it.' })
    const [mail, ...more] = await far.receipts()
    expect(more).toEqual([])
    expect(mail?.parsed.attachments).toEqual([])
    expect(String(mail?.parsed.html)).not.toContain('cid:')
  })

  test('a mail that is too large even without it is given up', async () => {
    const other = await startSmtpFarSide({ size: 500 })
    try {
      await other.play()
      expect(await open({}, { at: other }).sendPrinterNotification(sendingOf(undefined, { picture: PICTURE }))).toMatchObject({ result: 'rejected', scope: 'message', why: 'The mail is larger than what the mail server takes.' })
    } finally {
      await other.close()
    }
  })

  test('shows in the mail by its content id, and is left out when it is not wanted', async () => {
    await open().sendPrinterNotification(sendingOf(undefined, { picture: PICTURE }))
    await open({ includePicture: false }).sendPrinterNotification(sendingOf(undefined, { picture: PICTURE }))
    const [withIt, without] = (await far.receipts()).map(({ parsed }) => parsed)
    expect(withIt?.attachments).toMatchObject([{ contentType: 'image/jpeg', contentDisposition: 'inline', filename: 'snapshot.jpg', related: true }])
    expect(String(withIt?.html)).toContain(`src="cid:${withIt?.attachments[0]?.cid}"`)
    expect(without?.attachments).toEqual([])
    expect([kind.wantsPicture?.({ includePicture: true }), kind.wantsPicture?.({ includePicture: false })]).toEqual([true, false])
  })
})

test('a test shows the whole conversation by a connection of its own, without login and names', async () => {
  const channel = open({ security: 'starttls' })
  await channel.sendPrinterNotification(sendingOf())
  await far.play()
  const verdict = await channel.sendTestMessage(sendingOf(eventOf('app.test', { id: 't', text: 'My destination' })))
  expect(verdict.exchange?.request).toEqual([
    'EHLO …', 'STARTTLS', 'EHLO …', 'AUTH PLAIN (hidden)', expect.stringMatching(/^MAIL FROM:<…> SIZE=\d kB$/) as string, 'RCPT TO:<…>', 'DATA', expect.stringMatching(/^\(the mail, \d kB\)$/) as string, 'QUIT',
  ])
  const extensions = ['250-PIPELINING', '250-8BITMIME', '250-SMTPUTF8', '250-AUTH PLAIN LOGIN XOAUTH2']
  const greeting = '250-(server) Nice to meet you, [(server)]'
  expect(verdict.exchange?.answer).toEqual([
    '220 (server) ESMTP far side', greeting, ...extensions, '250-STARTTLS', '250 SIZE 35 MB', '220 Ready to start TLS', greeting, ...extensions, '250 SIZE 35 MB', '235 Authentication successful',
    '250 Accepted', '250 Accepted', '354 End data with <CR><LF>.<CR><LF>', '250 2.0.0 Ok: queued as 4AF1E2', '221 (server)',
  ])
  expectClean(verdict, { secrets: { password: CANARY } } as never)
  expect(JSON.stringify(verdict)).not.toMatch(/example|127\.0\.0\.1|Workshop/)
  expect((await far.heard()).connections).toBe(1)
})
