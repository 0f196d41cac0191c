import { describe, expect, it } from 'vitest'
import { SCRIPTS } from '../../engine/simulator/scripts.ts'
import { startSimulator, type Simulator, type SimulatorOptions } from '../../engine/simulator/simulator.ts'
import type { PrinterCard } from '../../bridge/views/printers.ts'
import { octoprint } from '../../engine/printers/octoprint/index.ts'
import { Secret } from '../../engine/settings/secret.ts'
import { createSimulator } from './simulator.ts'
import { rig, settle } from './test-support.ts'

/** A simulator of which only the outside is real: address, key, and what was wished. */
function fakeSimulators(taken: readonly number[] = [], before = 0) {
  const started: SimulatorOptions[] = []
  const wishes: unknown[] = []
  let stopped = 0
  const start = async (options: SimulatorOptions): Promise<Simulator> => {
    started.push(options)
    if (options.port !== undefined && taken.includes(options.port)) throw Object.assign(new Error('taken'), { code: 'EADDRINUSE' })
    const printer = {
      name: 'x', url: `http://127.0.0.1:${options.port ?? 60_001}`, apiKey: `key-of-start-${before + started.length}`, viewerKey: '',
      control: { wish: (what: unknown) => wishes.push(what) > 0 } as unknown as Simulator['control'],
      stop: async () => void (stopped += 1),
    }
    return { ...printer, printers: [printer] }
  }
  return { started, wishes, stopped: () => stopped, load: async () => ({ start, demo: SCRIPTS.demo }) }
}

function room(simulators = fakeSimulators(), parts = rig({ adapter: octoprint })) {
  const { settings, clock, log } = parts
  const links = new Map<string, string>()
  const card = (id: string) => (links.has(id) ? ({ link: links.get(id) } as PrinterCard) : null)
  return { ...createSimulator({ settings, card, clock, log, load: simulators.load }), parts, settings, clock, links, simulators }
}
const url = (settings: ReturnType<typeof rig>['settings']) => (settings.engine().servers[0]?.settings as { url: string } | undefined)?.url

describe('the simulated printer', () => {
  it('is started and added under its own name, and prints once the engine watches it', async () => {
    const { turn, parts, clock, links, simulators, close } = room()
    expect(await turn(true)).toEqual({ ok: true, printerIds: ['simulated-printer'] })
    expect(parts.servers()).toEqual([{ id: 'simulated-printer', kind: 'octoprint', url: 'http://127.0.0.1:47113/#simulated-printer' }])
    expect(parts.printers()).toEqual([['Simulated printer', 'simulated-printer', undefined]])
    expect([...parts.keys]).toEqual([['server/simulated-printer/apiKey', 'key-of-start-1']])
    expect(simulators.started[0]).toMatchObject({ port: 47_113, names: ['Simulated printer'], script: { startsAfterMs: null, repeatsAfterMs: 600_000 } })
    links.set('simulated-printer', 'connecting')
    await clock.advance(2_000)
    expect(simulators.wishes).toEqual([])
    links.set('simulated-printer', 'up')
    await clock.advance(250)
    expect(simulators.wishes).toEqual([{ do: 'start', user: 'demo' }])
    await close()
    expect(clock.pending).toBe(0)
    expect(simulators.stopped()).toBe(1)
  })

  it('rings within a minute: the filament change of its print comes after 16 s', () => {
    const { heatMs, printMs, steps } = SCRIPTS.demo
    const change = steps.find(({ does }) => does === 'filament_change')
    expect(heatMs + printMs * (change?.at ?? 1)).toBe(15_900)
  })

  it('is added once, however often it is asked for', async () => {
    const { turn, parts, simulators, close } = room()
    const both = await Promise.all([turn(true), turn(true)])
    expect(both).toEqual([{ ok: true, printerIds: ['simulated-printer'] }, { ok: true, printerIds: ['simulated-printer'] }])
    expect(parts.printers()).toHaveLength(1)
    expect(simulators.started).toHaveLength(1)
    await close()
  })

  it('is removed and stopped, and can come back', async () => {
    const { turn, settings, simulators, clock, close } = room()
    await turn(true)
    expect(await turn(false)).toEqual({ ok: true, printerIds: [] })
    expect(settings.engine().printers).toEqual([])
    expect(simulators.stopped()).toBe(1)
    expect(clock.pending).toBe(0)
    expect(await turn(false)).toEqual({ ok: true, printerIds: [] })
    expect(await turn(true)).toMatchObject({ ok: true })
    expect(settings.engine().printers).toHaveLength(1)
    await close()
  })

  it('stops when its printer is removed like any other', async () => {
    const { turn, settings, simulators } = room()
    await turn(true)
    await settings.change({ what: 'remove-printer', id: 'simulated-printer' })
    await settle()
    expect(simulators.stopped()).toBe(1)
  })

  it('comes back with the app on the same port, with the key of the new start', async () => {
    const first = room()
    await first.turn(true)
    await first.close()
    const again = room(fakeSimulators([], 8), first.parts)
    await again.resume()
    expect(again.simulators.started).toMatchObject([{ port: 47_113 }])
    expect([...again.parts.keys]).toEqual([['server/simulated-printer/apiKey', 'key-of-start-9']])
    expect(url(again.settings)).toBe('http://127.0.0.1:47113/#simulated-printer')
    again.links.set('simulated-printer', 'up')
    await again.clock.advance(250)
    expect(again.simulators.wishes).toHaveLength(1)
    await again.turn(true)
    expect(again.simulators.started).toHaveLength(1)
    await again.close()
  })

  it('moves to a free port when another program has its own, and the settings follow', async () => {
    const first = room()
    await first.turn(true)
    await first.close()
    const again = room(fakeSimulators([47_113]), first.parts)
    await again.resume()
    expect(url(again.settings)).toBe('http://127.0.0.1:60001/#simulated-printer')
    await again.close()
    const third = room(fakeSimulators(), first.parts)
    await third.resume()
    expect(third.simulators.started).toMatchObject([{ port: 60_001 }])
    await third.close()
  })

  it('starts nothing with the app where it is not in the settings', async () => {
    const { resume, simulators, close } = room()
    await resume()
    expect(simulators.started).toEqual([])
    await close()
  })

  it('stops again when the settings refuse it', async () => {
    const { turn, parts, simulators } = room()
    parts.store.failing = Object.assign(new Error('full'), { code: 'ENOSPC' })
    expect(await turn(true)).toMatchObject({ ok: false })
    expect(simulators.stopped()).toBe(1)
  })

  it('runs for real: the adapter finds it, and its key opens it', async () => {
    const parts = rig({ adapter: octoprint })
    const { settings, log } = parts
    const { systemClock } = await import('../../engine/clock.ts')
    const simulators = { load: async () => ({ start: (options: SimulatorOptions) => startSimulator({ ...options, port: 0 }), demo: SCRIPTS.demo }) }
    const real = createSimulator({ settings, card: () => null, clock: systemClock(), log, load: simulators.load })
    await real.turn(true)
    const server = { id: 's', kind: 'octoprint', settings: octoprint.settingsSchema.parse({ url: url(settings) }), secrets: { apiKey: new Secret(parts.keys.get('server/simulated-printer/apiKey') ?? '') } }
    expect(octoprint.webUrl(server.settings)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(await octoprint.test(server, { ...parts.ports, clock: systemClock() }, new AbortController().signal)).toMatchObject({ cause: 'ok' })
    await real.close()
  })
})
