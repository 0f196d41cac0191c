/** A line to a good server that goes bad on command: what lies between an adapter and its printer, whatever it speaks (HTTP, WebSocket). */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/**
 * What comes back over it. 'drip': one byte at a time; 'flood': 50 MB in one answer or frame; 'junk': as many bytes, and no sense;
 * 'page': a page with status 200 to whatever is asked; 'silent': nothing; 'close': it is cut at once.
 */
export type Quality = 'good' | 'drip' | 'flood' | 'junk' | 'page' | 'silent' | 'close'

const FLOOD_BYTES = 50_000_000
/** Where clocks run some 20 times as fast as real time (adapter-kit.ts), that is one byte a second, ms. */
const DRIP_MS = 50

export interface BadLine {
  url: string
  quality: Quality
  /** Cut every connection when so many pieces have come from the server, counted from now; null = never. */
  cutAfter: number | null
  /** How much the server's `Date` headers are ahead, ms. */
  dateAheadMs: number
  /** Pieces that came from the server so far. */
  readonly pieces: number
  /** Bytes that were taken of the largest flood. */
  readonly flooded: number
  readonly connections: number
  drop(): void
  close(): Promise<void>
}

/** @param port of the good server on 127.0.0.1 */
export async function badLine(port: number): Promise<BadLine> {
  const clients = new Set<Socket>()
  const timers = new Set<NodeJS.Timeout>()
  let pieces = 0
  let flooded = 0
  let chance = 1

  /** The same bytes in each run, and no text. */
  const junk = (length: number): Buffer => Buffer.from(Array.from({ length }, () => (chance = (chance * 48_271) % 2_147_483_647) & 0xff))

  function drip(client: Socket, data: Buffer): void {
    for (const [at, byte] of data.entries()) {
      const timer = setTimeout(() => {
        timers.delete(timer)
        if (!client.destroyed) client.write(Buffer.from([byte]))
      }, at * DRIP_MS)
      timers.add(timer)
    }
  }

  function flood(client: Socket, upgraded: boolean): void {
    const length = Buffer.alloc(8)
    length.writeBigUInt64BE(BigInt(FLOOD_BYTES))
    client.write(upgraded ? Buffer.concat([Buffer.from([0x81, 0x7f]), length]) : `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${FLOOD_BYTES}\r\n\r\n`)
    let sent = 0
    const more = (): void => {
      while (sent < FLOOD_BYTES && !client.destroyed) {
        sent += 65_536
        flooded = Math.max(flooded, sent)
        if (!client.write(Buffer.alloc(65_536, 0x20))) return void client.once('drain', more)
      }
    }
    more()
  }

  function page(client: Socket, upgraded: boolean): void {
    const html = '<html><head><title>Please log in</title></head></html>'
    if (upgraded) client.write(Buffer.concat([Buffer.from([0x81, html.length]), Buffer.from(html)]))
    else client.write(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${html.length}\r\n\r\n${html}`)
  }

  function shifted(data: Buffer): Buffer {
    if (line.dateAheadMs === 0) return data
    return Buffer.from(data.toString('latin1').replace(/\r\nDate: ([^\r\n]+)/i, (_all, date: string) => `\r\nDate: ${new Date(Date.parse(date) + line.dateAheadMs).toUTCString()}`), 'latin1')
  }

  const server = createServer((client) => {
    clients.add(client)
    client.on('error', () => undefined)
    client.once('close', () => clients.delete(client))
    if (line.quality === 'close') return void client.destroy()
    let upgraded = false
    let flooding = false
    const upstream = connect(port, '127.0.0.1')
    upstream.on('error', () => client.destroy())
    // The end of an answer that is still dripping, or was kept back, is not there yet.
    upstream.once('close', () => {
      if (line.quality !== 'drip' && line.quality !== 'silent') client.end()
    })
    client.once('close', () => upstream.destroy())
    client.on('data', (data) => upstream.write(data))
    upstream.on('data', (data: Buffer) => {
      pieces += 1
      if (line.cutAfter !== null && (line.cutAfter -= 1) < 0) {
        line.cutAfter = null
        return line.drop()
      }
      if (line.quality === 'silent' || flooding) return
      if (line.quality === 'close') return void client.destroy()
      if (line.quality === 'drip') return drip(client, data)
      if (line.quality === 'junk') return void client.write(junk(data.length))
      if (line.quality === 'page') return page(client, upgraded)
      if (line.quality === 'flood') {
        flooding = true
        return flood(client, upgraded)
      }
      upgraded ||= data.subarray(0, 12).toString('latin1') === 'HTTP/1.1 101'
      client.write(upgraded ? data : shifted(data))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))

  const line: BadLine = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    quality: 'good', cutAfter: null, dateAheadMs: 0,
    get pieces() {
      return pieces
    },
    get flooded() {
      return flooded
    },
    get connections() {
      return clients.size
    },
    drop() {
      for (const client of clients) client.destroy()
    },
    async close() {
      for (const timer of timers) clearTimeout(timer)
      this.drop()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
  return line
}
