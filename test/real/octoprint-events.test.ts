import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../electron/engine/clock.ts'
import type { EventDraft, Suppressed } from '../../electron/engine/events/model.ts'
import { activeJob, initialMemory, reduce } from '../../electron/engine/events/reduce.ts'
import type { PrinterMemory } from '../../electron/engine/events/reduction.ts'
import { runPrinter, type PrinterRunner } from '../../electron/engine/events/runner.ts'
import type { Connection } from '../../electron/engine/printers/adapter.ts'
import { octoprint } from '../../electron/engine/printers/octoprint/index.ts'
import { DEFAULT_THRESHOLDS } from '../../electron/engine/settings/defaults.ts'
import { NOTHING_WANTED, serverConfig, testPorts, until } from '../support/adapter-kit.ts'
import { gcodeOf, octoprintMissing, startOctoPrint, type OctoPrintServer } from '../support/octoprint-server.ts'

const missing = octoprintMissing()
const because = missing === null ? '' : ` (skipped: ${missing})`

/** One period of watching, as the engine does it: adapter, runner and reducer. `stop` gives the memory that would be on disk. */
class Watch {
  readonly events: EventDraft[] = []
  readonly suppressed: Suppressed[] = []
  readonly #runner: PrinterRunner
  readonly #stop = new AbortController()
  readonly #connection: Connection
  constructor(url: string, apiKey: string, memory: PrinterMemory = initialMemory('connecting')) {
    const clock = systemClock()
    this.#runner = runPrinter({
      clock, reduce, memory,
      context: { printerId: 'p1', printerName: 'Bench', serverKind: 'octoprint', thresholds: DEFAULT_THRESHOLDS, wantsNative: () => false },
      onReduction: (reduction) => {
        this.events.push(...reduction.events)
        this.suppressed.push(...reduction.suppressed)
      },
    })
    if (memory.lastSeenAt !== null) this.#runner.input({ kind: 'gap', at: clock.now(), from: memory.lastSeenAt, why: 'stopped' })
    this.#connection = octoprint.connect(
      serverConfig('octoprint', { url }, { apiKey }),
      { link: (one) => this.#runner.input(one), observe: (one) => this.#runner.input(one), junk: () => undefined },
      this.#stop.signal, testPorts(clock),
      { remembered: { lastSeenAt: () => this.#runner.memory().lastSeenAt, activeJob: () => activeJob(this.#runner.memory()) }, wanted: NOTHING_WANTED },
    )
  }
  get memory(): PrinterMemory {
    return this.#runner.memory()
  }
  /** Types of the job events, with the reason and "late". */
  jobs(): string[] {
    return this.events.filter((one) => one.type.startsWith('job.') && !['job.progress', 'job.first_layer_done', 'job.finishing_soon', 'job.eta_slipped'].includes(one.type))
      .map((one) => [one.type, one.reason, one.late ? 'late' : null].filter((part) => part !== undefined && part !== null).join(' '))
  }
  async up(): Promise<this> {
    await until('the printer is seen', () => this.memory.state.link === 'up' && this.memory.seen)
    return this
  }
  async stop(): Promise<PrinterMemory> {
    this.#stop.abort()
    await this.#connection.closed
    this.#runner.stop()
    return this.memory
  }
}

describe.skipIf(missing !== null)(`events of a real OctoPrint through adapter and reducer${because}`, () => {
  let server: OctoPrintServer
  const watches: Watch[] = []
  const watch = (memory?: PrinterMemory): Watch => {
    const one = new Watch(server.url, server.viewerKey, memory)
    watches.push(one)
    return one
  }
  beforeAll(async () => {
    server = await startOctoPrint({ camera: false })
  })
  afterAll(async () => {
    await server?.close()
  })
  beforeEach(() => server.waitFor('Operational'))
  afterEach(async () => {
    for (const one of watches.splice(0)) await one.stop()
  })

  it('tells a whole print as started and done, each once', async () => {
    const one = await watch().up()
    expect(one.events).toEqual([])
    await server.print('whole.gcode', gcodeOf(3))
    await until('done', () => one.jobs().includes('job.done'))
    expect(one.jobs()).toEqual(['job.started', 'job.done'])
  })

  it('tells a cancel once, as cancelled and not as failed', async () => {
    const one = await watch().up()
    await server.print('cancelled.gcode', gcodeOf(60))
    await server.waitFor('Printing')
    await server.api('POST', '/api/job', { command: 'cancel' })
    await until('cancelled', () => one.jobs().length > 1)
    await server.waitFor('Operational')
    expect(one.jobs()).toEqual(['job.started', 'job.cancelled user'])
  })

  it('tells a cable that was lost while printing as failed', async () => {
    const one = await watch().up()
    await server.print('cable.gcode', gcodeOf(60))
    await server.waitFor('Printing')
    await server.debug('drop_connection')
    await until('failed', () => one.jobs().some((job) => job.startsWith('job.failed')))
    expect(one.jobs()).toEqual(['job.started', 'job.failed connection_lost'])
    await server.api('POST', '/api/connection', { command: 'connect', port: 'VIRTUAL', baudrate: 115200 })
  })

  it('tells a print that ended while the engine was off exactly once, late, and nothing at the next start', async () => {
    const one = await watch().up()
    await server.print('while-off.gcode', gcodeOf(4))
    await until('started', () => one.jobs().includes('job.started'))
    await until('printing', () => one.memory.state.job === 'printing')
    const memory = await one.stop()
    await server.waitFor('Operational')
    const two = await watch(memory).up()
    await until('done', () => two.jobs().length > 0)
    expect(two.jobs()).toEqual(['job.done late'])
    expect(two.events.find((event) => event.type === 'job.done')?.job?.key).toBe(one.events.find((event) => event.type === 'job.started')?.job?.key)
    const three = await watch(await two.stop()).up()
    await server.print('afterwards.gcode', gcodeOf(1))
    await until('done', () => three.jobs().includes('job.done'))
    expect(three.jobs()).toEqual(['job.started', 'job.done'])
  })

  it.each(['stop', 'kill'] as const)('tells a %s of the server in the middle of a print as failed, server_restarted, once', async (how) => {
    const one = await watch().up()
    await server.print(`restart-${how}.gcode`, gcodeOf(60))
    await until('printing', () => one.memory.state.job === 'printing')
    await server[how]()
    await server.start()
    await until('failed', () => one.jobs().length > 1, 60_000)
    expect(one.jobs()).toEqual(['job.started', 'job.failed server_restarted late'])
  })

  it('tells it the same when the engine was off too', async () => {
    const one = await watch().up()
    await server.print('both-off.gcode', gcodeOf(60))
    await until('printing', () => one.memory.state.job === 'printing')
    const memory = await one.stop()
    await server.kill()
    await server.start()
    const two = await watch(memory).up()
    await until('failed', () => two.jobs().length > 0)
    expect(two.jobs()).toEqual(['job.failed server_restarted late'])
  })
})
