import { readFile, readdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startSimulator } from '../../electron/engine/simulator/simulator.ts'
import { makeDesk, runCommand, startEngine } from '../support/engine-process.ts'

const CANARY_KEY = 'canary-octoprint-key-5b1e77d2'
const CANARY_TOKEN = 'canary-webhook-token-0c44a9ef'
const USERS = ['u', 'me', 'bob']
const ENV = { CANARY_KEY, CANARY_TOKEN, PRINTBELL_LOG: 'debug' }

/**
 * A server that says everything back that it was told, as a badly made one does in its errors: with the status its path begins
 * with ("/500/..."), else with 403, 500 and 409 by turns.
 */
async function startEcho(): Promise<{ url: string; statuses: Set<number>; stop(): void }> {
  const statuses = new Set<number>()
  let turn = 0
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString())).on('end', () => {
      const status = Number(/^\/(\d{3})(?:\/|$)/.exec(request.url ?? '')?.[1] ?? [403, 500, 409][turn++ % 3])
      statuses.add(status)
      const { authorization = '' } = request.headers
      // Also what a server sees of it: its parts alone, decoded, and as part of an address.
      const decoded = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString()
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: `refused ${authorization} ${String(request.headers['x-api-key'])} ${decoded} ${encodeURIComponent(decoded)} ${JSON.stringify(request.headers)} ${body}` }))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, statuses, stop: () => void server.close() }
}

async function everythingBelow(folder: string): Promise<string> {
  let text = ''
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) text += await readFile(join(entry.parentPath, entry.name), 'latin1')
  }
  return text
}

/** Base64 of both without the characters at the end that depend on what follows, and without those of `before` alone. */
function middleOf(before: string, canary: string): string {
  return Buffer.from(before + canary).toString('base64').slice(Math.ceil((before.length * 4) / 3), Math.floor(((before.length + canary.length) * 4) / 3))
}

describe('secrets', () => {
  it('R35: are in no line, log, database, export or error text, whatever the servers say back', async () => {
    const echo = await startEcho()
    const simulator = await startSimulator({ script: 'idle' })
    const desk = await makeDesk({
      printers: [
        { id: 'echo', name: 'Echo', server: { kind: 'octoprint', url: echo.url, apiKey: { env: 'CANARY_KEY' } } },
        { id: 'wrong', name: 'Wrong key', server: { kind: 'octoprint', url: simulator.url, apiKey: { env: 'CANARY_KEY' } } },
        // One user for each place of the password in the groups of base64, and one status each.
        ...USERS.map((user, index) => ({ id: `basic${user.length}`, name: `Basic ${user.length}`, server: { kind: 'octoprint', url: `${echo.url}/${[403, 500, 409][index]}`, basicUser: user, basicPassword: { env: 'CANARY_TOKEN' }, apiKey: { env: 'CANARY_KEY' } } })),
        { id: 'inurl', name: 'Login', server: { kind: 'octoprint', url: simulator.url, basicUser: 'me', basicPassword: { env: 'CANARY_TOKEN' }, apiKey: { env: 'CANARY_KEY' } } },
      ],
      destinations: [{ id: 'hook', label: 'Hook', channel: 'webhook', config: { url: `${echo.url}/hook`, token: { env: 'CANARY_TOKEN' } }, events: ['*'] }],
    })
    const args = ['--settings', desk.settings, '--data', desk.data]
    let seen = ''
    const keep = async (command: string[]): Promise<void> => {
      const { stdout, stderr } = await runCommand(command, ENV)
      seen += stdout + stderr
    }
    try {
      const engine = startEngine(desk, ENV)
      await engine.wait('a refusal', (line) => line.line === 'link' && line.serverId === 'wrong' && line.link === 'auth_failed')
      await engine.wait('the echo\'s refusal', (line) => line.line === 'link' && line.serverId === 'echo' && line.link !== 'connecting')
      await keep(['send', 'hook', '--printer', 'echo', '--kind', 'job.failed', ...args])
      for (const user of USERS) await engine.wait(`the refusal of ${user}`, (line) => line.line === 'link' && line.serverId === `basic${user.length}` && line.link !== 'connecting')
      await keep(['status', '--json', ...args])
      await keep(['status', ...args])
      for (const action of ['pause', 'cancel']) for (const id of ['echo', 'wrong', 'basic2']) await keep(['do', id, action, '--yes', ...args])
      await engine.end('SIGTERM')
      seen += JSON.stringify(engine.lines) + engine.noise()
      // The view for people, which is written otherwise.
      await keep(['watch', '--seconds', '3', ...args])
      for (const id of ['echo', 'wrong', 'inurl', 'basic1', 'basic2', 'basic3']) {
        await keep(['test-server', id, '--json', ...args])
        await keep(['test-server', id, ...args])
      }
      await keep(['test-destination', 'hook', ...args])
      await keep(['check', ...args])
      await keep(['history', '--json', ...args])
      await keep(['export', ...args])
      await keep(['export', '--with-settings', ...args])
      await keep(['pair', 'echo', ...args])
      expect(seen).toContain('Hook')
      // The echoes did reach the texts.
      expect(seen).toContain('refused')
      expect(seen).toContain('[secret]')
      expect([...echo.statuses].sort()).toEqual([403, 409, 500])
      seen += await everythingBelow(desk.folder)
      for (const canary of [CANARY_KEY, CANARY_TOKEN]) {
        for (const form of [canary, encodeURIComponent(canary), ...['', ...USERS].map((user) => middleOf(user === '' ? '' : `${user}:`, canary))]) {
          expect(seen.includes(form), `${form} was found`).toBe(false)
        }
      }
    } finally {
      echo.stop()
      await simulator.stop()
      await desk.remove()
    }
  }, 90_000)
})
