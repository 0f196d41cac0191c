/**
 * "Try it with a simulated printer": a small printer server of our own in this process, watched like any other. It runs as long as its
 * printer is in the settings, so it comes back with the app.
 */
import { z } from 'zod'
import type { Added } from '../../bridge/views/setup.ts'
import type { Clock, Log } from '../../engine/ports.ts'
import { Secret } from '../../engine/settings/secret.ts'
import type { Script } from '../../engine/simulator/scripts.ts'
import type { Simulator, SimulatorOptions } from '../../engine/simulator/simulator.ts'
import type { Overview, SettingsKeeper } from '../ports.ts'
import { problemSentence } from './draft.ts'
import { sourcesAt } from './known.ts'
import { isSimulated, MARK } from './simulated.ts'

const NAME = 'Simulated printer'
/** Where it listens unless something else does: the settings then stay as they are over restarts. */
const PORT = 47_113
/** ms between looks whether the engine watches the printer. */
const LOOK_MS = 250
/** Idle time before the print begins again: long enough to be left alone with it. */
const AGAIN_MS = 10 * 60_000

const fields = z.object({ url: z.string() })

export interface SimulatorParts {
  settings: SettingsKeeper
  card: Overview['card']
  clock: Clock
  log: Log
  /** The simulator's code, loaded when it is wanted first; tests bring their own. */
  load?(): Promise<{ start(options: SimulatorOptions): Promise<Simulator>; demo: Script }>
}

export interface SimulatorRoom {
  /** Starts it and adds its printer, or removes its printer and stops it. Asked again it changes nothing. */
  turn(on: boolean): Promise<Added>
  /** At the start of the app, before the engine connects: starts it where its printer is in the settings. Never throws. */
  resume(): Promise<void>
  close(): Promise<void>
}

async function loadSimulator(): Promise<{ start(options: SimulatorOptions): Promise<Simulator>; demo: Script }> {
  const [{ startSimulator }, { SCRIPTS }] = await Promise.all([import('../../engine/simulator/simulator.ts'), import('../../engine/simulator/scripts.ts')])
  return { start: startSimulator, demo: SCRIPTS.demo }
}

export function createSimulator(parts: SimulatorParts): SimulatorRoom {
  const { settings, clock, log } = parts
  let simulator: Simulator | null = null
  let stopLooking: () => void = () => undefined
  let adding = false
  /** One thing after the other: on, off and on again must not meet. */
  let last: Promise<unknown> = Promise.resolve()

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = last.then(work, work)
    last = next.catch(() => undefined)
    return next
  }

  /** Its server in the settings and the printers that watch it; null = it is not there. */
  function entry(): { serverId: string; port: number; printerIds: string[] } | null {
    const engine = settings.engine()
    for (const server of engine.servers) {
      const port = portOf(server.settings)
      const printerIds = sourcesAt(server.id, engine).map(({ printerId }) => printerId)
      if (port !== null && printerIds.length > 0) return { serverId: server.id, port, printerIds }
    }
    return null
  }

  async function start(port: number): Promise<Simulator> {
    const { start: startSimulator, demo } = await (parts.load ?? loadSimulator)()
    const options: SimulatorOptions = { clock, names: [NAME], script: { ...demo, startsAfterMs: null, repeatsAfterMs: AGAIN_MS } }
    try {
      return await startSimulator({ ...options, port })
    } catch (error) {
      log.info('the port of the simulated printer is taken, so it gets another', { port, error })
      return await startSimulator(options)
    }
  }

  async function stop(): Promise<void> {
    stopLooking()
    const running = simulator
    simulator = null
    await running?.stop()
  }

  /** Begins the print under the engine's eyes: one that runs already would be taken as a baseline and not told. */
  function printWhenWatched(printerId: string): void {
    stopLooking()
    const look = (): void => {
      if (parts.card(printerId)?.link === 'up') simulator?.control.wish({ do: 'start', user: 'demo' })
      else stopLooking = clock.after(LOOK_MS, look)
    }
    stopLooking = clock.after(LOOK_MS, look)
  }

  async function turnOn(): Promise<Added> {
    const there = entry()
    if (there !== null && simulator !== null) return { ok: true, printerIds: there.printerIds }
    if (there !== null) {
      await restart(there)
      return { ok: true, printerIds: there.printerIds }
    }
    simulator ??= await start(PORT)
    adding = true
    try {
      const added = await settings.add({ kind: 'octoprint', fields: { url: addressOf(simulator) }, secrets: { apiKey: new Secret(simulator.apiKey) }, printers: [{ name: NAME, sourceId: null }] })
      const [printerId] = added.ok ? added.printerIds : []
      if (printerId === undefined) await stop()
      else printWhenWatched(printerId)
      return added
    } finally {
      adding = false
    }
  }

  async function turnOff(): Promise<Added> {
    for (const id of entry()?.printerIds ?? []) {
      const removed = await settings.change({ what: 'remove-printer', id })
      if (!removed.ok) return removed
    }
    await stop()
    return { ok: true, printerIds: [] }
  }

  /** It has a new key after each start, and another port where its own was taken meanwhile. */
  async function restart({ serverId, port, printerIds }: NonNullable<ReturnType<typeof entry>>): Promise<void> {
    simulator = await start(port)
    if (portOf({ url: addressOf(simulator) }) !== port) tellProblems(await settings.change({ what: 'server', id: serverId, patch: { url: addressOf(simulator) } }))
    tellProblems(await settings.setSecret({ owner: 'server', id: serverId, field: 'apiKey' }, new Secret(simulator.apiKey)))
    const [printerId] = printerIds
    if (printerId !== undefined) printWhenWatched(printerId)
  }

  function tellProblems(saved: Awaited<ReturnType<SettingsKeeper['change']>>): void {
    if (!saved.ok) log.warn('the simulated printer could not be put into the settings', { problems: saved.problems.map(problemSentence) })
  }

  // Its printer may be removed like any other.
  const stopListening = settings.onChanged(() => {
    if (simulator === null || adding || entry() !== null) return
    void inTurn(async () => {
      if (entry() === null) await stop()
    })
  })

  return {
    turn: (on) => inTurn(on ? turnOn : turnOff),
    resume: () => inTurn(async () => {
      const there = entry()
      if (there === null || simulator !== null) return
      try {
        await restart(there)
      } catch (error) {
        log.error('the simulated printer does not start', { error })
      }
    }),
    async close() {
      stopListening()
      await inTurn(stop)
    },
  }
}

function addressOf(simulator: Simulator): string {
  return `${simulator.url}/${MARK}`
}

/** The port of a simulated server; null = it is another one. */
function portOf(settings: unknown): number | null {
  const read = fields.safeParse(settings)
  if (!read.success || !isSimulated(read.data) || !URL.canParse(read.data.url)) return null
  return Number(new URL(read.data.url).port) || null
}
