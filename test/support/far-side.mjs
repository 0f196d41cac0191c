/**
 * The far side of a channel that speaks HTTP, in a process of its own. It keeps a receipt of every request that came in whole, taken
 * before it answers, and answers by rules that the test sends: the first that fits method and path, as often as `times` says.
 * A rule: { method?, path (a pattern, matched against path and query), times?, status?, headers?, body?, how? }; `how`: "hang"
 * (never answers), "reset" (breaks the connection), "half" (breaks off in the body), "flood" (a body without end).
 */
import { createServer } from 'node:http'

let rules = []
let receipts = []

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    receipts.push({ at: Date.now(), method: request.method, path: request.url, headers: request.headers, body: body.toString('base64') })
    const rule = rules.find((one) => (one.times ?? 1) > 0 && (one.method ?? request.method) === request.method && new RegExp(one.path).test(request.url))
    if (rule?.times !== undefined) rule.times -= 1
    answer(rule ?? { status: 404, body: 'no rule for this' }, response)
  })
})

function answer({ how, status = 200, headers = {}, body = '' }, response) {
  if (how === 'hang') return
  if (how === 'reset') return response.socket.resetAndDestroy()
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'text/plain' : 'application/json'
  if (how === 'half') {
    response.writeHead(status, { 'content-type': type, 'content-length': String(text.length + 100), ...headers })
    // Ended, not reset: a reset may overtake the head, and then nothing of the answer is there.
    response.write(text, () => response.socket.end())
    return
  }
  response.writeHead(status, { 'content-type': type, ...headers })
  if (how !== 'flood') return response.end(text)
  const more = () => {
    while (!response.destroyed && response.write('x'.repeat(65_536)));
    if (!response.destroyed) response.once('drain', more)
  }
  more()
}

process.on('message', ({ id, rules: wanted, forget, ask }) => {
  if (wanted) rules = wanted
  if (forget) receipts = []
  process.send({ id, receipts: ask ? receipts : undefined })
})
process.on('disconnect', () => process.exit(0))
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
