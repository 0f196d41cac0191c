/** An SMTP conversation as whoever looks at a test may see it: no address, no login, nobody's name. */
import type { Exchange } from '../channel.ts'
import { sayable } from './exchange.ts'

const MOST_LINES = 60

/** What was said so far. One is kept for each sending, over all of its mails. */
export interface Dialogue {
  /** A line that we sent. */
  client(line: string): void
  /** A reply; several lines when it has several. */
  server(reply: string): void
  /** The mail's own bytes went. */
  content(bytes: number): void
  exchange(): Exchange
}

/** @param serverName as it stands in the config: servers like to name themselves */
export function createDialogue(serverName: string): Dialogue {
  const request: string[] = []
  const answer: string[] = []
  let loggingIn = false
  /** The next reply begins with the server's own name: a greeting, or what answers ours. */
  let named = true
  const add = (lines: string[], line: string): void => {
    if (lines.length < MOST_LINES) lines.push(line)
    else if (lines.length === MOST_LINES) lines.push('…')
  }
  return {
    client(line) {
      if (/^AUTH\b/i.test(line)) loggingIn = true
      named = /^(EHLO|HELO)\b/i.test(line)
      add(request, loggingIn ? maskedLogin(line) : maskedCommand(line))
    },
    server(reply) {
      // 334 asks for the next part of the login; whatever else ends it.
      const asks = reply.startsWith('334')
      if (!asks) loggingIn = false
      const lines = asks ? ['334 …'] : reply.split('\n')
      for (const [index, line] of lines.entries()) add(answer, maskedReply((named && index === 0) || /^[24]21\b/.test(line) ? withoutItsName(line) : line, serverName))
      named = false
    },
    content: (bytes) => add(request, `(the mail, ${inSize(bytes)})`),
    exchange: () => ({ request: [...request], answer: [...answer] }),
  }
}

function maskedLogin(line: string): string {
  const [, mechanism] = /^(AUTH\s+[A-Z0-9-]+)/i.exec(line) ?? []
  return mechanism === undefined ? '(hidden)' : line.trim() === mechanism ? mechanism : `${mechanism} (hidden)`
}

function maskedCommand(line: string): string {
  return sayable(withSizes(line.replace(/^(EHLO|HELO)\s.*$/i, '$1 …').replace(/<[^>]*>/g, '<…>')))
}

/** Where the protocol puts the server's own name (RFC 5321, 4.2): right behind the code, when no enhanced code stands there. */
function withoutItsName(line: string): string {
  return line.replace(/^((?:220|221|250|421)[ -])(?!\d\.\d{1,3}\.\d{1,3}(?:\s|$))\S+/, '$1(server)')
}

/** A server may repeat whom and where we wrote to, name its network, and link to pages with ids of the account. */
function maskedReply(line: string, serverName: string): string {
  const plain = serverName === '' ? line : line.replaceAll(serverName, '(server)')
  return sayable(withSizes(plain
    .replace(/[^\s<>"(),;:]+@[^\s<>"(),;]+/g, '(address)')
    .replace(/\[?\b\d{1,3}(\.\d{1,3}){3}\b\]?/g, '(server)')
    .replace(/\[?\b(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}\b\]?/gi, '(server)')
    .replace(/\b(?:[a-z0-9-]+\.)+[a-z]{2,}\b/gi, '(server)')))
}

/** Byte counts as people read them: the rest of long numbers is hidden. */
function withSizes(line: string): string {
  return line.replace(/\bSIZE([ =])(\d+)\b/gi, (_all, between: string, bytes: string) => `SIZE${between}${inSize(Number(bytes))}`)
}

function inSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  return bytes < 1e6 ? `${Math.round(bytes / 1_000)} kB` : `${Math.round(bytes / 1e5) / 10} MB`
}
