/** The commands about who hears what and why, against a running engine. */
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { openHistory } from '../../electron/engine/history/sqlite-history.ts'
import { placesIn } from '../../electron/engine/places.ts'
import { SCRIPTS } from '../../electron/engine/simulator/scripts.ts'
import { startSimulator, type Simulator } from '../../electron/engine/simulator/simulator.ts'
import { memoryLog } from '../support/log.ts'
import { makeDesk, runCommand, startEngine, type Desk, type EngineProcess } from '../support/engine-process.ts'

let simulator: Simulator
const got: string[] = []
const receiver = createServer((request, response) => {
  request.on('data', () => undefined).on('end', () => {
    got.push(request.url ?? '')
    response.writeHead(204).end()
  })
})
let desk: Desk
let engine: EngineProcess | null = null
let env: Record<string, string>

beforeAll(async () => {
  simulator = await startSimulator({ script: { ...SCRIPTS.demo, startsAfterMs: null, steps: [] } })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  env = { SIM_KEY: simulator.apiKey }
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  desk = await makeDesk({
    printers: [{ id: 'p1', name: 'Simulated', server: { kind: 'octoprint', url: simulator.url, apiKey: { env: 'SIM_KEY' } } }],
    destinations: ['hook', 'log'].map((id) => ({ id, label: `My ${id}`, channel: 'webhook', config: { url: `${url}/${id}` } })),
    filters: [{ id: 'ends', name: 'Ends', match: { events: ['job.done', 'job.failed'] } }],
    profiles: [{ id: 'shop', name: 'Workshop', filters: ['ends'], destinations: [{ destination: 'hook' }] }, { id: 'all', name: 'All of it', destinations: [{ destination: 'log' }] }],
  })
})
afterEach(async () => {
  await engine?.end('SIGKILL')
  engine = null
})
afterAll(async () => {
  await rm(placesIn(desk.data).controlSocket, { force: true })
  await desk.remove()
  receiver.close()
  await simulator.stop()
})

const run = (...args: string[]) => runCommand([...args, '--settings', desk.settings, '--data', desk.data], env)
const json = async (...args: string[]): Promise<Record<string, unknown>> => JSON.parse((await run(...args, '--json')).stdout) as Record<string, unknown>

it('a rehearsal, a silence, an acknowledgement, and the answer to why', async () => {
  engine = startEngine(desk, env)
  await engine.wait('the link', (line) => line.line === 'link' && line.link === 'up')
  const played = await run('rehearse', 'job.paused', '--printer', 'p1')
  expect(played.stdout).toMatch(/^My hook: not sent\. The filter “Ends” is for other kinds of events \(profile “Workshop”\)\.\nMy log: delivered, .* \(\d+ ms\)\. Goes to “My log” \(profile “All of it”\)\.\nevent: [0-9A-Z]{26}\n$/)
  expect(played.status).toBe(0)
  expect(got).toEqual(['/log'])

  const silence = await json('silence', '--printer', 'p1', '--destination', 'log', '--for', '2h', '--reason', 'Maintenance')
  expect(silence).toMatchObject({ match: { printerIds: ['p1'], destinationIds: ['log'] }, reason: 'Maintenance', by: 'cli' })
  // Two hours from when it was asked for; it began a moment later.
  expect(Math.abs((silence.endsAt as number) - (silence.startsAt as number) - 7_200_000)).toBeLessThan(5_000)
  const muted = await json('rehearse', 'job.failed', '--printer', 'p1', '--destination', 'log', 'hook')
  expect(muted).toMatchObject({ destinations: [{ destinationId: 'hook', attempt: { result: 'delivered' } }, { destinationId: 'log', decision: { decision: 'drop', stage: 'silenced', reason: `silence:${silence.id as string}` }, attempt: null }] })
  expect(got).toEqual(['/log', '/hook'])
  expect((await run('rehearse', 'job.stalled', '--printer', 'p1', '--destination', 'log')).stdout).toMatch(/^My log: not sent\. “Maintenance: p1, to log” mutes it, set from the command line \(profile “All of it”\)\.\nevent: [0-9A-Z]{26}\n$/)

  const answer = await run('why', '--printer', 'p1', '--kind', 'job.failed', '--at', '1m ago', '--destination', 'log')
  expect(answer.stdout).toMatch(/^“Print failed” of “Simulated” was seen at \d\d:\d\d\.\n“My log” was not told\. “Maintenance: p1, to log” mutes it, set from the command line \(profile “All of it”\)\. Lift the silence to be told again\.\nEvent [0-9A-Z]{26}\n/)
  expect(answer.stdout).toMatch(/About then:\n {2}\d\d:\d\d {2}Paused/)

  expect((await run('ack', muted.eventId as string)).stdout).toBe('Acknowledged.\n')
  expect(await json('why', '--printer', 'p1', '--kind', 'job.failed', '--at', '1m ago')).toMatchObject({ verdict: 'delivered', event: { id: muted.eventId }, sentences: [expect.any(String), 'Of 2 destinations 1 got it, 1 was not told.', expect.stringMatching(/^Somebody acknowledged it at /)] })
  expect((await run('rehearse', 'job.done', '--printer', 'p9')).stderr).toContain('there is no printer "p9"; there are: p1')
  expect((await run('silence', '--printer', 'p1', '--this-print')).stderr).toContain('Simulated prints nothing now, so there is no print to silence.')
})

it('R53: an acknowledgement that ends while nothing runs is told at the next start, and a note goes by the rules', async () => {
  engine = startEngine(desk, env)
  await engine.wait('the link', (line) => line.line === 'link' && line.link === 'up')
  await run('unmute')
  const failed = await json('rehearse', 'job.failed', '--printer', 'p1')
  const told = await run('ack', failed.eventId as string, '--for', '1m', '--note', 'Ann is on it')
  expect(told.stdout).toMatch(/^Acknowledged until \d\d:\d\d\.\n$/)
  await engine.wait('the note', (line) => line.line === 'attempt' && line.destinationId === 'log' && line.result === 'delivered')
  expect(await json('ack', failed.eventId as string, '--quiet', '--note', 'Lost my key', '--for', '7d')).toMatchObject({ already: true, result: 'done' })
  const entries = (await run('history', '--json', '--type', 'command.acknowledged')).stdout.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(entries.map(({ text }) => text)).toEqual(expect.arrayContaining(['Ann is on it', 'Lost my key']))
  const why = await run('history', '--why', entries.find(({ text }) => text === 'Lost my key')?.id as string)
  expect(why.stdout).toContain('log: drop at stage "own", because told nobody')
  expect((await run('ack', failed.eventId as string, '--for', '1h', '--until', '18:00')).stderr).toContain('Give one of --for and --until.')
  // Until a moment ago, as if the minute had passed while nothing ran: the next start tells it.
  await engine.end('SIGTERM')
  const history = openHistory({ file: placesIn(desk.data).database, log: memoryLog(), now: () => Date.now() })
  history.acknowledge([failed.eventId as string], Date.now() - 60_000, { until: Date.now() - 1_000, note: null, by: 'cli' })
  history.close()
  engine = startEngine(desk, env)
  const reminder = await engine.wait('what is still open', (line) => line.line === 'event' && (line.event as { type?: string }).type === 'attention.reminder', 60_000)
  expect(reminder.event).toMatchObject({ reason: 'acknowledgement_over', about: { eventId: failed.eventId, type: 'job.failed' }, printerId: 'p1' })
}, 90_000)

it('R70: a message goes to all or to the named ones, with what came of it at each', async () => {
  engine = startEngine(desk, env)
  await engine.wait('the link', (line) => line.line === 'link' && line.link === 'up')
  got.length = 0
  const all = await run('broadcast', 'The workshop closes at six')
  expect(all.stdout).toMatch(/^My hook: delivered, .* \(\d+ ms\)\. Goes to “My hook”, which was chosen for it\.\nMy log: delivered, .*\nevent: [0-9A-Z]{26}\n$/)
  expect([all.status, [...got].sort()]).toEqual([0, ['/hook', '/log']])
  expect(await json('broadcast', 'Six', '--to', 'log')).toMatchObject({ destinations: [{ destinationId: 'log', decision: { reason: 'chosen' }, attempt: { result: 'delivered' } }] })
  expect((await run('broadcast', 'Six', '--to', 'fax')).stderr).toContain('there is no destination "fax"; there are: hook, log')
  await engine.end('SIGTERM')
  engine = null
  expect((await json('broadcast', 'Six, without an engine', '--to', 'hook')).destinations).toMatchObject([{ destinationId: 'hook', attempt: { result: 'delivered' } }])
})

it('without an engine an end is in the answer, a preview counts and a rehearsal starts one just for it', async () => {
  engine = startEngine(desk, env)
  await engine.wait('the link', (line) => line.line === 'link' && line.link === 'up')
  await engine.end('SIGTERM')
  engine = null
  expect((await json('why', '--printer', 'p1', '--kind', 'job.done', '--at', '0m ago')).sentences).toContainEqual(expect.stringMatching(/^Printbell did not run since \d\d:\d\d, so what happened then could be missed\. Let it start with the computer\.$/))
  expect(await json('preview', 'Workshop', '--days', '1')).toMatchObject({ profile: { id: 'shop', name: 'Workshop' }, more: false })
  expect((await json('rehearse', 'job.done', '--printer', 'p1', '--destination', 'hook')).destinations).toMatchObject([{ destinationId: 'hook', attempt: { result: 'delivered' } }])
  expect((await run('why', '--kind', 'job.done', '--at', '1h')).stderr).toContain('Say which printer')
})
