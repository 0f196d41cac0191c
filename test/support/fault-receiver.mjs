/**
 * A webhook's and a camera's far side in a process of its own. Its receipts lie on disk, one JSON line per POST that came in
 * whole, written before it answers, so that they outlive whoever sent and whoever looks. Arguments: FILE [PORT]. Prints
 * its port. The path says how it answers:
 *   /ok /slow?ms=N /hang (30 s, the first time) /reset?ms=N and /down?ms=N (broken until N ms after the first POST)
 *   /camera/none /camera/late?ms=N /camera/html /camera/missing /camera/huge /camera/drip
 */
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'

const [file, port = '0'] = process.argv.slice(2)
const HANG_MS = 30_000
/** When the first POST of a path came; epoch ms. */
const firstAt = new Map()
const hung = new Set()

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://x')
  const [, word, what] = url.pathname.split('/')
  const ms = Number(url.searchParams.get('ms') ?? 0)
  response.on('error', () => response.destroy())
  if (word === 'camera') return camera(what, ms, response)
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    if (!firstAt.has(url.pathname)) firstAt.set(url.pathname, Date.now())
    const broken = Date.now() - firstAt.get(url.pathname) < ms
    const status = word === 'hang' && !hung.has(url.pathname) ? 'hang' : word === 'reset' && broken ? 'reset' : word === 'down' && broken ? 500 : 204
    const json = eventOf(body)
    const picture = body.includes('filename="snapshot.jpg"')
    appendFileSync(file, `${JSON.stringify({ at: Date.now(), path: url.pathname, key: request.headers['idempotency-key'], status, picture, event: json })}\n`)
    if (status === 'reset') return response.socket.resetAndDestroy()
    const answer = () => response.writeHead(status === 'hang' ? 204 : status).end()
    if (status === 'hang') {
      hung.add(url.pathname)
      setTimeout(answer, HANG_MS).unref()
    } else if (word === 'slow') setTimeout(answer, ms)
    else answer()
  })
})

/** The event of a body: plain JSON, or the first part of a form. */
function eventOf(body) {
  const text = body.toString('utf8')
  const from = text.indexOf('{')
  const end = text.startsWith('{') ? text.length : text.indexOf('\r\n--', from)
  return JSON.parse(text.slice(from, end))
}

function camera(what, ms, response) {
  if (what === 'none') return
  if (what === 'missing') return void response.writeHead(404).end()
  if (what === 'html') return void response.writeHead(200, { 'content-type': 'image/jpeg' }).end('<!doctype html><title>Login</title>')
  const start = Buffer.from([0xff, 0xd8, 0xff, 0xe0])
  if (what === 'late') return void setTimeout(() => response.writeHead(200, { 'content-type': 'image/jpeg' }).end(start), ms).unref()
  response.writeHead(200, { 'content-type': 'image/jpeg' })
  response.write(start)
  if (what === 'drip') {
    const timer = setInterval(() => response.write('x'), 100)
    response.once('close', () => clearInterval(timer))
    return
  }
  // 200 MB, as fast as they are taken.
  const block = Buffer.alloc(1_000_000, 0x5a)
  let left = 200
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left -= 1
      if (!response.write(block)) return void response.once('drain', more)
    }
    response.end()
  }
  more()
}

server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
process.on('disconnect', () => process.exit(0))
