/** Drives smtp-far-side.mjs: starts it, gives it rules, reads its receipts. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { simpleParser, type ParsedMail } from 'mailparser'
import { generate } from 'selfsigned'
import { CANARY } from './channel-kit.ts'

export interface SmtpRule {
  at: 'greeting' | 'EHLO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'content'
  code?: number
  /** What follows the code, the enhanced code first. */
  text?: string
  how?: 'hang' | 'reset' | 'swallow' | 'close'
  /** A pattern for the recipient. */
  to?: string
  /** How often; absent = always. */
  times?: number
}

export interface MailReceipt {
  at: number
  /** Of the envelope. */
  from: string
  to: string[]
  /** "PLAIN me@example.org"; null = nobody logged in. */
  user: string | null
  encrypted: boolean
  /** Which connection it came by. */
  connection: string
  /** The whole mail as it came, latin1 so that bytes are characters. */
  raw: string
  parsed: ParsedMail
}

export interface SmtpFarSide {
  ports: { none: number; starttls: number; tls: number }
  /** What a client must trust. */
  ca: string
  /** From now on it answers so; what it got before is forgotten. */
  play(...rules: SmtpRule[]): Promise<void>
  receipts(): Promise<MailReceipt[]>
  /** Commands as they came, and how many connections, since the last `play`. */
  heard(): Promise<{ commands: string[]; connections: number }>
  close(): Promise<void>
}

/** The login that it takes; the password is the canary. */
export const MAIL_USER = 'me@example.org'
export const MAIL_TOKEN = 'token-1'

interface Told {
  id: number
  receipts?: (Omit<MailReceipt, 'raw' | 'parsed'> & { bytes: string })[]
  commands?: string[]
  connections?: number
}

/** @param over.size what it announces, bytes @param over.certificateFor the name in its certificate */
export async function startSmtpFarSide(over: { size?: number; auth?: string[]; certificateFor?: string; notAfter?: Date } = {}): Promise<SmtpFarSide> {
  const name = over.certificateFor
  const pems = await generate([{ name: 'commonName', value: 'far side' }], {
    keySize: 2048,
    notBeforeDate: new Date('2020-01-01'),
    notAfterDate: over.notAfter ?? new Date('2100-01-01'),
    extensions: [{ name: 'basicConstraints', cA: true }, { name: 'subjectAltName', altNames: [name === undefined ? { type: 7, ip: '127.0.0.1' } : { type: 2, value: name }] }],
  })
  const options = { key: pems.private, cert: pems.cert, user: MAIL_USER, password: CANARY, token: MAIL_TOKEN, auth: over.auth ?? ['PLAIN', 'LOGIN', 'XOAUTH2'], size: over.size ?? 35_000_000 }
  const child = fork(new URL('smtp-far-side.mjs', import.meta.url), [JSON.stringify(options)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] })
  const [{ ports }] = (await once(child, 'message')) as [{ ports: SmtpFarSide['ports'] }]
  let next = 0
  async function say(what: object): Promise<Told> {
    const id = next++
    const answered = new Promise<Told>((done, fail) => {
      if (!child.connected) fail(new Error('the far side ended'))
      const hear = (message: unknown): void => {
        if ((message as Told).id !== id) return
        child.off('message', hear)
        done(message as Told)
      }
      child.on('message', hear)
    })
    child.send({ id, ...what })
    return await answered
  }
  return {
    ports,
    ca: pems.cert,
    async play(...rules) {
      await say({ rules, forget: true })
    },
    async receipts() {
      const { receipts = [] } = await say({ ask: true })
      return await Promise.all(receipts.map(async ({ bytes, ...rest }) => {
        const raw = Buffer.from(bytes, 'base64')
        return { ...rest, raw: raw.toString('latin1'), parsed: await simpleParser(raw, { skipImageLinks: true, skipTextToHtml: true }) }
      }))
    },
    async heard() {
      const { commands = [], connections = 0 } = await say({ ask: true })
      return { commands, connections }
    },
    async close() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}
