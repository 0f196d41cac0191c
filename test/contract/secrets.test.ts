import { readFile, readdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startSimulator } from '../../electron/engine/simulator/simulator.ts'
import { makeDesk, runCommand, startEngine } from '../support/engine-process.ts'

const CANARY_KEY = 'canary-octoprint-key-5b1e77d2'
const CANARY_TOKEN = 'canary-webhook-token-0c44a9ef'
const ENV = { CANARY_KEY, CANARY_TOKEN, PRINTBELL_LOG: 'debug' }

/** A server that says everything back that it was told, as a badly made one does in its errors. */
async function startEcho(): Promise<{ url: string; stop(): void }> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString())).on('end', () => {
      response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify({ error: `refused ${JSON.stringify(request.headers)} ${body}` }))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => void server.close() }
}

async function everythingBelow(folder: string): Promise<string> {
  let text = ''
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) text += await readFile(join(entry.parentPath, entry.name), 'latin1')
  }
  return text
}

describe('secrets', () => {
  it('are in no line, log, database, export or error text, whatever the servers say back', async () => {
    const echo = await startEcho()
    const simulator = await startSimulator({ script: 'idle' })
    const desk = await makeDesk({
      printers: [
        { id: 'echo', name: 'Echo', server: { kind: 'octoprint', url: echo.url, apiKey: { env: 'CANARY_KEY' } } },
        { id: 'wrong', name: 'Wrong key', server: { kind: 'octoprint', url: simulator.url, apiKey: { env: 'CANARY_KEY' } } },
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
      await keep(['status', '--json', ...args])
      await engine.end('SIGTERM')
      seen += JSON.stringify(engine.lines) + engine.noise()
      for (const id of ['echo', 'wrong', 'inurl']) await keep(['test-server', id, '--json', ...args])
      await keep(['test-destination', 'hook', ...args])
      await keep(['check', ...args])
      await keep(['history', '--json', ...args])
      await keep(['export', ...args])
      await keep(['export', '--with-settings', ...args])
      await keep(['pair', 'echo', ...args])
      expect(seen).toContain('Hook')
      seen += await everythingBelow(desk.folder)
      for (const canary of [CANARY_KEY, CANARY_TOKEN]) {
        for (const form of [canary, encodeURIComponent(canary), Buffer.from(canary).toString('base64'), Buffer.from(`me:${canary}`).toString('base64')]) {
          expect(seen.includes(form), `${form} was found`).toBe(false)
        }
      }
    } finally {
      echo.stop()
      await simulator.stop()
      await desk.remove()
    }
  }, 60_000)
})
