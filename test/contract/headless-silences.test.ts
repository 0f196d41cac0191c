/** The command "silence" with all its second words, against a running engine. */
import { rm } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { placesIn } from '../../electron/engine/places.ts'
import { SCRIPTS } from '../../electron/engine/simulator/scripts.ts'
import { startSimulator, type Simulator } from '../../electron/engine/simulator/simulator.ts'
import { makeDesk, runCommand, startEngine, type Desk, type EngineProcess } from '../support/engine-process.ts'

const HOUR = 3_600_000
let simulator: Simulator
let desk: Desk
let engine: EngineProcess | null = null
let env: Record<string, string>

beforeAll(async () => {
  simulator = await startSimulator({ script: { ...SCRIPTS.demo, startsAfterMs: null, steps: [] } })
  env = { SIM_KEY: simulator.apiKey }
  desk = await makeDesk({
    printers: [{ id: 'p1', name: 'Simulated', server: { id: 'octo', kind: 'octoprint', url: simulator.url, apiKey: { env: 'SIM_KEY' } } }],
    destinations: [{ id: 'log', label: 'My log', channel: 'webhook', config: { url: 'http://127.0.0.1:9/' } }],
    filters: [{ id: 'ends', name: 'Ends', match: { events: ['job.done', 'job.failed'] } }],
  })
})
afterEach(async () => {
  await engine?.end('SIGKILL')
  engine = null
})
afterAll(async () => {
  await rm(placesIn(desk.data).controlSocket, { force: true })
  await desk.remove()
  await simulator.stop()
})

const run = (...args: string[]) => runCommand([...args, '--settings', desk.settings, '--data', desk.data], env)
const json = async (...args: string[]): Promise<Record<string, unknown>> => JSON.parse((await run(...args, '--json')).stdout) as Record<string, unknown>
const lines = async (...args: string[]): Promise<Record<string, unknown>[]> => (await run(...args, '--json')).stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>)

it('R52: a maintenance window is made ahead, changed, listed, copied and ended from the command line', async () => {
  engine = startEngine(desk, env)
  await engine.wait('the link', (line) => line.line === 'link' && line.link === 'up')
  const from = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 2 * HOUR)
  const made = await json('silence', 'add', '--server', 'octo', '--filter', 'ends', '--from', from.toISOString(), '--for', '3h', '--reason', 'New nozzles')
  expect(made).toMatchObject({ match: { serverIds: ['octo'], filter: 'ends' }, startsAt: from.getTime(), endsAt: from.getTime() + 3 * HOUR, reason: 'New nozzles', by: 'cli' })
  const id = made.id as string
  expect((await run('silences')).stderr).toContain('Nothing is muted.')
  expect((await run('silence', 'list')).stdout).toMatch(new RegExp(`^${id}: New nozzles: server octo, filter ends, from .*\\d\\d:\\d\\d until .*\\d\\d:\\d\\d, by cli\n$`))

  const changed = await json('silence', 'edit', id, '--until-lifted', '--reason', 'New hotend')
  expect(changed).toMatchObject({ id, match: { serverIds: ['octo'], filter: 'ends' }, startsAt: from.getTime(), endsAt: null, reason: 'New hotend' })
  expect((await run('silence', 'edit', id)).stderr).toContain('Say what to change')
  expect((await run('silence', 'edit', id, '--printer', 'p9')).stderr).toContain('There is no printer "p9". There are: p1.')

  const copied = await json('silence', 'copy', id, '--for', '1h')
  expect(copied).toMatchObject({ match: { serverIds: ['octo'], filter: 'ends' }, reason: 'New hotend' })
  expect((copied.endsAt as number) - (copied.startsAt as number)).toBeGreaterThan(HOUR - 5_000)
  expect((await run('silence', 'edit', copied.id as string, '--from', from.toISOString())).stderr).toMatch(/It began \d\d:\d\d, so its start stays\. End it, and make another one\./)
  expect((await lines('silence', 'list')).map((one) => [one.when, one.id])).toEqual([['running', copied.id], ['coming', id]])

  expect(await json('silence', 'end', copied.id as string)).toEqual({ id: copied.id, ended: true, deleted: false })
  expect((await run('silence', 'end', id)).stdout).toBe('Deleted: it had not begun.\n')
  expect((await lines('silence', 'list', '--past')).map((one) => [one.when, one.id])).toEqual([['past', copied.id]])
  expect((await run('silence', 'end', 'nothing')).stderr).toContain('There is no silence "nothing". "silence list --past" shows the ids.')
})

it('without an engine one is made for when one runs, and the rest says what it needs', async () => {
  const made = await json('silence', '--all', '--until-lifted', '--reason', 'Moving house')
  expect(made).toMatchObject({ match: {}, endsAt: null, reason: 'Moving house', by: 'cli' })
  expect((await run('silence', 'list')).stderr).toContain('This needs a running engine')
  engine = startEngine(desk, env)
  await engine.wait('the link', (line) => line.line === 'link' && line.link === 'up')
  expect((await run('silences')).stdout).toMatch(/: Moving house: everything, until it is lifted, by cli\n$/)
})
