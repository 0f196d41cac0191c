/**
 * A webhook's far side in a process of its own. Prints its port, then one JSON line per request that came in whole: its own
 * receipt, taken before it answers. The path says how it answers: /STATUS, /STATUS?retry=VALUE, /hang, /reset, /slow-body, /flood, /redirect.
 */
import { createServer } from 'node:http'

const receipts = []
const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://x')
  if (url.pathname === '/receipts') {
    response.end(JSON.stringify(receipts))
    return
  }
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    receipts.push({ method: request.method, path: url.pathname, headers: request.headers, bytes: body.length, body: body.toString('base64') })
    answer(url, body, response)
  })
})

function answer(url, body, response) {
  const [, word] = url.pathname.split('/')
  if (word === 'hang') return
  if (word === 'reset') {
    response.socket.resetAndDestroy()
    return
  }
  if (word === 'slow-body') {
    response.writeHead(200, { 'content-length': '100' })
    response.write('only a part')
    return
  }
  if (word === 'flood') {
    response.writeHead(200)
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      if (!response.destroyed) response.once('drain', more)
    }
    more()
    return
  }
  if (word === 'redirect') {
    response.writeHead(307, { location: '/200' })
    response.end()
    return
  }
  // Too large only with a picture, as real receivers are.
  const status = word === 'small' ? (body.length > 3_000 ? 413 : 200) : Number(word)
  const retry = url.searchParams.get('retry')
  response.writeHead(status, retry === null ? {} : { 'retry-after': retry })
  response.end('thank you')
}

server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
process.on('disconnect', () => process.exit(0))
