import { isAscii } from 'node:buffer'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundling } from './bundling.mjs'
import { root } from './paths.mjs'

const run = promisify(execFile)

/** Sends a form and a picture by axios, and says what was answered. */
const ENTRY = `
import axios from ${JSON.stringify(join(root, 'node_modules/axios/index.js'))}
const form = new FormData()
form.append('chat', 'm\u00fchle \u202f 5')
form.append('photo', new Blob([new Uint8Array([255, 216, 0])], { type: 'image/jpeg' }), 'snap.jpg')
const { data } = await axios.post(process.argv[2], form)
process.stdout.write(data)
`

describe('a bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'printbell-bundle-'))
  const file = join(folder, 'out', 'send.mjs')
  beforeAll(async () => {
    writeFileSync(join(folder, 'send.mjs'), ENTRY)
    await build({ ...bundling({ send: join(folder, 'send.mjs') }, { outDir: join(folder, 'out') }), logLevel: 'silent' })
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('sends a form with a picture as multipart, without the package for forms', async () => {
    /** @type {{ type: string, body: Buffer }[]} */
    const got = []
    const server = createServer(async (request, response) => {
      const parts = []
      for await (const part of request) parts.push(part)
      got.push({ type: request.headers['content-type'] ?? '', body: Buffer.concat(parts) })
      response.end('taken')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const { stdout } = await run(process.execPath, [file, `http://127.0.0.1:${server.address().port}/`])
      expect(stdout).toBe('taken')
    } finally {
      server.close()
    }
    expect(got).toHaveLength(1)
    expect(got[0].type).toMatch(/^multipart\/form-data; boundary=\S+$/)
    const text = got[0].body.toString('latin1')
    expect(text).toContain('name="chat"')
    expect(got[0].body.includes(Buffer.from('m\u00fchle \u202f 5', 'utf8'))).toBe(true)
    expect(text).toMatch(/name="photo"; filename="snap\.jpg"\r\nContent-Type: image\/jpeg\r\n\r\n\xff\xd8/)
  }, 30_000)
  it('is pure ASCII, and holds no table of media types and no HTTP/2', () => {
    const bytes = readFileSync(file)
    expect(isAscii(bytes)).toBe(true)
    const text = bytes.toString('latin1')
    expect(text).not.toContain('application/vnd.')
    expect(text).not.toMatch(/from\s*["'](node:)?http2/)
  })
})

/** Loads what a start loads, says which of Node's own modules that brought, uses what was put off, and says it again. */
const LATE_ENTRY = `
import { createHash, randomBytes } from 'node:crypto'
import * as https from 'node:https'
import tls from 'node:tls'
import { Worker } from 'node:worker_threads'
import axios from ${JSON.stringify(join(root, 'node_modules/axios/index.js'))}
import { pino } from ${JSON.stringify(join(root, 'node_modules/pino/pino.js'))}
import { WebSocketServer, WebSocket } from ${JSON.stringify(join(root, 'node_modules/ws/wrapper.mjs'))}
const NAMES = ['assert', 'crypto', 'https', 'tls', 'worker_threads']
const loaded = () => NAMES.filter((name) => globalThis.asked.has(name))
const atTheStart = loaded()
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
await new Promise((done) => server.once('listening', done))
server.on('connection', (socket) => socket.on('message', (data) => socket.send('heard ' + data)))
const socket = new WebSocket('ws://127.0.0.1:' + server.address().port)
socket.on('open', () => socket.send('a'.repeat(3)))
const echo = String((await new Promise((done) => socket.once('message', (data) => done(data)))))
socket.terminate()
server.close()
const lines = []
pino({}, { write: (line) => lines.push(JSON.parse(line).msg) }).info('told')
process.stdout.write(JSON.stringify({
  atTheStart, echo, lines,
  used: [createHash('sha1').update('').digest('hex'), randomBytes(4).length, typeof https.request, new https.Agent() instanceof https.Agent, typeof tls.connect, 'connect' in tls, typeof Worker, typeof axios.get],
  inTheEnd: loaded(),
}))
`

/** Notes what a bundle asks Node for. */
const LISTENER = `
const Module = require('node:module')
const load = Module._load
globalThis.asked = new Set()
Module._load = function (name) {
  globalThis.asked.add(name.replace(/^node:/, ''))
  return load.apply(this, arguments)
}
`

describe('modules of Node that a start can do without', () => {
  it('are loaded when something of them is used, and then are themselves', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'printbell-late-'))
    try {
      writeFileSync(join(folder, 'late.mjs'), LATE_ENTRY)
      await build({ ...bundling({ late: join(folder, 'late.mjs') }, { outDir: join(folder, 'out') }), logLevel: 'silent' })
      writeFileSync(join(folder, 'listener.cjs'), LISTENER)
      const { stdout } = await run(process.execPath, ['--require', join(folder, 'listener.cjs'), join(folder, 'out', 'late.mjs')])
      expect(JSON.parse(stdout)).toEqual({
        atTheStart: [],
        echo: 'heard aaa',
        lines: ['told'],
        used: ['da39a3ee5e6b4b0d3255bfef95601890afd80709', 4, 'function', true, 'function', true, 'function', 'function'],
        inTheEnd: ['crypto', 'https', 'tls', 'worker_threads'],
      })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }, 60_000)

  it('stop a build in words when a package that is changed for that is another one than it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'printbell-edit-'))
    try {
      mkdirSync(join(folder, 'node_modules', 'pino', 'lib'), { recursive: true })
      writeFileSync(join(folder, 'node_modules', 'pino', 'lib', 'tools.js'), 'module.exports = 1\n')
      writeFileSync(join(folder, 'entry.mjs'), "import './node_modules/pino/lib/tools.js'\n")
      const built = build({ ...bundling({ entry: join(folder, 'entry.mjs') }, { outDir: join(folder, 'out') }), logLevel: 'silent' })
      await expect(built).rejects.toThrow(/tools\.js is another one than it was/)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }, 60_000)
})
