/** What a story plays on: a real engine with a real database, a clock that is moved, printers that speak, destinations that keep receipts. */
import type { JobFile, Signal, StateReport } from '../../electron/engine/events/model.ts'
import type { PresenceState } from '../../electron/engine/ports.ts'
import type { Sink } from '../../electron/engine/printers/adapter.ts'
import { TestClock } from '../support/clock.ts'
import { engineRig, type Rig } from '../support/engine-rig.ts'
import { settingsOf, type House } from './house.ts'

/** So often a printer that is left alone says a word; ms. The settings of the stories (house.ts) call that alive. */
const BEAT_MS = 600_000

/** What a destination got, by its own clock. */
export interface Receipt {
  /** Epoch ms. */
  at: number
  destination: string
  title: string
  body: string
  deliveryKey: string
}

/** What a printer would say if it were asked. */
interface Machine {
  state: StateReport & { file: JobFile | null }
  reachable: boolean
}

export interface Stage {
  readonly receipts: Receipt[]
  /** Epoch ms. */
  now(): number
  /** Moves the clock, and all that waits for it. @param at epoch ms */
  moveTo(at: number): Promise<void>
  /** The clock on the wall goes on, nothing else does. @param at epoch ms */
  sleepUntil(at: number): void
  /** @throws Error while it does not run */
  rig(): Rig
  /** A printer's state changes, and it signals it. */
  says(printerId: string, state: StateReport, signal?: Signal): void
  reach(printerId: string, reachable: boolean): void
  /** What it prints. @throws Error while it prints nothing */
  fileOf(printerId: string): JobFile
  setPresence(presence: PresenceState): void
  setFailing(destination: string, failing: boolean): void
  /** Ids of those that are on. */
  destinations(): string[]
  start(): Promise<void>
  /** As a power cut leaves it. */
  kill(): void
  change(house: House): Promise<void>
  end(): void
}

/** @param file of the database @param begins epoch ms */
export function createStage(file: string, house: House, begins: number): Stage {
  let settings = settingsOf(house)
  let clock = new TestClock(begins)
  let rig: Rig | null = null
  let presence: PresenceState = 'unknown'
  const receipts: Receipt[] = []
  const failing = new Set<string>()
  const machines = new Map<string, Machine>(house.printers.map((printer) => [typeof printer === 'string' ? printer : printer.id, { state: { device: 'ready', job: 'none', file: null }, reachable: true }]))

  function running(): Rig {
    if (rig === null) throw new Error('Printbell does not run at that time of the story.')
    return rig
  }

  function machine(printerId: string): Machine {
    const known = machines.get(printerId)
    if (!known) throw new Error(`The story has no printer "${printerId}".`)
    return known
  }

  const sinkOf = (printerId: string): Sink => running().server(`${printerId}-server`).sink

  /** Its server is there, and tells all that is. */
  function greet(printerId: string): void {
    sinkOf(printerId).link({ kind: 'link', at: clock.now(), link: 'up', cause: null, detail: null })
    sinkOf(printerId).observe({ kind: 'state', sourceId: 'x', at: clock.now(), full: true, state: { ...machine(printerId).state } })
  }

  /** A printer that is there says so, whatever it does. */
  function beat(): void {
    for (const [id, { reachable }] of machines) if (reachable) sinkOf(id).observe({ kind: 'state', sourceId: 'x', at: clock.now(), full: false, state: {} })
    clock.after(BEAT_MS, beat)
  }

  /** What is sent there arrives, and leaves a receipt, unless it is down. */
  function listen({ world }: Rig): void {
    for (const { id } of settings.destinations ?? []) world.send[id] = async ({ message, deliveryKey }) => {
      if (failing.has(id)) return { result: 'retry', after: null, why: 'HTTP 503' }
      receipts.push({ at: clock.now(), destination: id, title: message.title, body: message.body, deliveryKey })
      return { result: 'delivered', detail: 'HTTP 200' }
    }
  }

  return {
    receipts,
    rig: running,
    now: () => clock.now(),
    moveTo: (at) => clock.advance(Math.max(0, at - clock.now())),
    sleepUntil(at) {
      clock.jump(at - clock.now())
    },
    setPresence(next) {
      presence = next
      if (rig) rig.world.presence = next
    },
    says(printerId, state, signal) {
      const known = machine(printerId)
      Object.assign(known.state, state)
      if (rig === null || !known.reachable) return
      if (signal) sinkOf(printerId).observe({ kind: 'signal', sourceId: 'x', at: clock.now(), signal })
      sinkOf(printerId).observe({ kind: 'state', sourceId: 'x', at: clock.now(), full: false, state })
    },
    reach(printerId, reachable) {
      machine(printerId).reachable = reachable
      if (reachable) greet(printerId)
      else sinkOf(printerId).link({ kind: 'link', at: clock.now(), link: 'down', cause: 'timeout', detail: null })
    },
    fileOf(printerId) {
      const printed = machine(printerId).state.file
      if (!printed) throw new Error(`${printerId} prints nothing at that time of the story.`)
      return printed
    },
    setFailing(destination, isFailing) {
      if (isFailing) failing.add(destination)
      else failing.delete(destination)
    },
    destinations: () => (settings.destinations ?? []).filter(({ enabled = true }) => enabled).map(({ id }) => id),
    async start() {
      rig = engineRig(file, { settings, at: clock.now() })
      clock = rig.clock
      rig.world.presence = presence
      listen(rig)
      await rig.engine.start()
      await clock.advance(0)
      for (const [id, { reachable }] of machines) if (reachable) greet(id)
      clock.after(BEAT_MS, beat)
      await clock.advance(0)
    },
    kill() {
      running().history.close()
      rig = null
      // What the dead one still waits for must not wake up.
      clock = new TestClock(clock.now())
    },
    async change(next) {
      settings = settingsOf(next)
      listen(running())
      await running().apply(settings)
    },
    end() {
      rig?.history.close()
      rig = null
    },
  }
}
