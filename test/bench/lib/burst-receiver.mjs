/**
 * Where the burst goes, in a process of its own: /ok/N takes it, /broken/N answers 503. Counts by path, with the time of each first
 * sight of an event: { id } is asked over the process's channel and answered with { id, accepted, last, latencies }.
 */
import { createServer } from 'node:http'
import { performance } from 'node:perf_hooks'

let accepted = 0
let last = 0
/** ms from the event's own time to its arrival, by path. */
let latencies = {}

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    if (request.url.startsWith('/broken')) return response.writeHead(503).end()
    accepted += 1
    // Finer than whole ms: one of them is 5 % of what is measured.
    last = performance.timeOrigin + performance.now()
    const time = /"time":(\d{13})/.exec(Buffer.concat(chunks).toString('latin1'))?.[1]
    if (time) (latencies[request.url] ??= []).push(last - Number(time))
    response.writeHead(204).end()
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', ({ id, forget }) => {
  process.send({ id, accepted, last, latencies })
  if (!forget) return
  accepted = 0
  latencies = {}
})
process.on('disconnect', () => process.exit(0))
