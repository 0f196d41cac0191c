/**
 * What every kind of printer server must bear: a line that drips, floods, babbles, answers with pages, hangs or is cut at any step, and a
 * server whose clock is wrong. Nothing else slows down, memory stays bounded, and the person reads what is wrong.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterEach, describe, expect, it } from 'vitest'
import type { Connection, ConnectOptions, PrinterAdapter, Sink, TestResult } from '../../../electron/engine/printers/adapter.ts'
import { adapterFor } from '../../../electron/engine/printers/registry.ts'
import { firstTime, recordingSink, rememberingSink, serverConfig, testPorts, until, untilOn, type RecordingSink } from '../../support/adapter-kit.ts'
import { badLine, type BadLine, type Quality } from '../../support/bad-line.ts'
import { TestClock } from '../../support/clock.ts'

/** A good server on loopback that prints a job. */
export interface GoodServer {
  port: number
  secrets: Record<string, string>
  close(): Promise<void>
}

type Bad = Exclude<Quality, 'good'>
/** The causes by which a quality may be told: of the link, and of the connection test. */
export type Named = Readonly<Record<Bad, { link: readonly string[]; test: readonly string[] }>>

const QUALITIES: readonly Bad[] = ['drip', 'flood', 'junk', 'page', 'silent', 'close']
/** Of one answer of 50 MB: what an adapter takes, and what lies in the buffers of two sockets. */
const MOST_TAKEN = 30_000_000
/** The event loop may stand still so long on a machine that does three other things, ms. */
const LONGEST_STANDSTILL_MS = 1_000
/** How far time is moved each few real ms where much of it must pass. */
const STEP_MS = 100
const HOUR_MS = 3_600_000
/** What an end or a start would be told by; the line has nothing to say about them. */
const JOB_NEWS = new Set(['job_started', 'job_done', 'job_failed', 'job_cancelled', 'outcome'])

interface Watched {
  sink: RecordingSink
  clock: TestClock
  stop: AbortController
  connection: Connection
}

/** @param start starts a good server of this kind that prints */
export function adapterSuite(kind: string, start: () => Promise<GoodServer>, named: Named): void {
  const adapter: PrinterAdapter = adapterFor(kind)
  const open: Watched[] = []
  const lines: BadLine[] = []
  const servers: GoodServer[] = []

  async function bench(): Promise<{ server: GoodServer; line: BadLine }> {
    const server = await start()
    servers.push(server)
    const line = await badLine(server.port)
    lines.push(line)
    return { server, line }
  }

  function watch<S extends RecordingSink>(url: string, server: GoodServer, sink: S, clock = new TestClock(Date.now()), options: ConnectOptions = firstTime()): Watched & { sink: S } {
    const stop = new AbortController()
    const connection = adapter.connect(configOf(url, server), sink satisfies Sink, stop.signal, testPorts(clock), options)
    const made = { sink, clock, stop, connection }
    open.push(made)
    return made
  }

  const configOf = (url: string, server: GoodServer) => serverConfig(kind, adapter.settingsSchema.parse({ url }), server.secrets)
  const isUp = ({ sink }: Watched) => sink.lastLink() === 'up' && sink.order.includes('full state')
  const newsOf = ({ sink }: Watched) => sink.signalTypes().filter((type) => JOB_NEWS.has(type))

  afterEach(async () => {
    for (const { stop } of open) stop.abort()
    const ended = open.splice(0)
    await Promise.all(ended.map(({ connection }) => connection.closed))
    for (const { clock } of ended) expect(clock.pending, 'timers left behind').toBe(0)
    for (const line of lines.splice(0)) {
      await until('every socket of the line to be closed', () => line.connections === 0, 5_000)
      await line.close()
    }
    for (const server of servers.splice(0)) await server.close()
  })

  describe(`the adapter ${kind} on a bad line`, () => {
    it.each(QUALITIES)('that is "%s" from the beginning names the cause, and comes up as soon as it is good', async (quality) => {
      const { server, line } = await bench()
      line.quality = quality
      const watched = watch(line.url, server, recordingSink())
      await untilOn(watched.clock, 'the named cause', () => watched.sink.links.length > 1)
      const told = watched.sink.links.at(-1)
      expect(named[quality].link).toContain(told?.cause)
      expect(told?.link).not.toBe('up')
      expect(told?.detail?.length ?? 0).toBeGreaterThan(20)
      expect(told?.detail?.length ?? 0).toBeLessThan(500)
      expect(watched.sink.observations).toEqual([])
      line.quality = 'good'
      line.drop()
      await untilOn(watched.clock, 'the link', () => isUp(watched), 700_000, 200)
      expect(newsOf(watched)).toEqual([])
      expect(line.flooded).toBeLessThan(MOST_TAKEN)
    })

    it.each(QUALITIES)('that is "%s" is named by the connection test, which ends by itself', async (quality) => {
      const { server, line } = await bench()
      line.quality = quality
      const clock = new TestClock(Date.now())
      let result: TestResult | null = null
      void adapter.test(configOf(line.url, server), testPorts(clock), new AbortController().signal).then((one) => (result = one))
      await untilOn(clock, 'the result', () => result !== null)
      const { cause, detail, sources } = result as unknown as TestResult
      expect(named[quality].test).toContain(cause)
      expect(detail.length).toBeGreaterThan(20)
      for (const secret of Object.values(server.secrets)) expect(detail).not.toContain(secret)
      expect(sources).toEqual([])
      expect(line.flooded).toBeLessThan(MOST_TAKEN)
      expect(clock.pending, 'timers left behind').toBe(0)
    })

    it.each(QUALITIES)('that gets "%s" in the middle of a print: the job neither starts nor ends, and a neighbour notices nothing', async (quality) => {
      const { server, line } = await bench()
      const clock = new TestClock(Date.now())
      const watched = watch(line.url, server, recordingSink(), clock)
      const neighbour = watch(`http://127.0.0.1:${server.port}`, server, recordingSink(), clock)
      await untilOn(clock, 'both links', () => isUp(watched) && isUp(neighbour))
      const before = process.memoryUsage()
      const delay = monitorEventLoopDelay({ resolution: 10 })
      delay.enable()
      line.quality = quality
      const from = clock.monotonic()
      let heard = neighbour.sink.order.length
      let quiet = 0
      let heardAt = from
      await untilOn(clock, 'half a minute', () => {
        if (neighbour.sink.order.length > heard) {
          heard = neighbour.sink.order.length
          heardAt = clock.monotonic()
        }
        quiet = Math.max(quiet, clock.monotonic() - heardAt)
        return clock.monotonic() - from >= 30_000
      }, 60_000, STEP_MS)
      delay.disable()
      const felt = watched.sink.links.find((one) => one.link !== 'up' && one.link !== 'connecting')
      // Short answers come through a line that drips; a page in a websocket is a frame that nobody understands, and counted.
      if (quality !== 'drip' && watched.sink.junked.length === 0) {
        expect(felt?.cause, 'the cause that was told').toBeTruthy()
        expect(felt?.detail?.length ?? 0).toBeGreaterThan(20)
      }
      expect(delay.max / 1e6, 'ms that everything stood still').toBeLessThan(LONGEST_STANDSTILL_MS)
      expect(neighbour.sink.links.every((one) => one.link === 'up' || one.link === 'connecting')).toBe(true)
      // Every 5 s a sign of life, and a little for a busy machine.
      expect(quiet, 'ms without a sign of life of the neighbour').toBeLessThan(7_500)
      expect(line.flooded).toBeLessThan(MOST_TAKEN)
      const after = process.memoryUsage()
      expect(after.arrayBuffers + after.external - before.arrayBuffers - before.external, 'bytes kept').toBeLessThan(64_000_000)
      line.quality = 'good'
      line.drop()
      const seen = watched.sink.observations.length
      await untilOn(clock, 'a state on the good line', () => watched.sink.lastLink() === 'up' && watched.sink.observations.length > seen, 700_000, 200)
      expect(newsOf(watched)).toEqual([])
      expect(newsOf(neighbour)).toEqual([])
    })

    it.each(QUALITIES)('that is "%s" when the connection is closed leaves neither timer nor socket', async (quality) => {
      const { server, line } = await bench()
      for (const ms of [100, 12_000]) {
        line.quality = 'good'
        const watched = watch(line.url, server, recordingSink())
        await untilOn(watched.clock, 'the link', () => isUp(watched))
        line.quality = quality
        const from = watched.clock.monotonic()
        await untilOn(watched.clock, 'some time on the bad line', () => watched.clock.monotonic() - from >= ms, 60_000, STEP_MS)
        watched.stop.abort()
        await watched.connection.closed
        expect({ ms, timers: watched.clock.pending }).toEqual({ ms, timers: 0 })
        await until('every socket of the line to be closed', () => line.connections === 0, 5_000)
      }
    })

    it('that is cut at any step on the way up comes up all the same, and tells no start', async () => {
      const { server, line } = await bench()
      const first = watch(line.url, server, recordingSink())
      await untilOn(first.clock, 'the link', () => isUp(first))
      first.stop.abort()
      await first.connection.closed
      const steps = line.pieces + 2
      expect(steps).toBeGreaterThan(4)
      for (let step = 0; step < steps; step += 1) {
        line.cutAfter = step
        const watched = watch(line.url, server, recordingSink())
        await untilOn(watched.clock, `the link after a cut at step ${step}`, () => isUp(watched), 120_000)
        // The cut may come after the way up: then it is the next piece.
        await untilOn(watched.clock, `the cut at step ${step}`, () => line.cutAfter === null, 120_000)
        await untilOn(watched.clock, `the link again after step ${step}`, () => isUp(watched), 120_000)
        expect({ step, news: newsOf(watched) }).toEqual({ step, news: [] })
        watched.stop.abort()
        await watched.connection.closed
        expect({ step, timers: watched.clock.pending }).toEqual({ step, timers: 0 })
      }
    })

    it.each([['ahead', HOUR_MS], ['behind', -HOUR_MS]])('to a server whose clock is an hour %s: times are ours, and a job that goes on is no news after a loss', async (_where, ms) => {
      const { server, line } = await bench()
      const sink = rememberingSink()
      const watched = watch(line.url, server, sink, new TestClock(Date.now()), sink.options())
      await untilOn(watched.clock, 'the link', () => isUp(watched))
      line.dateAheadMs = ms
      for (const quality of ['close', 'good'] as const) {
        line.quality = quality
        line.drop()
        await untilOn(watched.clock, `the link on a line that is "${quality}"`, () => (watched.sink.lastLink() === 'up') === (quality === 'good'), 120_000)
      }
      await untilOn(watched.clock, 'a second full state', () => sink.order.filter((one) => one === 'full state').length >= 2, 120_000)
      expect(newsOf(watched)).toEqual([])
      for (const { at } of [...sink.observations, ...sink.links]) expect(Math.abs(at - watched.clock.now())).toBeLessThan(200_000)
    })
  })
}
