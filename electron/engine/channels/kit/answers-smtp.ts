/** What a mail server's reply means (RFC 5321, enhanced codes RFC 3463 and 7372). The server's own words are never told. */
import type { Verdict } from '../channel.ts'
import { refused } from './answers.ts'

/** At which step of the conversation the reply came. */
export type SmtpStage = 'connect' | 'tls' | 'auth' | 'sender' | 'recipient' | 'data'

/**
 * What servers that greylist (RFC 6647) ask for is seldom told in numbers; sooner than this none of them takes it, and some begin
 * to count anew. ms
 */
const GREYLISTED_MS = 60_000

/** Which step an SMTP command belongs to ("AUTH PLAIN", "MAIL FROM"); what is no command of these is the message's content. */
export function smtpStageOf(command: string | null | undefined): SmtpStage {
  const verb = (command ?? 'CONN').toUpperCase().split(' ')[0] ?? ''
  if (verb === 'CONN' || verb === 'EHLO' || verb === 'HELO' || verb === 'LHLO') return 'connect'
  if (verb === 'STARTTLS') return 'tls'
  if (verb === 'AUTH') return 'auth'
  if (verb === 'MAIL') return 'sender'
  return verb === 'RCPT' ? 'recipient' : 'data'
}

/** The enhanced code that a reply's text begins with ("550 5.1.1 No such user" or "5.1.1 No such user"); null = it has none. */
export function enhancedCodeOf(text: string): string | null {
  return /^(?:\d{3}[ -])?([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/.exec(text.trim())?.[1] ?? null
}

/** Whether the mail was refused for its size: smaller, or without its picture, it may be taken. */
export function smtpTooLarge(code: number, enhanced: string | null, stage: SmtpStage): boolean {
  if (code < 500) return false
  // 552 at MAIL answers its SIZE (RFC 1870, 6.1); at DATA it is "too much mail data" unless the enhanced code says whose box is full.
  return enhanced === null ? code === 552 && (stage === 'sender' || stage === 'data') : enhanced === '5.3.4' || enhanced === '5.2.3'
}

/**
 * @param code the reply's three digits
 * @param enhanced its enhanced status code ("5.7.1"); null = it has none
 */
export function verdictOfSmtp(code: number, enhanced: string | null, stage: SmtpStage): Verdict {
  const told = enhanced === null ? `${code}` : `${code}, ${enhanced}`
  if (code >= 200 && code < 300) return { result: 'delivered', detail: `Answered ${told}.` }
  if (code >= 400 && code < 500) return again(code, told, stage)
  if (code < 500 || code > 599) return { result: 'retry', after: null, why: `The mail server gave an unexpected answer (${told}).` }
  if (smtpTooLarge(code, enhanced, stage)) return refused('message', `The mail is too large for the mail server (${told}).`)
  const subject = subjectOf(enhanced)
  if (code === 530 || code === 534 || code === 535 || code === 538 || stage === 'auth') return refused('destination', login(code, told))
  switch (stage) {
    case 'connect': return refused('destination', `The mail server does not talk to this computer (${told}). Check its address, and that it may be used from here.`)
    case 'tls': return refused('destination', `The mail server does not encrypt there (${told}). Check port and encryption.`)
    case 'sender': return refused('destination', `The mail server does not take this sender (${told}). Check the sender's address.`)
    case 'recipient': return refused('destination', subject === 'box' ? box(told) : `The mail server does not take this recipient (${told}). Check the recipient's address.`)
    case 'data': break
  }
  // Some servers judge sender and recipient only when they have the whole mail.
  switch (subject) {
    case 'address': return refused('destination', `The mail server does not take sender or recipient (${told}). Check both addresses.`)
    case 'box': return refused('destination', box(told))
    case 'route': return refused('destination', `The mail server finds no way to the recipient (${told}). Check the recipient's address.`)
    case 'origin': return refused('destination', `The mail server does not trust where this mail comes from (${told}). Send it by the sender's own mail server.`)
    case 'other': return refused('message', `The mail server refuses this mail (${told}).`)
  }
}

function again(code: number, told: string, stage: SmtpStage): Verdict {
  const retry = (why: string, after: number | null = null): Verdict => ({ result: 'retry', after, why: `${why} (${told}).` })
  if (code === 421) return retry('The mail server takes no more mail for now')
  if (code === 432 || code === 454) return retry('The mail server can not check the login for now')
  if (code === 452) return retry('The mail server has no room for now')
  const greylisted = (code === 450 || code === 451) && (stage === 'sender' || stage === 'recipient' || stage === 'data')
  return greylisted ? retry('The mail server asks for a later try', GREYLISTED_MS) : retry('The mail server has a problem of its own')
}

function login(code: number, told: string): string {
  if (code === 530) return `The mail server wants a login or encryption first (${told}). Enter user and password, and check the encryption.`
  if (code === 538) return `The mail server takes a login only over an encrypted connection (${told}). Check the encryption.`
  if (code === 534) return `The mail server wants another way to log in (${told}). Many services want an app password.`
  return `The mail server refuses user or password (${told}). Check both; many services want an app password.`
}

const box = (told: string): string => `The recipient's mailbox takes no mail (${told}). It may be full or closed.`

/** Whom an enhanced code speaks of (RFC 3463, 3; RFC 7372, 3 for mail that can't show where it comes from). */
function subjectOf(enhanced: string | null): 'address' | 'box' | 'route' | 'origin' | 'other' {
  if (enhanced === null) return 'other'
  const [, subject, detail] = enhanced.split('.')
  if (subject === '1') return 'address'
  if (subject === '2') return 'box'
  if (subject === '4') return 'route'
  return subject === '7' && ORIGIN.has(Number(detail)) ? 'origin' : 'other'
}

/** DKIM, SPF, reverse DNS, DMARC, and a sender whose domain takes no mail. */
const ORIGIN: ReadonlySet<number> = new Set([20, 21, 22, 23, 24, 25, 26, 27])
