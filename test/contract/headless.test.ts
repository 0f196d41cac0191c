import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { placesIn } from '../../electron/engine/places.ts'
import { SCRIPTS } from '../../electron/engine/simulator/scripts.ts'
import { startSimulator, type Simulator } from '../../electron/engine/simulator/simulator.ts'
import { eventOf, makeDesk, runCommand, startEngine, type Desk, type EngineProcess } from '../support/engine-process.ts'

/** A receiver that keeps what came, and answers 204. */
async function startReceiver(): Promise<{ url: string; got: { headers: IncomingMessage['headers']; body: string }[]; stop(): void }> {
  const got: { headers: IncomingMessage['headers']; body: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('latin1').on('data', (chunk: string) => (body += chunk)).on('end', () => {
      got.push({ headers: request.headers, body })
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`, got, stop: () => void server.close() }
}

describe('the headless commands', () => {
  let simulator: Simulator
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  let desk: Desk
  let engine: EngineProcess | null = null
  let env: Record<string, string>

  beforeAll(async () => {
    simulator = await startSimulator({ script: { ...SCRIPTS.demo, startsAfterMs: null, heatMs: 500, printMs: 2_000, steps: [] }, grantKeysAfterMs: 300 })
    receiver = await startReceiver()
    env = { SIM_KEY: simulator.apiKey, HOOK_TOKEN: 'canary-hook-token-93f1' }
  })
  afterAll(async () => {
    receiver.stop()
    await simulator.stop()
  })
  afterEach(async () => {
    await engine?.end('SIGKILL')
    engine = null
    // A killed engine leaves its socket, and that of a long path lies outside of the desk.
    await rm(placesIn(desk.data).controlSocket, { force: true })
    await desk.remove()
  })
  async function makeUsual(over: Record<string, unknown> = {}): Promise<string[]> {
    desk = await makeDesk({
      printers: [{ id: 'p1', name: 'Simulated', server: { kind: 'octoprint', url: simulator.url, apiKey: { env: 'SIM_KEY' } } }],
      destinations: [{ id: 'hook', label: 'My hook', channel: 'webhook', config: { url: receiver.url, token: { env: 'HOOK_TOKEN' } }, events: ['*'] }],
      ...over,
    })
    receiver.got.length = 0
    return ['--settings', desk.settings, '--data', desk.data]
  }

  it('"check" tells what the settings mean, and names a missing secret with its cure', async () => {
    const args = await makeUsual()
    const good = await runCommand(['check', ...args], env)
    expect(good).toMatchObject({ status: 0, stderr: '' })
    expect(good.stdout).toContain('p1 "Simulated" from p1')
    expect(good.stdout).toContain('No engine runs on')
    const bad = await runCommand(['check', ...args], { HOOK_TOKEN: 'x' })
    expect(bad.status).toBe(1)
    expect(bad.stderr).toContain('SIM_KEY is not set')
  })

  it('names every mistake in a settings file at once, and where JSON ends to be JSON', async () => {
    await makeUsual()
    await writeFile(desk.settings, '{ "version": 1, "printers": [ { "id": "p 1", "name": "" } ], "destinatons": [] }')
    const wrong = await runCommand(['watch', '--settings', desk.settings, '--data', desk.data], env)
    expect(wrong).toMatchObject({ status: 1, stdout: '' })
    expect(wrong.stderr).toContain('printers[0].id')
    expect(wrong.stderr).toContain('destinatons')
    await writeFile(desk.settings, '{ "version": 1,\n  "printers": [ }')
    expect((await runCommand(['watch', '--settings', desk.settings, '--data', desk.data], env)).stderr).toMatch(/line 2, column 17/)
    const none = await runCommand(['check', '--settings', join(desk.folder, 'none.json'), '--data', desk.data], env)
    expect(none).toMatchObject({ status: 1, stdout: '' })
    expect(none.stderr).toContain('There is no settings file')
  })

  it('tells mistakes of form, kind and secret in one round, and counts a secret that is not set among the problems', async () => {
    await makeUsual()
    await writeFile(desk.settings, JSON.stringify({
      version: 1,
      colour: 'red',
      printers: [{ id: 'p1', name: 'One', server: { kind: 'octoprimt', url: 'http://a' } }],
      destinations: [{ id: 'hook', label: 'Hook', channel: 'webhook', config: { url: receiver.url, token: 'canary-token-written-out' } }],
    }))
    const wrong = await runCommand(['check', '--settings', desk.settings, '--data', desk.data], env)
    expect(wrong.status).toBe(1)
    expect(wrong.stderr).toContain('3 problems')
    expect(wrong.stderr).toContain('colour: is not a known field')
    expect(wrong.stderr).toContain('printers[0].server.kind: is not a known kind of printer server. Did you mean "octoprint"?')
    expect(wrong.stderr).toContain('destinations[0].config.token: is a secret written into the settings')
    expect(wrong.stderr).not.toContain('canary')
    await writeFile(desk.settings, JSON.stringify({ version: 1, printers: [{ id: 'p1', name: 'One', server: { kind: 'octoprint', url: simulator.url } }], destinations: [] }))
    const unset = await runCommand(['check', '--settings', desk.settings, '--data', desk.data], env)
    expect(unset.status).toBe(1)
    expect(unset.stderr).toMatch(/^problem: printers\[0\]\.server\.apiKey is not set/m)
    const network = { proxy: 'none', ca: join(desk.folder, 'none.pem') }
    await writeFile(desk.settings, JSON.stringify({ version: 1, destinations: [{ id: 'hook', label: 'Hook', channel: 'webhook', config: { url: receiver.url }, network }], ping: { url: { env: 'PING_URL' } } }))
    expect((await runCommand(['check', '--settings', desk.settings, '--data', desk.data], env)).stderr.split('\n').filter((line) => line.startsWith('problem'))).toEqual([
      'problem: destination "hook": The file of its certificate authority does not exist. Name a PEM file with the authority\'s certificate.',
      'problem: ping.url: The environment variable PING_URL is not set. Set it for the process that runs Printbell.',
    ])
  })

  it('"schema" is a JSON Schema that knows the printer kinds and channels', async () => {
    await makeUsual()
    const { status, stdout } = await runCommand(['schema'], env)
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ type: 'object' })
    expect(stdout).toContain('octoprint')
    expect(stdout).toContain('webhook')
  })

  it('unknown words end with status 2 and help', async () => {
    await makeUsual()
    expect(await runCommand(['wach'], env)).toMatchObject({ status: 2, stdout: '' })
    expect((await runCommand(['send', 'hook', '--printer', 'p1', '--kind', 'job.dun'], env)).status).toBe(2)
    expect((await runCommand(['--help'], env)).status).toBe(0)
  })

  it('"test-destination" and "test-server" give the far side\'s real answer without an engine', async () => {
    const args = await makeUsual()
    const destination = await runCommand(['test-destination', 'hook', ...args], env)
    expect(destination.stdout).toContain('My hook: delivered')
    expect(destination.status).toBe(0)
    expect(receiver.got[0]?.headers.authorization).toBe('Bearer canary-hook-token-93f1')
    const server = await runCommand(['test-server', 'p1', '--json', ...args], env)
    expect(server.status).toBe(0)
    expect(JSON.parse(server.stdout)).toMatchObject({ cause: 'ok', version: expect.stringContaining('1.11.8') as string })
    const unknown = await runCommand(['test-destination', 'hok', ...args], env)
    expect(unknown).toMatchObject({ status: 1, stdout: '' })
    expect(unknown.stderr).toContain('there is no destination "hok"; there are: hook')
  })

  it('"send" rehearses through rules, history and channel, alone and beside a running engine', async () => {
    const args = await makeUsual()
    const alone = await runCommand(['send', 'hook', '--printer', 'p1', '--kind', 'job.done', ...args], env)
    expect(alone.stdout).toMatch(/decision: deliver[^]*attempt: delivered/)
    expect(alone.status).toBe(0)
    engine = startEngine(desk, env)
    await engine.wait('the link', (line) => line.line === 'link' && line.link === 'up')
    const beside = await runCommand(['send', 'hook', '--printer', 'p1', '--kind', 'job.failed', ...args], env)
    expect(beside.stdout).toMatch(/decision: deliver[^]*attempt: delivered/)
    const heard = await engine.wait('the rehearsal', eventOf('job.failed'))
    expect(heard.event).toMatchObject({ reason: 'rehearsal', printerId: 'p1' })
    const told = await runCommand(['history', '--json', '--data', desk.data], env)
    expect(told.stdout.trim().split('\n').map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(['job.done', 'job.failed'])
    const id = (heard.event as { id: string }).id
    expect((await runCommand(['history', '--why', id, '--data', desk.data], env)).stdout).toMatch(/hook: deliver[^]*try 1/)
  })

  it('a second "watch" on the same data is refused in clear words', async () => {
    const args = await makeUsual()
    engine = startEngine(desk, env)
    await engine.wait('the link', (line) => line.line === 'link' && line.link === 'up')
    const second = await runCommand(['watch', '--json', ...args], env)
    expect(second).toMatchObject({ status: 1, stdout: '' })
    expect(second.stderr).toMatch(/another printbell/i)
    expect(second.stderr).not.toMatch(/ {4}at /)
  })

  it('"watch --json" prints nothing but the five kinds of lines, and a print\'s end reaches the webhook with its picture', async () => {
    await makeUsual()
    engine = startEngine(desk, env)
    await engine.wait('the link', (line) => line.line === 'link' && line.link === 'up')
    simulator.control.wish({ do: 'start', user: 'somebody' })
    const done = await engine.wait('the end', eventOf('job.done'))
    await engine.wait('its delivery', (line) => line.line === 'attempt' && line.eventId === (done.event as { id: string }).id)
    expect(await engine.end('SIGTERM')).toMatchObject({ status: 0 })
    expect(new Set(engine.lines.map((line) => line.line))).toEqual(new Set(['event', 'suppressed', 'decision', 'attempt', 'link'].filter((kind) => engine?.lines.some((line) => line.line === kind))))
    expect(engine.noise()).not.toContain('not JSON')
    const received = receiver.got.find(({ body }) => body.includes('job.done'))
    expect(received?.headers['content-type']).toContain('multipart/form-data')
    expect(received?.body).toContain('snapshot.jpg')
    expect(received?.body).toContain('\u00ff\u00d8\u00ff')
    const decision = engine.lines.find((line) => line.line === 'decision' && line.eventId === (done.event as { id: string }).id)
    expect(decision).toMatchObject({ destinationId: 'hook', decision: 'deliver', stage: 'deliver', seq: 1, until: null })
  })

  it('the socket and the data folder are closed to others, and the socket goes with the engine', async () => {
    await makeUsual()
    engine = startEngine(desk, env)
    await engine.wait('the link', (line) => line.line === 'link' && line.link === 'up')
    expect((await stat(join(desk.data, 'control.sock'))).mode & 0o777).toBe(0o600)
    expect((await stat(desk.data)).mode & 0o777).toBe(0o700)
    await engine.end('SIGTERM')
    await expect(stat(join(desk.data, 'control.sock'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('a data folder with a long path still has a control endpoint', async () => {
    await makeUsual()
    desk.data = join(desk.folder, 'a folder with a long name '.repeat(4), 'and another one '.repeat(4))
    await mkdir(desk.data, { recursive: true })
    engine = startEngine(desk, env)
    await engine.wait('the link', (line) => line.line === 'link' && line.link === 'up')
    expect((await runCommand(['status', '--data', desk.data], env)).stdout).toContain('server p1: up')
    const { controlSocket } = placesIn(desk.data)
    expect((await stat(controlSocket)).mode & 0o777).toBe(0o600)
    expect((await stat(dirname(controlSocket))).mode & 0o777).toBe(0o700)
    await engine.end('SIGTERM')
    await expect(stat(controlSocket)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('"pair" gets a key that is confirmed at the server, into a file for the owner only, and prints no key', async () => {
    await makeUsual({ printers: [{ id: 'p1', name: 'Simulated', server: { kind: 'octoprint', url: simulator.url, apiKey: { file: 'p1.key' } } }] })
    const args = ['--settings', desk.settings, '--data', desk.data]
    const paired = await runCommand(['pair', 'p1', ...args], env)
    expect(paired).toMatchObject({ status: 0 })
    const file = join(desk.folder, 'p1.key')
    const key = (await readFile(file, 'utf8')).trim()
    expect(key.length).toBeGreaterThan(8)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(paired.stdout + paired.stderr).not.toContain(key)
    expect((await runCommand(['test-server', 'p1', ...args], env)).stdout).toContain('p1: ok')
    const unpaired = await runCommand(['unpair', 'p1', ...args], env)
    expect(unpaired).toMatchObject({ status: 0, stderr: '' })
    expect(unpaired.stdout).toContain('p1: revoked.')
    expect(unpaired.stdout).toContain(`Remove the file ${file}, and "apiKey" or all of server "p1" from the settings`)
    expect((await runCommand(['test-server', 'p1', ...args], env)).stdout).toContain('p1: key_invalid')
    const again = await runCommand(['unpair', 'p1', ...args], env)
    expect(again.status).toBe(1)
    expect(again.stdout).toContain('p1: not revoked.')
  })

  it('"export" and "import" carry settings and history without a secret', async () => {
    const args = await makeUsual()
    await runCommand(['send', 'hook', '--printer', 'p1', '--kind', 'job.done', ...args], env)
    const lines = (await runCommand(['export', '--data', desk.data], env)).stdout.trim().split('\n').map((line) => (JSON.parse(line) as { line: string }).line)
    expect(lines).toEqual(expect.arrayContaining(['history', 'event', 'decision', 'attempt']))
    const settings = await runCommand(['export', '--with-settings', ...args], env)
    expect(JSON.parse(settings.stdout)).toMatchObject({ version: 1, destinations: [{ id: 'hook' }] })
    const copy = join(desk.folder, 'copy.json')
    await writeFile(copy, settings.stdout)
    const imported = await runCommand(['import', copy, '--settings', join(desk.folder, 'new.json'), '--data', desk.data], env)
    expect(imported.status).toBe(0)
    expect((await runCommand(['check', '--settings', join(desk.folder, 'new.json'), '--data', desk.data], env)).status).toBe(0)
  })

  it('ends by itself after --seconds with status 0', async () => {
    const args = await makeUsual()
    expect(await runCommand(['watch', '--seconds', '1', '--json', ...args], env)).toMatchObject({ status: 0 })
  })
})
