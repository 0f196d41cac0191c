import { isAscii } from 'node:buffer'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
