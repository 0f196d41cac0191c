import { afterEach, describe, expect, it } from 'vitest'
import type { CallName, PushName } from '../../electron/bridge/contract.ts'
import type { Pairing } from '../../electron/bridge/views/setup.ts'
import { setupCalls, type SetupRoom } from '../../electron/desktop/calls/setup.ts'
import { desk } from '../../electron/desktop/settings/keeper.support.ts'
import { calls, pushes } from '../../electron/bridge/contract.ts'
import { systemClock } from '../../electron/engine/clock.ts'
import type { Clock } from '../../electron/engine/ports.ts'
import { adapters } from '../../electron/engine/printers/registry.ts'
import { Secret } from '../../electron/engine/settings/secret.ts'
import { startSimulator, type Simulator, type SimulatorOptions } from '../../electron/engine/simulator/simulator.ts'
import { testPorts, until, untilOn } from '../support/adapter-kit.ts'
import { TestClock } from '../support/clock.ts'
import { freePort } from '../support/octoprint-server.ts'

/** The rooms of setup over the real adapters, a real simulated server and the real settings keeper. */
interface Bench {
  room: SetupRoom
  simulator: Simulator
  pushed: { name: PushName; payload: unknown }[]
  opened: [string, string][]
  keeper: ReturnType<typeof desk>['keeper']
  secrets: Map<string, Secret>
  last(): Pairing | undefined
}

const benches: Bench[] = []
afterEach(async () => {
  for (const { room, simulator, keeper } of benches.splice(0)) {
    await room.close()
    await simulator.stop()
    await keeper.close()
  }
})

async function bench(options: SimulatorOptions = {}, clock: Clock = systemClock()): Promise<Bench> {
  return roomOver(await startSimulator({ script: 'idle', grantKeysAfterMs: null, clock, ...options }), desk(null), clock)
}

function roomOver(simulator: Simulator, { keeper, secrets }: Pick<Bench, 'keeper' | 'secrets'>, clock: Clock): Bench {
  const pushed: Bench['pushed'] = []
  const opened: Bench['opened'] = []
  let ids = 0
  const room = setupCalls({
    adapters, settings: keeper,
    ports: testPorts(clock),
    secrets: {
      resolve: async (ref) => ('store' in ref ? secrets.get(ref.store) : undefined) ?? Promise.reject(new Error('not there')),
    },
    // As the bridge does: what does not keep the contract never reaches a window.
    push: (name, payload) => void pushed.push({ name, payload: pushes[name].parse(payload) }),
    newId: () => `pairing-${++ids}`,
    openExternal: async (url, serverUrl) => {
      opened.push([url, serverUrl])
      return true
    },
    card: () => null,
  })
  const one: Bench = {
    room, simulator, pushed, opened, keeper, secrets,
    last: () => pushed.filter(({ name }) => name === 'pairing.changed').map(({ payload }) => payload as Pairing).at(-1),
  }
  benches.push(one)
  return one
}

/** Asks as the window does: parsed on the way in and on the way out. */
async function ask<N extends CallName & keyof SetupRoom['handlers']>({ room }: Bench, name: N, input: unknown): Promise<unknown> {
  const handler = room.handlers[name] as (input: unknown) => Promise<unknown>
  return calls[name].output.parse(await handler(calls[name].input.parse(input)))
}

const draft = (url: string, secrets: Record<string, string> = {}, kind: string | null = 'octoprint') => ({ kind, fields: { url }, secrets })

describe('pairing with a server', () => {
  it('ends with a printer in the settings and its key in the key store', async () => {
    const one = await bench()
    const { simulator, keeper, secrets } = one
    expect(await ask(one, 'setup.pair', { server: draft(simulator.url), name: 'Left bench' })).toMatchObject({ step: 'asking', text: 'Asking OctoPrint for access.' })
    await until('the question', () => one.last()?.step === 'confirm')
    const asked = one.last()
    expect((asked?.endsAt ?? 0) - Date.now()).toBeGreaterThan(590_000)
    expect((asked?.endsAt ?? 0) - Date.now()).toBeLessThanOrEqual(600_000)
    expect(await ask(one, 'setup.open-pairing', asked?.pairingId)).toBe(true)
    expect(one.opened).toEqual([[expect.stringMatching(`^${simulator.url}/plugin/appkeys/auth/`), simulator.url]])
    simulator.control.decideKeys(true)
    await until('the printer', () => one.last()?.step === 'done')
    expect(one.last()).toMatchObject({ printerIds: ['left-bench'], endsAt: null })
    expect(keeper.engine().printers).toMatchObject([{ id: 'left-bench', name: 'Left bench' }])
    const key = secrets.get('server/left-bench/apiKey')?.reveal() ?? ''
    const user = await fetch(`${simulator.url}/api/currentuser`, { headers: { 'X-Api-Key': key } })
    expect(await user.json()).toMatchObject({ name: 'demo' })
    expect(JSON.stringify(one.pushed)).not.toContain(key)
  })

  it('goes on when the window closes, and its result stands in the settings', async () => {
    const one = await bench()
    await ask(one, 'setup.discover', { on: true })
    await ask(one, 'setup.pair', { server: draft(one.simulator.url), name: 'Left bench' })
    await until('the question', () => one.last()?.step === 'confirm')
    one.room.windowClosed()
    one.simulator.control.decideKeys(true)
    await until('the printer', () => one.keeper.engine().printers.length === 1)
  })

  it('tells that it was denied', async () => {
    const one = await bench()
    await ask(one, 'setup.pair', { server: draft(one.simulator.url), name: 'Left' })
    await until('the question', () => one.last()?.step === 'confirm')
    one.simulator.control.decideKeys(false)
    await until('the answer', () => one.last()?.step === 'failed')
    expect(one.last()).toMatchObject({ cause: 'denied', text: 'The request was denied in OctoPrint.' })
    expect(one.keeper.engine().printers).toEqual([])
  })

  it('is cancelled at once, and a key granted afterwards adds nothing', async () => {
    const one = await bench()
    const { pairingId } = (await ask(one, 'setup.pair', { server: draft(one.simulator.url), name: 'Left' })) as Pairing
    await until('the question', () => one.last()?.step === 'confirm')
    await ask(one, 'setup.cancel-pairing', pairingId)
    expect(one.last()).toMatchObject({ step: 'failed', cause: 'cancelled' })
    one.simulator.control.decideKeys(true)
    await one.room.close()
    expect(one.keeper.engine().printers).toEqual([])
    expect(one.secrets.size).toBe(0)
  })

  it('times out when nobody confirms within ten minutes', async () => {
    const clock = new TestClock()
    const one = await bench({}, clock)
    await ask(one, 'setup.pair', { server: draft(one.simulator.url), name: 'Left' })
    await untilOn(clock, 'the end', () => one.last()?.step === 'failed', 700_000, 500)
    expect(one.last()).toMatchObject({ cause: 'timed_out' })
    expect(clock.pending).toBe(0)
  }, 60_000)

  it('renews the key of a printer that is there', async () => {
    const one = await bench({ grantKeysAfterMs: 0 })
    await one.keeper.add({ kind: 'octoprint', fields: { url: `${one.simulator.url}/` }, secrets: { apiKey: new Secret('a-key-that-was-deleted') }, printers: [{ name: 'Left', sourceId: 'printer' }] })
    await ask(one, 'setup.pair', { server: draft(one.simulator.url), name: 'Another name' })
    await until('the new key', () => one.last()?.step === 'done')
    expect(one.last()?.printerIds).toEqual(['left'])
    expect(one.keeper.engine().printers).toHaveLength(1)
    expect(one.secrets.get('server/left/apiKey')?.reveal()).not.toBe('a-key-that-was-deleted')
  })
})

describe('an address typed by hand', () => {
  it('finds out what is there, and takes a key', async () => {
    const one = await bench()
    const { port } = new URL(one.simulator.url)
    const found = await ask(one, 'setup.test', { kind: null, fields: { url: ` 127.0.0.1:${port}/ ` } })
    expect(found).toMatchObject({ kind: 'octoprint', kindName: 'OctoPrint', ok: false, cause: 'key_missing', url: one.simulator.url, canPair: true })
    expect(await ask(one, 'setup.test', draft(one.simulator.url, { apiKey: 'wrong-key-0123456789' }))).toMatchObject({ ok: false, cause: 'key_invalid' })
    expect(await ask(one, 'setup.test', draft(one.simulator.url, { apiKey: `${one.simulator.apiKey}\n` }))).toMatchObject({ ok: true, cause: 'ok', sources: [{ sourceId: 'printer', name: 'Demo printer' }], camera: { ok: true } })
    expect(await ask(one, 'setup.add', { server: draft(one.simulator.url, { apiKey: one.simulator.apiKey }), name: 'By hand', sourceIds: null })).toEqual({ ok: true, printerIds: ['by-hand'] })
    expect(one.secrets.get('server/by-hand/apiKey')?.reveal()).toBe(one.simulator.apiKey)
  })

  it('names the cause when nobody is there', async () => {
    const one = await bench()
    const port = await freePort()
    expect(await ask(one, 'setup.test', draft(`127.0.0.1:${port}`, {}, null))).toMatchObject({ kind: null, cause: 'refused', detail: `Nothing answers on 127.0.0.1:${port}. Check the port, and that the server is running.` })
    expect(await ask(one, 'setup.test', draft('192.168.1', {}, null))).toMatchObject({ kind: null, cause: 'bad_address', url: null })
    expect(await ask(one, 'setup.pair', { server: draft(`127.0.0.1:${port}`), name: 'x' })).toMatchObject({ step: 'asking' })
    await until('the failure', () => one.last()?.step === 'failed')
    expect(one.last()).toMatchObject({ cause: 'unreachable', text: `Nothing answers on 127.0.0.1:${port}. Check the port, and that the server is running.` })
  })
})

describe('the simulated printer of the app', () => {
  it('is watched like any other, comes back with the app, and goes', async () => {
    const one = await bench()
    expect(await ask(one, 'setup.simulator', { on: true })).toEqual({ ok: true, printerIds: ['simulated-printer'] })
    const [server] = one.keeper.engine().servers
    const address = (server?.settings as { url: string }).url
    expect(await ask(one, 'setup.test', { kind: 'octoprint', serverId: server?.id, fields: { url: address } })).toMatchObject({ ok: true, sources: [{ name: 'Simulated printer' }] })
    await one.room.close()
    const again = roomOver(one.simulator, one, systemClock())
    await again.room.resume()
    const described = { kind: 'octoprint', serverId: server?.id, fields: { url: (again.keeper.engine().servers[0]?.settings as { url: string }).url } }
    expect(await ask(again, 'setup.test', described)).toMatchObject({ ok: true, sources: [{ name: 'Simulated printer' }] })
    expect(await ask(again, 'setup.simulator', { on: false })).toEqual({ ok: true, printerIds: [] })
    expect(one.keeper.engine().printers).toEqual([])
    expect(one.secrets.size).toBe(0)
    expect(await ask(again, 'setup.test', draft(address))).toMatchObject({ cause: 'refused' })
  })
})
