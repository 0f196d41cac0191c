/** Sending mail: connections that are kept while there is work, logins, and what a try that failed means. Knows nothing of what stands in a mail. */
import { LONGEST_WISH_MS } from '../../delivery/retry.ts'
import type { Secret } from '../../settings/secret.ts'
import { endingWith } from '../../ending-with.ts'
import type { ChannelPorts, Verdict } from '../channel.ts'
import { smtpTooLarge, verdictOfSmtp } from './answers-smtp.ts'
import { verdictOfFailure } from './answers.ts'
import { missingSecret, USUAL_PORT, type MailServerConfig } from './mail-config.ts'
import type { Dialogue } from './mail-dialogue.ts'
import { openSession, SmtpFailure, type Letter, type Login, type MailServer, type SmtpSession } from './mail-session.ts'
import { createTokens } from './mail-token.ts'

/** A connection that nobody used for so long is given back; servers drop idle ones after minutes. ms */
const IDLE_MS = 15_000

export type Sent =
  | { result: 'taken' }
  /** By what the server announced, or by its answer: smaller it may be taken. */
  | { result: 'too large'; verdict: Verdict }
  /** `server`: it was about the server, the login or the sender, so another recipient fares no better. */
  | { result: 'failed'; about: 'server' | 'recipient'; verdict: Verdict }

export interface Mailer {
  /**
   * Hands one mail to the server. Never throws.
   * @param options.fresh takes a connection of its own, so that the dialogue is whole
   */
  send(letter: Letter, options: { dialogue: Dialogue; signal: AbortSignal; fresh: boolean }): Promise<Sent>
  /** Says goodbye on every connection; what is under way ends at once. Within a second. */
  close(): Promise<void>
}

type Ports = Pick<ChannelPorts, 'clock' | 'net'>

export function createMailer(config: MailServerConfig, secrets: Readonly<Record<string, Secret>>, ports: Ports): Mailer {
  const closing = new AbortController()
  const tokens = config.auth === 'xoauth2' ? createTokens(config, secrets, ports) : null
  const server: MailServer = {
    host: config.server, port: config.port ?? USUAL_PORT[config.security], security: config.security, ca: ports.net.tls?.ca,
  }
  let idle: { session: SmtpSession; keepNoLonger: () => void } | null = null
  const after = (ms: number, fn: () => void): (() => void) => ports.clock.after(ms, fn)

  async function loginNow(anew: boolean, signal: AbortSignal): Promise<Login | null> {
    if (config.auth === 'none') return null
    if (tokens !== null) {
      const got = await tokens.get(anew, signal)
      if ('verdict' in got) throw new NoLogin(got.verdict)
      return { by: 'token', user: config.user, token: got.token.reveal() }
    }
    const method = config.auth === 'plain' ? 'PLAIN' : config.auth === 'login' ? 'LOGIN' : null
    return { by: 'password', method, user: config.user, password: secrets.password?.reveal() ?? '' }
  }

  async function open(dialogue: Dialogue, signal: AbortSignal): Promise<SmtpSession> {
    try {
      return await openSession(server, await loginNow(false, signal), dialogue, signal)
    } catch (error) {
      // A token may be withdrawn before its time; a new one tells whether that was it.
      const refused = error instanceof SmtpFailure && error.stage === 'auth' && (error.reply?.code ?? 0) >= 500
      if (!refused || tokens?.renewable !== true) throw error
      return await openSession(server, await loginNow(true, signal), dialogue, signal)
    }
  }

  function takeIdle(): SmtpSession | null {
    const kept = idle
    idle = null
    kept?.keepNoLonger()
    return kept?.session.alive() === true ? kept.session : null
  }

  function keep(session: SmtpSession): void {
    if (!session.alive()) return
    if (idle !== null || closing.signal.aborted) return void session.quit(after)
    idle = { session, keepNoLonger: after(IDLE_MS, () => void takeIdle()?.quit(after)) }
  }

  /** @throws SmtpFailure, NoLogin */
  async function sendOn(session: SmtpSession, letter: Letter, dialogue: Dialogue, signal: AbortSignal): Promise<Sent> {
    if (session.maxBytes !== null && letter.bytes.length > session.maxBytes) return { result: 'too large', verdict: tooLarge() }
    await session.send(letter, dialogue, signal)
    return { result: 'taken' }
  }

  async function once(letter: Letter, dialogue: Dialogue, signal: AbortSignal, fresh: boolean): Promise<Sent> {
    const kept = fresh ? null : takeIdle()
    if (kept !== null) {
      try {
        const sent = await sendOn(kept, letter, dialogue, signal)
        keep(kept)
        return sent
      } catch (error) {
        // The server may have hung up meanwhile, which it tells only when we speak: that is no failed try.
        const stale = error instanceof SmtpFailure && (error.reply === null ? !error.progress.answered && !error.progress.handedOver : error.reply.code === 421 && error.stage === 'sender')
        if (!stale || signal.aborted) throw error
      }
    }
    const session = await open(dialogue, signal)
    const sent = await sendOn(session, letter, dialogue, signal)
    if (fresh) await session.quit(after)
    else keep(session)
    return sent
  }

  return {
    async send(letter, { dialogue, signal, fresh }) {
      const missing = missingSecret(config, secrets)
      if (missing !== null) return { result: 'failed', about: 'server', verdict: { result: 'rejected', scope: 'destination', why: missing } }
      const late = new AbortController()
      const cancel = after(config.timeoutMs, () => late.abort())
      try {
        return await endingWith([signal, closing.signal, late.signal], (ended) => once(letter, dialogue, ended, fresh))
      } catch (error) {
        return sentOf(error, late.signal.aborted, config.server)
      } finally {
        cancel()
      }
    },
    async close() {
      closing.abort()
      await takeIdle()?.quit(after)
    },
  }
}

/** There is nothing to log in with; the verdict says why. */
class NoLogin extends Error {
  constructor(readonly verdict: Verdict) {
    super('no login')
  }
}

/** What a failed try means. @param timedOut our own patience ended it */
export function sentOf(error: unknown, timedOut: boolean, server: string): Sent {
  const failed = (about: 'server' | 'recipient', verdict: Verdict): Sent => ({ result: 'failed', about, verdict })
  if (error instanceof NoLogin) return failed('server', error.verdict)
  if (!(error instanceof SmtpFailure)) return failed('server', verdictOfFailure(error, timedOut))
  const { reply, stage, oddity } = error
  if (reply !== null) {
    const verdict = hinted(verdictOfSmtp(reply.code, reply.enhanced, stage), reply, stage, server)
    if (smtpTooLarge(reply.code, reply.enhanced, stage)) return { result: 'too large', verdict }
    return failed((stage === 'recipient' || stage === 'data') && reply.code !== 421 ? 'recipient' : 'server', verdict)
  }
  if (oddity === 'no mail server') return failed('server', { result: 'retry', after: null, why: 'What answers there is no mail server. Check server and port.' })
  if (oddity === 'no login offered') {
    return failed('server', { result: 'rejected', scope: 'destination', why: 'The mail server offers no login on this connection. Choose TLS or STARTTLS, or the login "None".' })
  }
  if (error.progress.handedOver) return failed('server', { result: 'retry', after: null, why: 'The connection ended before the mail server confirmed the mail. It may come twice.' })
  return failed('server', overTls(verdictOfFailure(error.network, timedOut), error.network))
}

function tooLarge(): Verdict {
  return { result: 'rejected', scope: 'message', why: 'The mail is larger than what the mail server takes.' }
}

/** The words for the web's addresses do not fit a mail server. */
function overTls(verdict: Verdict, network: unknown): Verdict {
  const { code } = (network ?? {}) as { code?: unknown }
  const notThere = code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG'
  return notThere && verdict.result === 'retry' ? { ...verdict, why: 'The mail server does not speak TLS on this port. Choose STARTTLS, or the port for TLS.' } : verdict
}

const TIMES: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }
/** "greylisted, try again in 300 seconds", "retry after 5 min", "Greylisting in action, please come back in 00:04:58". */
const IN_WORDS = /(?:again|back|retry|wait|after|for|in)\D{0,20}?(\d{1,5})\s*(s|m|h)(?:\b|ec|in|our)/i
const AS_CLOCK = /(?:again|back|retry|wait|after|for|in)\D{0,20}?(\d{1,2}):(\d{2}):(\d{2})/i

/** When a server that asks for a later try says how much later; ms, null = it does not. */
export function waitAskedFor(text: string): number | null {
  const [, hours, minutes, seconds] = AS_CLOCK.exec(text) ?? []
  if (hours !== undefined) return Math.min(LONGEST_WISH_MS, (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000)
  const [, count, unit] = IN_WORDS.exec(text) ?? []
  return count === undefined ? null : Math.min(LONGEST_WISH_MS, Number(count) * (TIMES[unit?.toLowerCase() ?? ''] ?? 0))
}

/** What else the reply, or knowing whose server it is, tells. */
function hinted(verdict: Verdict, reply: { code: number; enhanced: string | null; text: string }, stage: string, server: string): Verdict {
  if (verdict.result === 'retry' && reply.code < 500) return { ...verdict, after: waitAskedFor(reply.text) ?? verdict.after }
  const refused = stage === 'auth' || reply.code === 534 || reply.code === 535
  if (verdict.result !== 'rejected' || !refused) return verdict
  const told = reply.enhanced === null ? `${reply.code}` : `${reply.code}, ${reply.enhanced}`
  if (/(^|\.)gmail\.com$/i.test(server)) return { ...verdict, why: `Google refuses the login (${told}). It wants an app password, not that of the account: switch on 2-Step Verification, then make one.` }
  if (/(^|\.)(outlook|hotmail)\.com$/i.test(server)) return { ...verdict, why: `Microsoft refuses the login (${told}). Outlook.com takes no passwords and no app passwords any more: choose XOAUTH2, or send by another provider.` }
  if (/(^|\.)office365\.com$/i.test(server)) return { ...verdict, why: `Microsoft refuses the login (${told}). An administrator must allow SMTP AUTH for this mailbox, and passwords where they are off: else choose XOAUTH2.` }
  return verdict
}
