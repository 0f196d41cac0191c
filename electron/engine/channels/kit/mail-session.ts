/** One SMTP conversation, from the connection to the reply to the last dot. nodemailer speaks; what it says and hears is told on. */
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SMTPConnectionCustomAuthHandler } from 'nodemailer/lib/smtp-connection'
import { enhancedCodeOf, smtpStageOf, type SmtpStage } from './answers-smtp.ts'
import type { Dialogue } from './mail-dialogue.ts'

/** The polite end (QUIT and its answer) may take so long; then the line is cut. ms */
const QUIT_MS = 300
/** nodemailer's own timers, which can't be moved by tests: a second net far behind our deadlines. ms */
const SECOND_NET_MS = 10 * 60_000
/** What we call ourselves: what most mail programs say, and it tells nothing of this computer. */
const OUR_NAME = '[127.0.0.1]'

export interface MailServer {
  host: string
  port: number
  security: 'tls' | 'starttls' | 'none'
  /** Certificates to trust; undefined = the system's own. */
  ca: ConnectionOptions['ca']
}

export type Login =
  | { by: 'password'; method: 'PLAIN' | 'LOGIN' | null; user: string; password: string }
  | { by: 'token'; user: string; token: string }

/** A conversation that did not end well. Never told as it is: `reply` and `cause` may hold addresses. */
export class SmtpFailure extends Error {
  constructor(
    readonly stage: SmtpStage,
    /** The server's refusal; null = there was none. */
    readonly reply: { code: number; enhanced: string | null; text: string } | null,
    /** The network's or TLS's own error where there was no refusal. */
    readonly network: unknown,
    readonly progress: Progress,
    readonly oddity: 'no mail server' | 'no login offered' | null = null,
  ) {
    super('the mail was not taken')
  }
}

/** How far a try came before it failed. */
export interface Progress {
  /** The server answered to at least one command of this mail. */
  answered: boolean
  /** The whole mail was handed over and no answer came: it may have been taken. */
  handedOver: boolean
}
export const NOWHERE: Progress = { answered: false, handedOver: false }

export interface Letter {
  /** Envelope addresses. */
  from: string
  to: string
  /** The whole mail, headers and all. */
  bytes: Buffer
}

export interface SmtpSession {
  /** What the server said it takes (SIZE, RFC 1870); null = it said nothing. */
  readonly maxBytes: number | null
  /** False once the line is cut, from either side. */
  alive(): boolean
  /** @throws SmtpFailure; the session is closed then */
  send(letter: Letter, dialogue: Dialogue, signal: AbortSignal): Promise<void>
  /** Says goodbye, waits for the answer a moment, cuts the line. Never throws. */
  quit(after: (ms: number, fn: () => void) => () => void): Promise<void>
}

/**
 * Connects, encrypts and logs in. An abort cuts the line at once.
 * @throws SmtpFailure
 */
export async function openSession(server: MailServer, login: Login | null, dialogue: Dialogue, signal: AbortSignal): Promise<SmtpSession> {
  // Loaded before the line is open: nothing may come between that and whoever hears its errors.
  const { default: Connection } = await import('nodemailer/lib/smtp-connection')
  const ear = createEar(dialogue)
  const socket = await dial(server, signal)
  const connection = new Connection({
    host: server.host, port: server.port, name: OUR_NAME, connection: socket,
    secure: server.security === 'tls', secured: server.security === 'tls', requireTLS: server.security === 'starttls', ignoreTLS: server.security === 'none',
    tls: tlsOptions(server), transactionLog: true, logger: ear.logger,
    connectionTimeout: SECOND_NET_MS, greetingTimeout: SECOND_NET_MS, socketTimeout: SECOND_NET_MS, socketCloseTimeout: QUIT_MS,
    ...(login?.by === 'token' ? { customAuth: { [BY_TOKEN]: byToken(login) } } : {}),
  })
  const broken = new Promise<never>((_done, fail) => {
    connection.once('error', fail)
    // A step that ended with a reply tells it right behind.
    connection.once('end', () => queueMicrotask(() => fail(new Error('the connection ended'))))
  })
  // Heard by whoever is at work then; an idle session that ends is no news.
  broken.catch(() => undefined)

  async function step<T>(stop: AbortSignal, work: (done: (error?: unknown, value?: T) => void) => void): Promise<T | undefined> {
    const cut = (): void => connection.close()
    stop.addEventListener('abort', cut, { once: true })
    if (stop.aborted) cut()
    try {
      return await Promise.race([
        new Promise<T | undefined>((done, fail) => work((error, value) => (error ? fail(error instanceof Error ? error : new Error('the step failed')) : done(value)))),
        broken,
      ])
    } catch (error) {
      connection.close()
      throw failureOf(error, ear.progress())
    } finally {
      stop.removeEventListener('abort', cut)
    }
  }

  await step<void>(signal, (done) => connection.connect(done))
  if (login !== null) {
    if (!connection.allowsAuth) {
      connection.close()
      throw new SmtpFailure('auth', null, null, NOWHERE, 'no login offered')
    }
    await step<boolean>(signal, (done) => connection.login(authOf(login), done))
  }
  return {
    maxBytes: ear.maxBytes(),
    alive: () => !connection.destroyed,
    async send(letter, next, stop) {
      ear.listen(next)
      await step(stop, (done) => connection.send({ from: letter.from, to: [letter.to], size: letter.bytes.length }, letter.bytes, done))
    },
    async quit(after) {
      if (connection.destroyed) return
      const ended = new Promise<void>((done) => connection.once('end', () => done()))
      connection.quit()
      const cancel = after(QUIT_MS, () => connection.close())
      await ended
      cancel()
    },
  }
}

/** Hears what nodemailer would write into a log: the conversation, what the server can, and when the mail was written to its end. */
function createEar(first: Dialogue): { logger: Record<'debug' | 'info', (entry: unknown, line?: unknown) => void>; listen(next: Dialogue): void; maxBytes(): number | null; progress(): Progress } {
  let dialogue = first
  let maxBytes: number | null = null
  let greeted = false
  let progress = NOWHERE
  const hear = (entry: unknown, line: unknown): void => {
    const { tnx, outByteCount } = entry as { tnx?: string; outByteCount?: number }
    if (tnx === 'client') {
      const said = String(line)
      greeted = /^EHLO\b/.test(said)
      dialogue.client(said)
    } else if (tnx === 'server') {
      const reply = String(line)
      if (greeted) maxBytes = Number(/^250[ -]SIZE[ \t]+(\d+)/im.exec(reply)?.[1] ?? 0) || null
      greeted = false
      progress = { ...progress, answered: true }
      dialogue.server(reply)
    } else if (tnx === 'message' && outByteCount !== undefined) {
      progress = { ...progress, handedOver: true }
      dialogue.content(outByteCount)
    }
  }
  return {
    logger: { debug: hear, info: hear },
    listen(next) {
      dialogue = next
      progress = NOWHERE
    },
    maxBytes: () => maxBytes,
    progress: () => progress,
  }
}

function tlsOptions(server: MailServer): ConnectionOptions {
  return { ...(server.ca === undefined ? {} : { ca: server.ca }), ...(isIP(server.host) === 0 ? { servername: server.host } : {}) }
}

/** An open line to the server, with TLS where it begins at once. @throws SmtpFailure */
function dial(server: MailServer, signal: AbortSignal): Promise<Socket> {
  return new Promise((done, fail) => {
    const { host, port } = server
    const ready = (): void => {
      // From here on whoever takes it over hears its errors.
      signal.removeEventListener('abort', cut)
      socket.off('error', broke)
      done(socket)
    }
    const socket: Socket = server.security === 'tls' ? connectTls({ host, port, ...tlsOptions(server) }, ready) : connectPlain({ host, port }, ready)
    const broke = (error: unknown): void => {
      signal.removeEventListener('abort', cut)
      socket.destroy()
      fail(new SmtpFailure('connect', null, error, NOWHERE))
    }
    const cut = (): void => broke(new Error('given up'))
    socket.on('error', broke)
    signal.addEventListener('abort', cut, { once: true })
    if (signal.aborted) cut()
  })
}

/** Under its real name nodemailer takes the first method that the server offers instead, unless it may make the tokens itself. */
const BY_TOKEN = 'PRINTBELL-TOKEN'

/** What connection.login takes. `credentials` are what our own handler for tokens does not look at. */
function authOf(login: Login): Parameters<SMTPConnection['login']>[0] {
  if (login.by === 'token') return { user: login.user, method: BY_TOKEN }
  return { user: login.user, credentials: { user: login.user, pass: login.password }, method: login.method ?? false }
}

/** SASL XOAUTH2 as Google and Microsoft describe it: a refusal is a 334 with details first, which wants an empty line. */
function byToken(login: { user: string; token: string }): SMTPConnectionCustomAuthHandler {
  return async ({ sendCommand }) => {
    const said = await sendCommand(`AUTH XOAUTH2 ${Buffer.from(`user=${login.user}\u0001auth=Bearer ${login.token}\u0001\u0001`).toString('base64')}`)
    const end = said.status === 334 ? await sendCommand('') : said
    if (end.status !== 235) throw new Error('the token was refused')
  }
}

function failureOf(error: unknown, progress: Progress): SmtpFailure {
  if (error instanceof SmtpFailure) return error
  const { code, originalCode, command, response, responseCode } = error as { code?: unknown; originalCode?: unknown; command?: unknown; response?: unknown; responseCode?: unknown }
  const stage = smtpStageOf(typeof command === 'string' ? command : null)
  const text = typeof response === 'string' ? response : ''
  if (typeof responseCode === 'number' && responseCode >= 200) return new SmtpFailure(stage, { code: responseCode, enhanced: enhancedCodeOf(text), text }, null, progress)
  if (code === 'EPROTOCOL') return new SmtpFailure(stage, null, error, progress, 'no mail server')
  return new SmtpFailure(stage, null, { code: systemCode(code, originalCode) }, progress)
}

/** The system's or TLS's own word under nodemailer's. */
function systemCode(code: unknown, original: unknown): string {
  if (typeof original === 'string') return original
  if (code === 'ETIMEDOUT') return 'ETIMEDOUT'
  return typeof code === 'string' && !['ESOCKET', 'ECONNECTION', 'ETLS', 'EDNS'].includes(code) ? code : 'ECONNRESET'
}
