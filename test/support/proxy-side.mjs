/**
 * An HTTP proxy in a process of its own, with a TLS server behind it that nobody else reaches. It keeps a receipt of each request that
 * it was asked to make (the target of a CONNECT, the whole address of a plain one) and of what came through. `how`: "ok" (any name leads
 * to the far side behind it), "login" (407), "refuse" (403), "gone" (410), "hang" (never answers), "reset".
 * Arguments: key and certificate of the far side, as JSON.
 */
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { connect } from 'node:net'

const tls = JSON.parse(process.argv[2])
let how = 'ok'
let receipts = []

function keep(through) {
  return (request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      receipts.push({ through, method: request.method, target: request.url, host: request.headers.host, authorization: request.headers.authorization ?? null, proxyAuthorization: request.headers['proxy-authorization'] ?? null, body: Buffer.concat(chunks).toString() })
      answer(through, response)
    })
  }
}

const STATUS = { login: 407, refuse: 403, gone: 410 }

function answer(through, response) {
  if (through === 'plain' && how === 'hang') return
  if (through === 'plain' && how === 'reset') return response.socket.resetAndDestroy()
  response.writeHead(through === 'plain' ? STATUS[how] ?? 204 : 204)
  response.end()
}

const behind = createSecureServer(tls, keep('tunnel'))
const proxy = createServer(keep('plain'))
proxy.on('connection', (socket) => socket.on('error', () => socket.destroy()))
proxy.on('connect', (request, socket) => {
  receipts.push({ through: 'connect', method: 'CONNECT', target: request.url, host: request.headers.host, authorization: request.headers.authorization ?? null, proxyAuthorization: request.headers['proxy-authorization'] ?? null, body: '' })
  // Only who reads hears that the other one has gone.
  if (how !== 'ok') socket.resume().on('end', () => socket.end())
  if (how === 'hang') return
  if (how === 'reset') return socket.resetAndDestroy()
  if (how !== 'ok') return socket.end(`HTTP/1.1 ${STATUS[how]} No\r\nContent-Length: 0\r\n\r\n`)
  const onward = connect(behind.address().port, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    onward.pipe(socket)
    socket.pipe(onward)
  })
  onward.on('error', () => socket.destroy())
  // One end gone, the other goes with it: who is piped nowhere reads no end of its own.
  onward.on('close', () => socket.destroySoon())
  socket.on('error', () => onward.destroy())
})

process.on('message', ({ id, play, ask }) => {
  if (play !== undefined) {
    how = play
    receipts = []
  }
  proxy.getConnections((_error, open) => process.send({ id, receipts: ask ? receipts : undefined, open }))
})
process.on('disconnect', () => process.exit(0))
behind.listen(0, '127.0.0.1', () => proxy.listen(0, '127.0.0.1', () => process.send({ port: proxy.address().port, farPort: behind.address().port })))
