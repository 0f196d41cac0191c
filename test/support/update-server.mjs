/**
 * An update server as a process of its own, with receipts: node update-server.mjs FOLDER, where each folder inside is a path. A folder's name tells what is wrong
 * there: "cut" ends large files in the middle, "bytes" changes them, "slow" never comes to their end. "/hook" answers when "/release" is asked for.
 * Prints its port.
 */
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join, normalize } from 'node:path'
import { Transform } from 'node:stream'

const folder = process.argv[2]
const SLICE = 2_000_000
const receipts = []
const held = []

const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, 'http://x').pathname)
  if (path === '/receipts') return void response.end(JSON.stringify(receipts))
  const receipt = { path, ended: null }
  receipts.push(receipt)
  response.on('close', () => (receipt.ended = response.writableFinished ? 'whole' : 'cut'))
  if (path === '/hook') return void held.push(response)
  if (path === '/release') {
    for (const one of held.splice(0)) one.end('{}')
    return void response.end()
  }
  const file = join(folder, normalize(path))
  if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end()
  give(file, path.split('/')[1], response)
})

function give(file, how, response) {
  const { size } = statSync(file)
  const large = size > SLICE
  response.writeHead(200, { 'content-length': size })
  if (large && how === 'cut') createReadStream(file, { end: SLICE }).on('data', (part) => response.write(part)).on('end', () => setTimeout(() => response.destroy(), 100))
  else if (large && how === 'slow') createReadStream(file, { end: SLICE }).pipe(response, { end: false })
  else if (large && how === 'bytes') createReadStream(file).pipe(new Transform({ transform: (part, _encoding, done) => done(null, part.map((byte) => byte ^ 1)) })).pipe(response)
  else createReadStream(file).pipe(response)
}

server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
