/** Hooks out of a config.yaml, imported, with the whole engine between a simulated OctoPrint and a receiver in a process of its own. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importOctoPrintWebhooks } from '../../../electron/engine/importers/octoprint-webhooks.ts'
import { SCRIPTS, type ScriptName } from '../../../electron/engine/simulator/scripts.ts'
import { startSimulator, type Simulator } from '../../../electron/engine/simulator/simulator.ts'
import { makeDesk, runCommand, startEngine, type Desk, type EngineProcess } from '../../support/engine-process.ts'
import { startFarSide, type FarSide, type Receipt } from '../../support/far-side.ts'

const DATA = {
  device: '@deviceIdentifier', key: '@apiSecret', topic: '@topic', message: '@message', extra: '@extra', state: '@state', job: '@job', progress: '@progress', currentZ: '@currentZ', meta: '@meta',
  time: '@currentTime', snap: '@snapshot',
}
/** A hook of the plugin's as its users have it. */
const CONFIG = (url: string): string => JSON.stringify({ plugins: { webhooks: { settings_version: 5, hooks: [
  { url: `${url}/all/@topic`, apiSecret: 'canary-9f1c', deviceIdentifier: '', data: JSON.stringify(DATA), event_print_progress: true, event_print_progress_interval: '50', eventPrintProgressMessage: '@percentCompleteMilestone % of @job.file.name' },
  { url: `${url}/done`, eventPrintStarted: false, eventPrintFailed: false, eventPrintPaused: false, eventUserActionNeeded: false, eventError: false, http_method: 'PUT', content_type: 'FORM', data: '{"m": "@message"}', eventPrintDoneMessage: 'Took @extra.time s.' },
] } } })

interface Parts { topic: string; device: string; message: unknown; key: unknown; extra: unknown; state: unknown; job: unknown; progress: unknown; time: unknown; snap: unknown }

describe('hooks of OctoPrint-Webhooks', () => {
  let far: FarSide
  let desk: Desk
  let engine: EngineProcess
  const env: Record<string, string> = {}
  const simulators: Simulator[] = []

  beforeAll(async () => {
    far = await startFarSide()
    await far.play({ path: '.', status: 200, body: 'thanks' })
    const printers = await Promise.all((['demo', 'failing', 'cancelled'] as const satisfies ScriptName[]).map(async (script) => {
      const simulator = await startSimulator({ script: { ...SCRIPTS[script], startsAfterMs: null }, speed: 2, fps: 20 })
      simulators.push(simulator)
      env[`KEY_${script}`] = simulator.apiKey
      return { id: script, name: `The ${script}`, server: { kind: 'octoprint', url: simulator.url, apiKey: { env: `KEY_${script}` } } }
    }))
    const destinations = importOctoPrintWebhooks(CONFIG(far.base)).destinations.map(({ label, channel, config, secrets, events, enabled }, index) => {
      const references = Object.entries(secrets).map(([name, value]) => {
        env[`SECRET_${index}_${name}`] = value.reveal()
        return [name, { env: `SECRET_${index}_${name}` }]
      })
      return { id: `hook${index}`, label, channel, enabled, events, config: { ...config, ...Object.fromEntries(references) as Record<string, unknown> } }
    })
    desk = await makeDesk({ printers, destinations })
    engine = startEngine(desk, env)
    for (const { id } of printers) await engine.wait(`the link of ${id}`, (line) => line.line === 'link' && line.link === 'up' && JSON.stringify(line).includes(id))
    for (const { url, apiKey } of simulators) {
      const answer = await fetch(`${url}/api/job`, { method: 'POST', headers: { 'X-Api-Key': apiKey, 'Content-Type': 'application/json' }, body: JSON.stringify({ command: 'start' }) })
      expect(answer.status).toBe(204)
    }
    // The last that is told of each print; what was told before it has arrived by then.
    for (const last of ['job.done', 'server.event', 'job.failed', 'job.cancelled']) {
      const { event } = await engine.wait(last, (line) => line.line === 'event' && (line.event as { type: string }).type === last)
      await engine.wait(`${last} at the hook`, (line) => line.line === 'attempt' && line.destinationId === 'hook0' && line.result === 'delivered' && line.eventId === (event as { id: string }).id)
    }
  }, 120_000)
  afterAll(async () => {
    await engine.end('SIGKILL')
    await Promise.all(simulators.map((simulator) => simulator.stop()))
    await far.close()
    await desk.remove()
  })

  const receipts = async (path: string): Promise<Receipt[]> => (await far.receipts()).filter((receipt) => receipt.path.startsWith(path))
  async function partsOf(receipt: Receipt): Promise<Parts> {
    return Object.fromEntries([...await receipt.form()].map(([name, value]) => [name, typeof value === 'string' ? parsed(value) : [value.name, value.type, value.size > 1_000]])) as unknown as Parts
  }
  const parsed = (text: string): unknown => (text.startsWith('{') ? JSON.parse(text) : text)

  test('are called as by the plugin, each event once, with picture and the state of its moment', async () => {
    const all = await Promise.all((await receipts('/all/')).map(async (receipt) => ({ path: receipt.path, type: receipt.headers['content-type'], ...await partsOf(receipt) })))
    const of = (device: string) => all.filter((one) => one.device === device)
    const [first, ...between] = of('The demo').map(({ topic, message }) => `${topic}: ${String(message)}`)
    // A filament change goes before progress, and may wait for its picture meanwhile.
    expect([first, between.pop(), between.sort()]).toEqual(['Print Started: The print has started.', 'Print Done: The print is done.', ['Print Progress: 50 % of demo boat.gcode', 'User Action Needed: The printer needs you.']])
    expect(of('The cancelled').map(({ topic }) => topic)).toEqual(['Print Started', 'Print Progress', 'Print Failed'])
    expect(of('The failing').map(({ topic }) => topic).sort()).toEqual(['Error', 'Print Failed', 'Print Progress', 'Print Started'])
    expect(new Set(all.map(({ type, key }) => `${String(type).split(';')[0]} ${String(key)}`))).toEqual(new Set(['multipart/form-data canary-9f1c']))
    expect(new Set(all.map(({ path }) => path))).toEqual(new Set(['/all/Print%20Started', '/all/User%20Action%20Needed', '/all/Print%20Progress', '/all/Print%20Done', '/all/Print%20Failed', '/all/Error']))

    const done = of('The demo').at(-1)
    expect(done).toMatchObject({
      extra: { name: SCRIPTS.demo.file.name, path: SCRIPTS.demo.file.name, origin: 'local', size: SCRIPTS.demo.file.size, time: expect.any(Number) as number },
      job: { file: { name: SCRIPTS.demo.file.name, origin: 'local', size: SCRIPTS.demo.file.size } }, progress: { completion: 100, printTimeLeft: 0 }, state: { text: 'Finishing', flags: { operational: true } },
      snap: ['snapshot.jpg', 'image/jpeg', true],
    })
    expect(String(done?.time)).toMatch(/^\d{10}$/)
    expect(of('The cancelled').at(-1)).toMatchObject({ extra: { name: SCRIPTS.cancelled.file.name, reason: 'cancelled' } })
    expect(of('The failing').find(({ topic }) => topic === 'Print Failed')).toMatchObject({ extra: { reason: 'error', error: expect.stringContaining('Thermal Runaway') as string } })
  })

  test('the second hook hears of its own events alone, in its own form', async () => {
    const [one, ...more] = await receipts('/done')
    expect([one?.method, one?.headers['content-type'], more]).toEqual(['PUT', 'application/x-www-form-urlencoded', []])
    expect(one?.text).toMatch(/^m=Took\+\d+\.\d+\+s\.$/)
  })

  test('Test of the command line sends the sample', async () => {
    await far.play({ path: '.', status: 200, body: 'thanks' })
    const { stdout } = await runCommand(['test-destination', 'hook1', '--settings', desk.settings, '--data', desk.data], env)
    expect(stdout).toContain('Answered 200')
    expect((await receipts('/done'))[0]?.text).toBe('m=The+print+has+started.')
    expect(stdout + engine.noise()).not.toContain('canary')
    // It builds first when somebody has changed the sources.
  }, 60_000)
})
