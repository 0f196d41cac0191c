/**
 * A destination's far side for the fault run, in a process of its own. Arguments: FILE SEED FAILURES (0..1) keyed|keyless.
 * A part of what comes fails before it is accepted: 503, 429, a reset, or no answer at all. What is accepted is written down, on
 * disk, before it is answered. One JSON line each: { what: "accepted" | "known" | "cut", event, key }. "cut": the sender never read
 * the answer (the connection broke before the answer was out, or with the answer unread), so it can't know that it was accepted.
 */
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'

const [file, seed, failures, mode] = process.argv.slice(2)
const HANG_MS = 20_000
const LONGEST_THOUGHT_MS = 25
let at = Number(seed)
/** mulberry32: a run that failed can be run again. */
function chance() {
  at = (at + 0x6d2b79f5) | 0
  let mixed = Math.imul(at ^ (at >>> 15), 1 | at)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}

const known = new Set()
let accepted = 0
let underWay = 0
const write = (what, event, key) => appendFileSync(file, `${JSON.stringify({ what, event, key })}\n`)

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const { socket } = response
    if (chance() < Number(failures)) return refuse(response)
    const { id } = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    const key = request.headers['idempotency-key']
    const again = mode === 'keyed' && known.has(key)
    known.add(key)
    write(again ? 'known' : 'accepted', id, key)
    accepted += again ? 0 : 1
    underWay += 1
    // The kernel answers a reset for a reader that died with our answer unread.
    const unread = () => write('cut', id, key)
    socket.once('error', unread)
    // The next request on this connection says that the answer before it was read.
    socket.answered?.()
    socket.answered = () => socket.off('error', unread)
    response.once('close', () => {
      underWay -= 1
      if (response.writableFinished) return
      socket.off('error', unread)
      unread()
    })
    setTimeout(() => response.writeHead(204).end(), chance() * LONGEST_THOUGHT_MS)
  })
})

function refuse(response) {
  const how = chance()
  response.on('error', () => response.destroy())
  if (how < 0.6) return response.writeHead(503).end()
  if (how < 0.7) return response.writeHead(429, { 'retry-after': '1' }).end()
  if (how < 0.95) return response.socket.resetAndDestroy()
  setTimeout(() => response.destroy(), HANG_MS).unref()
}

server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', ({ id }) => process.send({ id, accepted, underWay }))
process.on('disconnect', () => process.exit(0))
