/** A mail server and a mail reader that are not ours and not our library's: aiosmtpd, and the mail package of Python. `npm test` makes its environment. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sending, Verdict } from '../../electron/engine/channels/channel.ts'
import { channels } from '../../electron/engine/channels/registry.ts'
import { Secret } from '../../electron/engine/settings/secret.ts'
import { CANARY, channelPorts, eventOf, HOSTILE_NAME, JPEG, PICTURE, sendingOf } from '../support/channel-kit.ts'
import { trusting } from '../support/smtp-rig.ts'

const PYTHON = process.env['PRINTBELL_AIOSMTPD'] ?? resolve(import.meta.dirname, '../../.cache/venv-mail/bin/python')
const missing = existsSync(PYTHON) ? null : process.env['PRINTBELL_AIOSMTPD_MISSING'] ?? `aiosmtpd 1.4.6 is not installed (${PYTHON})`
const because = missing === null ? '' : ` (skipped: ${missing})`
/** What the server takes, bytes: a done print's mail with its picture of 5 kB, not with one of 10 kB. */
const LIMIT = 16_000

interface Part {
  type: string
  disposition: string | null
  id: string | null
  name: string | null
  text: string | null
  sha256: string | null
  parts: Part[]
}
interface Mail {
  headers: Record<string, string>
  at: string
  defects: string[]
  body: Part
}

interface MailServer {
  ports: { tls: number; starttls: number }
  ca: string
  /** Those that came since the last time. */
  mails(): Promise<Mail[]>
  close(): Promise<void>
}

async function startMailServer(): Promise<MailServer> {
  const folder = await mkdtemp(join(tmpdir(), 'printbell-mail-'))
  const pems = await generate([{ name: 'commonName', value: 'mail.test' }], { keySize: 2048, extensions: [{ name: 'basicConstraints', cA: true }, { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }] })
  const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await writeFile(certificate, pems.cert)
  await writeFile(key, pems.private)
  const child: ChildProcess = spawn(PYTHON, [resolve(import.meta.dirname, '../support/aiosmtpd-server.py'), certificate, key, join(folder, 'box'), 'me@example.org', CANARY, String(LIMIT)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout ?? expect.fail('no output') })[Symbol.asyncIterator]()
  const line = async (): Promise<unknown> => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the mail server ended')
    return JSON.parse(value)
  }
  const ports = (await line()) as MailServer['ports']
  const seen = new Set<string>()
  return {
    ports,
    ca: pems.cert,
    async mails() {
      child.stdin?.write('read\n')
      const fresh = ((await line()) as Mail[]).filter(({ headers }) => !seen.has(headers['message-id'] ?? ''))
      for (const { headers } of fresh) seen.add(headers['message-id'] ?? '')
      return fresh
    },
    async close() {
      const gone = once(child, 'exit')
      child.stdin?.end()
      await gone
      await rm(folder, { recursive: true })
    },
  }
}

describe.skipIf(missing !== null)(`mails at a real mail server${because}`, () => {
  let server: MailServer
  beforeAll(async () => {
    server = await startMailServer()
  })
  afterAll(() => server.close())

  async function send(name: string, over: Record<string, unknown>, sending: Sending, password = CANARY): Promise<Verdict> {
    const kind = channels.get(name) ?? expect.fail(`there is no channel "${name}"`)
    const checked = kind.validateConfig({ server: '127.0.0.1', port: server.ports.tls, user: 'me@example.org', from: 'printbell@example.org', ...over })
    if (!checked.ok) throw new Error(JSON.stringify(checked.errors))
    const channel = kind.open({ destinationId: 'dest', label: 'Workshop', config: checked.config, secrets: { password: new Secret(password) } }, channelPorts({ net: trusting(server.ca) }))
    try {
      return await channel.sendPrinterNotification(sending)
    } finally {
      await channel.close()
    }
  }

  const shape = ({ type, parts }: Part): unknown => (parts.length === 0 ? type : { [type]: parts.map(shape) })
  const leaves = (part: Part): Part[] => (part.parts.length === 0 ? [part] : part.parts.flatMap(leaves))

  test('arrive by TLS, one for each recipient, without a defect, the picture byte by byte', async () => {
    const sending = sendingOf(eventOf('job.done', { severity: 'success', printerName: 'Küche', printTime: 12_960, id: 'a' }), { picture: PICTURE })
    expect(await send('email', { to: ['anna@example.net', 'bert@example.net'] }, sending)).toMatchObject({ result: 'delivered', detail: 'The mail server took it for all 2 recipients.' })
    const mails = await server.mails()
    expect(mails.map(({ headers }) => headers.to).sort()).toEqual(['anna@example.net', 'bert@example.net'])
    for (const { headers, at, defects, body } of mails) {
      expect(defects).toEqual([])
      expect(headers).toMatchObject({
        from: 'Printbell <printbell@example.org>', subject: 'Küche: print done', 'auto-submitted': 'auto-generated', importance: 'normal', 'mime-version': '1.0', 'x-mailfrom': 'printbell@example.org', 'x-rcptto': headers.to,
      })
      expect(at).toBe('2026-01-15T12:00:00+00:00')
      expect(shape(body)).toEqual({ 'multipart/alternative': ['text/plain', { 'multipart/related': ['text/html', 'image/jpeg'] }] })
      const [text, html, picture] = leaves(body)
      expect(text?.text?.split('\n').slice(0, 3)).toEqual(['Küche: print done', 'lamp-vase, 3 h 36 min', ''])
      expect(picture).toMatchObject({ disposition: 'inline', name: 'snapshot.jpg', sha256: createHash('sha256').update(JPEG).digest('hex') })
      expect(html?.text).toContain(`src="cid:${picture?.id?.slice(1, -1)}"`)
    }
  })

  test('arrive by STARTTLS with LOGIN, names as they are', async () => {
    const sending = sendingOf(eventOf('message.user', { text: `${HOSTILE_NAME} 🔔`, id: 'b' }))
    expect(await send('email', { security: 'starttls', port: server.ports.starttls, auth: 'login', to: ['anna@example.net'] }, sending)).toMatchObject({ result: 'delivered' })
    const [mail] = await server.mails()
    expect(mail?.defects).toEqual([])
    expect(mail?.body.parts[0]?.text).toContain(`${HOSTILE_NAME} 🔔`)
  })

  test('of one job belong together', async () => {
    await send('email', { to: ['anna@example.net'] }, sendingOf(eventOf('job.started', { id: 'c' })))
    await send('email', { to: ['anna@example.net'] }, sendingOf(eventOf('job.failed', { id: 'd' })))
    const mails = await server.mails()
    expect(mails.length).toBe(2)
    for (const { headers } of mails) expect(headers['in-reply-to']).toBe('<job.7074f8da940509f85cebab3780e52f6c@example.org>')
  })

  test('with a picture that is too large by what the server announces get a smaller one', async () => {
    const large = { ...PICTURE, jpeg: new Uint8Array([...JPEG, ...JPEG]) }
    expect(await send('email', { to: ['anna@example.net'] }, sendingOf(eventOf('job.done', { id: 'e' }), { picture: large }))).toMatchObject({ result: 'delivered', detail: 'The mail server took it. Its picture was made smaller.' })
    const [mail] = await server.mails()
    expect(leaves(mail?.body ?? expect.fail('no mail')).at(-1)?.sha256).toBe(createHash('sha256').update(JPEG.slice(0, 640)).digest('hex'))
  })

  test('with a wrong password, and unencrypted, are refused', async () => {
    expect(await send('email', { to: ['anna@example.net'] }, sendingOf(eventOf('job.done', { id: 'f' })), 'wrong')).toMatchObject({ result: 'rejected', scope: 'destination', why: 'The mail server refuses user or password (535, 5.7.8). Check both; many services want an app password.' })
    expect(await send('email', { security: 'none', auth: 'none', port: server.ports.starttls, to: ['anna@example.net'] }, sendingOf(eventOf('job.done', { id: 'g' })))).toMatchObject({
      result: 'rejected', scope: 'destination', why: 'The mail server wants a login or encryption first (530). Enter user and password, and check the encryption.',
    })
    expect(await server.mails()).toEqual([])
  })

  test('for a gateway are one short line', async () => {
    expect(await send('sms-mail', { gateway: 'sms@gateway.example', numbers: ['+47 912 34 567'] }, sendingOf(eventOf('attention.filament_runout', { printerName: 'Workshop', id: 'h' })))).toMatchObject({ result: 'delivered' })
    const [mail] = await server.mails()
    expect(mail).toMatchObject({ defects: [], headers: { to: 'sms@gateway.example', subject: '+4791234567' }, body: { type: 'text/plain', text: 'Printbell: Workshop: filament ran out. Load filament, then resume. lamp-vase, 42 %.\n' } })
  })
})
