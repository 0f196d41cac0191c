import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SCRIPTS } from '../../electron/engine/simulator/scripts.ts'
import { startSimulator, type Simulator } from '../../electron/engine/simulator/simulator.ts'
import { makeDesk, runCommand, startEngine, type Desk, type EngineProcess } from '../support/engine-process.ts'

/** Answers 204, or nothing at all while it hangs. */
async function startReceiver() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      receiver.requests += 1
      if (!receiver.hangs) response.writeHead(204).end()
    })
  })
  const receiver = {
    url: '',
    requests: 0,
    hangs: false,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`
  return receiver
}

/** Looks every 20 ms; the test's own time limit ends it. */
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((done) => setTimeout(done, 20))
}

describe('beside a running engine', () => {
  let simulator: Simulator
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  let desk: Desk
  let engine: EngineProcess
  let env: Record<string, string>

  beforeAll(async () => {
    simulator = await startSimulator({ script: { ...SCRIPTS.demo, startsAfterMs: null, steps: [] } })
    receiver = await startReceiver()
    env = { SIM_KEY: simulator.apiKey }
  })
  afterAll(async () => {
    receiver.stop()
    await simulator.stop()
  })
  beforeEach(async () => {
    desk = await makeDesk({
      printers: [{ id: 'p1', name: 'Simulated', server: { kind: 'octoprint', url: simulator.url, apiKey: { env: 'SIM_KEY' } } }],
      destinations: [{ id: 'hook', label: 'My hook', channel: 'webhook', config: { url: receiver.url }, events: ['*'] }],
    })
    receiver.hangs = false
  })
  afterEach(async () => {
    if (engine.child.exitCode === null && engine.child.signalCode === null) await engine.end('SIGKILL')
    await desk.remove()
  })

  async function watching(): Promise<EngineProcess> {
    const started = startEngine(desk, env)
    await started.wait('the link', (line) => line.line === 'link' && line.link === 'up')
    return started
  }
  const command = (...words: string[]) => runCommand([...words, '--data', desk.data], env)
  const send = () => command('send', 'hook', '--printer', 'p1', '--kind', 'job.failed', '--settings', desk.settings)

  it('"do" names the printers there are, and takes answers and G-code', async () => {
    engine = await watching()
    expect((await command('do', 'p9', 'pause')).stderr).toContain('there is no printer "p9"; there are: p1')
    expect((await command('do', 'p1', 'answer')).stderr).toContain('"answer" takes the number of the choice')
    expect((await command('do', 'p1', 'answer', '1')).stdout).toMatch(/^(refused|stale|unsupported): /)
    expect((await command('do', 'p1', 'gcode')).stderr).toContain('"gcode" takes the lines in quotes')
    await command('do', 'p1', 'gcode', 'M117 Hello\\nM300')
    expect(simulator.control.gcode).toEqual(expect.arrayContaining(['M117 Hello', 'M300']))
  })

  it('a mute is listed with its end, and taken back', async () => {
    engine = await watching()
    expect(await command('silences')).toMatchObject({ status: 0, stdout: '', stderr: expect.stringContaining('Nothing is muted.') as string })
    expect((await command('do', 'p1', 'mute')).stdout).toMatch(/^done: Muted until (\d+ \w+ )?\d\d:\d\d, also critical events\.$/m)
    expect((await command('silences')).stdout).toMatch(/^[0-9A-Z]{26}: p1, until (\d+ \w+ )?\d\d:\d\d, by cli$/m)
    expect((await send()).stdout).toContain('decision: drop at stage "silenced"')
    expect((await command('unmute', 'p9')).stderr).toContain('Nothing called "p9" is muted.')
    expect((await command('unmute', 'p1')).stdout).toContain('No longer muted: p1.')
    expect((await send()).stdout).toContain('attempt: delivered')
  })

  it('an event is sent again, all are marked as seen, and the engine is stopped', async () => {
    engine = await watching()
    const heard = await send()
    const id = /event: (\S+)/.exec(heard.stdout)?.[1] ?? ''
    const before = receiver.requests
    expect((await command('send-again', id, 'hook')).stdout).toContain('It goes to "hook" again.')
    await until(() => receiver.requests === before + 1)
    expect((await command('send-again', id, 'desk')).stderr).toContain(`Event ${id} was never on its way to "desk"`)
    expect((await command('history', '--unseen', '--json')).stdout).toContain(id)
    expect(await command('seen')).toMatchObject({ status: 1, stderr: expect.stringContaining('or --all') as string })
    expect((await command('seen', '--all')).stdout).toMatch(/^\d+ events? (is|are) seen now\.$/m)
    expect((await command('history', '--unseen', '--json')).stdout).toBe('')
    expect((await command('stop')).stdout).toContain('The engine ends within 5 s.')
    expect(await engine.end('SIGCONT')).toMatchObject({ status: 0, signal: null })
    expect((await command('stop')).stderr).toContain('This needs a running engine')
    expect((await command('seen', '--all')).stdout).toContain('0 events are seen now.')
  })

  it('"status" names a server that has no connection, with the reason', async () => {
    engine = startEngine(desk)
    await engine.wait('the trouble', (line) => line.line === 'link' && line.link === 'auth_failed')
    expect((await command('status')).stdout).toMatch(/server p1: auth_failed, .*SIM_KEY is not set/)
  })

  it('a damaged history is named with the command that sets it aside, and kept', async () => {
    engine = await watching()
    expect((await command('repair')).stderr).toContain('already works on the data')
    await engine.end()
    expect((await command('repair')).stdout).toContain('The history is sound')
    const database = join(desk.data, (await readdir(desk.data)).find((name) => /\.(db|sqlite3?)$/.test(name)) ?? 'none')
    await writeFile(database, 'not a database')
    const refused = await command('watch', '--seconds', '1', '--json', '--settings', desk.settings)
    expect(refused).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('Run "repair" to set it aside and begin a new one') as string })
    const repaired = await command('repair')
    expect(await readFile(/kept as (\S+)\. /.exec(repaired.stdout)?.[1] ?? '', 'utf8')).toBe('not a database')
    expect(await command('watch', '--seconds', '1', '--json', '--settings', desk.settings)).toMatchObject({ status: 0 })
  })

  it('signals that come while it ends do not break the clean end', async () => {
    engine = await watching()
    // A delivery under way keeps the end waiting.
    receiver.hangs = true
    const before = receiver.requests
    const sending = send()
    await until(() => receiver.requests > before)
    const ended = engine.end('SIGINT')
    await until(async () => (await readFile(join(desk.data, 'printbell.log'), 'utf8')).includes('"ending"'))
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) engine.child.kill(signal)
    expect(await ended).toMatchObject({ status: 0, signal: null })
    await sending
  })

  it('a terminal that is closed ends it cleanly', async () => {
    engine = await watching()
    expect(await engine.end('SIGHUP')).toMatchObject({ status: 0, signal: null })
  })

  it('a reader that went away ends it cleanly', async () => {
    engine = await watching()
    engine.child.stdout?.destroy()
    engine.child.stderr?.destroy()
    const ended = engine.end('SIGCONT')
    await send()
    expect(await ended).toMatchObject({ status: 0, signal: null })
  })
})
