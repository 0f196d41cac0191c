/**
 * Where the soak's messages go: one server on loopback whose addresses are well, or for a while answer 503, ask to be left alone, break the
 * connection or take their time. What an address took is written down here, by nothing of Printbell's, and compared in the end.
 */
import { DatabaseSync } from '@photostructure/sqlite'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How an address is for a part of each period; from and to in s of the period. */
interface Mood { how: 'well' | 'down' | 'busy' | 'breaks' | 'slow'; from: number; to: number }

const PERIOD_S = 120
const MOODS = {
  'hook-all': { how: 'well', from: 0, to: 0 },
  'hook-down': { how: 'down', from: 20, to: 60 },
  'hook-busy': { how: 'busy', from: 50, to: 70 },
  'hook-breaks': { how: 'breaks', from: 80, to: 110 },
  'hook-slow': { how: 'slow', from: 30, to: 90 },
  ntfy: { how: 'down', from: 100, to: 120 },
} as const satisfies Record<string, Mood>
export const ADDRESSES = Object.keys(MOODS) as readonly (keyof typeof MOODS)[]
const SLOW_MS = 1_500
const RETRY_AFTER_S = 3

export interface SoakReceivers {
  base: string
  /** Receipts of each subject: table `receipts (subject, address, key, printer, type, text)`. */
  file: string
  taken(): number
  /** Of one subject, or of all. */
  refused(subject?: string): number
  /** From now on everybody is well. */
  recover(): void
  stop(): Promise<void>
}

/** @param file a database that is made for the receipts */
export async function startSoakReceivers(file: string): Promise<SoakReceivers> {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE receipts (subject TEXT, address TEXT, key TEXT, printer TEXT, type TEXT, text TEXT)')
  const note = db.prepare('INSERT INTO receipts VALUES (?, ?, ?, ?, ?, ?)')
  const began = performance.now()
  let wellForGood = false
  let taken = 0
  const refused = new Map<string, number>()
  const moodOf = (address: keyof typeof MOODS): Mood['how'] => {
    const { how, from, to } = MOODS[address]
    const second = ((performance.now() - began) / 1000) % PERIOD_S
    return wellForGood || second < from || second >= to ? 'well' : how
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString('latin1')
    const { subject, address } = meantBy(request.url ?? '/', body)
    const mood = moodOf(address)
    if (mood === 'down' || mood === 'busy' || mood === 'breaks') refused.set(subject, (refused.get(subject) ?? 0) + 1)
    if (mood === 'down') return void response.writeHead(503).end()
    if (mood === 'busy') return void response.writeHead(429, { 'retry-after': String(RETRY_AFTER_S) }).end()
    if (mood === 'breaks') return void request.socket.resetAndDestroy()
    if (mood === 'slow') await new Promise((done) => setTimeout(done, SLOW_MS))
    const said = toldBy(body)
    taken += 1
    note.run(subject, address, String(request.headers['idempotency-key'] ?? ''), said.printer, said.type, said.text)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"soak"}')
  }

  const server = createServer((request, response) => {
    take(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  server.keepAliveTimeout = 20_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    file,
    taken: () => taken,
    refused: (subject) => (subject === undefined ? [...refused.values()].reduce((sum, one) => sum + one, 0) : (refused.get(subject) ?? 0)),
    recover() {
      wellForGood = true
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      db.close()
    },
  }
}

/** /SUBJECT/ADDRESS of a webhook; ntfy's topic is the subject, in the path of a picture and else in the body. */
function meantBy(url: string, body: string): { subject: string; address: keyof typeof MOODS } {
  const [, first = '', name] = url.split('/')
  const address = ADDRESSES.find((one) => one === name)
  if (address !== undefined) return { subject: first, address }
  return { subject: first === '' ? (JSON.parse(body) as { topic: string }).topic : first, address: 'ntfy' }
}

/** What the plain body of a webhook tells, alone or as the first part of a form; ntfy's says nothing that is asked for here. */
function toldBy(body: string): { printer: string | null; type: string | null; text: string | null } {
  const json = /\{"version":1,.*\}/s.exec(body)?.[0].split('\r\n')[0]
  if (json === undefined) return { printer: null, type: null, text: null }
  const { event, printer } = JSON.parse(json) as { event: { type: string; text: string | null }; printer: { id: string } | null }
  return { printer: printer?.id ?? null, type: event.type, text: event.text }
}

/** The destinations of one subject, as they stand in its settings. */
export function soakDestinations(base: string, subject: string): Record<string, unknown>[] {
  const hook = (address: string, events: string[], more: Record<string, unknown> = {}): Record<string, unknown> =>
    ({ id: address, label: address, channel: 'webhook', config: { url: `${base}/${subject}/${address}`, format: 'plain', ...more }, events })
  return [
    hook('hook-all', ['*'], { includePicture: false }),
    hook('hook-down', ['job.done', 'job.failed', 'attention.*']),
    hook('hook-busy', ['job.started', 'job.progress', 'link.*'], { includePicture: false }),
    hook('hook-breaks', ['job.paused', 'job.resumed', 'message.*']),
    hook('hook-slow', ['job.done', 'job.failed', 'job.cancelled']),
    // It is sent no more than one message each 5 s.
    { id: 'ntfy', label: 'Phone', channel: 'ntfy', config: { server: base, topic: subject }, events: ['job.failed'] },
    { id: 'desk', label: 'This computer', channel: 'desktop' },
  ]
}
