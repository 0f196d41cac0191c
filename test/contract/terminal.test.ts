import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeDesk, runCommand, startEngine, type Desk } from '../support/engine-process.ts'

const EVIL = 'a\u001b[2J\u001b]0;title\u0007\u009b5A\r\u0008\u202eb'
/** Control characters but newline and tab, C1 among them, and a sign of writing direction. */
const MOVES = /[\u202e]|[^\P{Cc}\n\t]/u

describe('a server that tries to move the cursor', () => {
  let desk: Desk
  let stop: () => void
  beforeEach(async () => {
    const server = createServer((request, response) => {
      const page = request.url?.startsWith('/page') ?? false
      response.writeHead(page ? 200 : 403, { 'content-type': page ? 'text/html; charset=utf-8' : 'application/json', server: 'nginx' })
      response.end(page ? `<html><head><title>${EVIL}</title></head></html>` : JSON.stringify({ error: EVIL, title: EVIL }))
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    stop = () => void server.close()
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    desk = await makeDesk({
      printers: [
        { id: 'api', name: 'Api', server: { kind: 'octoprint', url, apiKey: { env: 'KEY' } } },
        { id: 'page', name: 'Page', server: { kind: 'octoprint', url: `${url}/page`, apiKey: { env: 'KEY' } } },
      ],
      destinations: [],
    })
  })
  afterEach(async () => {
    stop()
    await desk.remove()
  })

  it('can not, in "test-server", "pair", "status" or "watch", for people and as JSON', async () => {
    const env = { KEY: 'some-long-api-key' }
    const args = ['--settings', desk.settings, '--data', desk.data]
    for (const command of [['test-server', 'api'], ['test-server', 'page'], ['test-server', 'api', '--json'], ['test-server', 'page', '--json'], ['pair', 'api'], ['watch', '--seconds', '2'], ['watch', '--seconds', '2', '--json']]) {
      const { stdout, stderr } = await runCommand([...command, ...args], env)
      expect(stdout + stderr, command.join(' ')).not.toBe('')
      expect(stdout + stderr, command.join(' ')).not.toMatch(MOVES)
      if (command.includes('--json')) for (const line of stdout.trim().split('\n').filter((text) => text !== '')) expect(() => JSON.parse(line) as unknown, line).not.toThrow()
    }
    const engine = startEngine(desk, env)
    try {
      await engine.wait('a refusal', (line) => line.line === 'link' && line.serverId === 'api' && line.link !== 'connecting')
      const status = await runCommand(['status', ...args], env)
      expect(status.stdout).toContain('server api: ')
      expect(status.stdout + status.stderr).not.toMatch(MOVES)
    } finally {
      await engine.end('SIGTERM')
    }
  }, 60_000)
})
