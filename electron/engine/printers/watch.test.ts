import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { NOTHING_WANTED } from '../../../test/support/adapter-kit.ts'
import { memory } from '../history/test-support.ts'
import { initialMemory, reduce } from '../events/reduce.ts'
import type { JobFile, Link, LinkObservation, Observation } from '../events/model.ts'
import type { PrinterMemory, ReducerInput } from '../events/reduction.ts'
import { runPrinter, type PrinterRunner } from '../events/runner.ts'
import { DEFAULT_THRESHOLDS } from '../settings/defaults.ts'
import { systemNet } from '../system-net.ts'
import type { ConnectOptions, Connection, PrinterAdapter, ServerConfig, Sink } from './adapter.ts'
import { watchServer, type WatchedSource } from './watch.ts'

const START = Date.UTC(2026, 0, 15, 12)
const SERVER: ServerConfig = { id: 'farm', kind: 'fake', settings: { url: 'http://farm' }, secrets: {} }

/** A runner that only notes what it is told. */
function listener(printerId: string, remembered: PrinterMemory = memory()): PrinterRunner & { got: ReducerInput[] } {
  const got: ReducerInput[] = []
  return { printerId, got, input: (input) => void got.push(input), memory: () => remembered, state: () => remembered.state, changeContext: () => undefined, stop: () => undefined }
}

/** Watches a server whose adapter does what the test says. */
function setUp(sources: WatchedSource[], whileConnecting: (sink: Sink) => void = () => undefined) {
  const log = memoryLog()
  const links: [string, LinkObservation][] = []
  const calls: { server: ServerConfig; options: ConnectOptions; signal: AbortSignal }[] = []
  const connection: Connection = { closed: Promise.resolve(), snapshot: () => Promise.reject(new Error('none')), command: async () => ({ result: 'accepted', detail: '' }), want: () => undefined, recheck: () => undefined }
  let sink: Sink | null = null
  const adapter: PrinterAdapter = {
    kind: 'fake', displayName: 'Fake', settingsSchema: z.unknown(), secretFields: {}, webUrl: () => null,
    capabilities: { push: true, discover: false, pair: false, snapshot: true, commands: [], events: new Set(), jobSurvivesServer: false },
    test: () => Promise.reject(new Error('not asked')),
    connect(server, given, signal, _ports, options) {
      calls.push({ server, options, signal })
      sink = given
      whileConnecting(given)
      return connection
    },
  }
  const stopping = new AbortController()
  const watch = watchServer({
    refreshSecrets: async () => ({}),
    server: SERVER, adapter, sources, wanted: NOTHING_WANTED, signal: stopping.signal,
    ports: { clock: new TestClock(START), random: () => 0.5, net: systemNet(), log },
    onLink: (serverId, observation) => void links.push([serverId, observation]),
  })
  if (!sink || !calls[0]) throw new Error('the adapter was not connected')
  return { watch, sink: sink as Sink, log, links, call: calls[0], calls, connection, stopping }
}

const state = (sourceId: string): Observation => ({ kind: 'state', sourceId, at: START, full: true, state: { job: 'none' } })
const link = (name: Link, cause: string | null = null, at = START, detail: string | null = null): LinkObservation => ({ kind: 'link', at, link: name, cause, detail })

describe('what a server says of its printers', () => {
  it('reaches the printer that is set up with that id, and no other', () => {
    const [left, right] = [listener('left'), listener('right')]
    const { sink } = setUp([{ sourceId: '1', runner: left }, { sourceId: '2', runner: right }])
    sink.observe(state('2'))
    sink.observe(state('1'))
    sink.observe({ kind: 'signal', sourceId: '2', at: START, signal: { type: 'device_reset' } })
    expect(left.got).toEqual([state('1')])
    expect(right.got).toEqual([state('2'), { kind: 'signal', sourceId: '2', at: START, signal: { type: 'device_reset' } }])
  })

  it('reaches the only printer of a server whatever the server calls it', () => {
    const only = listener('only')
    const { sink, watch } = setUp([{ sourceId: null, runner: only }])
    sink.observe(state('_default'))
    expect(only.got).toEqual([state('_default')])
    expect(watch.sourceId('only')).toBe('_default')
  })

  it('of a printer that is not set up is told once in the log, and reaches nobody', () => {
    const left = listener('left')
    const { sink, log } = setUp([{ sourceId: '1', runner: left }])
    for (const id of ['8', '8', '9', '8']) sink.observe(state(id))
    expect(left.got).toEqual([])
    expect(log.lines).toEqual([
      { level: 'info', message: 'the server speaks of a printer that is not set up here', fields: { server: 'farm', sourceId: '8' } },
      { level: 'info', message: 'the server speaks of a printer that is not set up here', fields: { server: 'farm', sourceId: '9' } },
    ])
  })

  it('and commands go by the configured id, not by the one spoken of last', () => {
    const { sink, watch } = setUp([{ sourceId: '1', runner: listener('left') }, { sourceId: '2', runner: listener('right') }])
    sink.observe(state('2'))
    expect(watch.sourceId('left')).toBe('1')
    expect(watch.sourceId('right')).toBe('2')
  })
})

describe('junk from a server', () => {
  it('is counted by what it is and told once each', () => {
    const { sink, watch, log } = setUp([{ sourceId: null, runner: listener('only') }])
    for (const what of ['frame', 'frame', 'temperature', 'frame']) sink.junk(what)
    expect(Object.fromEntries(watch.junk())).toEqual({ frame: 3, temperature: 1 })
    const message = 'the server sent something that could not be understood; told once, counted from now on'
    expect(log.lines).toEqual([
      { level: 'warn', message, fields: { server: 'farm', what: 'frame' } },
      { level: 'warn', message, fields: { server: 'farm', what: 'temperature' } },
    ])
  })
})

describe('a server that makes up names without end', () => {
  it('fills neither the memory nor the log with kinds of junk', () => {
    const { sink, watch, log } = setUp([{ sourceId: null, runner: listener('only') }])
    for (let n = 0; n < 1_000; n++) sink.junk(`kind ${n}`)
    sink.junk('kind 5')
    sink.junk('x'.repeat(9_000))
    expect(watch.junk().size).toBe(100)
    expect(watch.junk().get('kind 5')).toBe(2)
    // Kinds 99 to 999, and the long one.
    expect(watch.junk().get('more kinds of junk')).toBe(902)
    expect(log.lines).toHaveLength(100)
  })

  it('is cited with 200 characters of a kind of junk', () => {
    const { sink, watch } = setUp([{ sourceId: null, runner: listener('only') }])
    sink.junk('x'.repeat(9_000))
    expect([...watch.junk().keys()]).toEqual(['x'.repeat(200)])
  })

  it('fills neither the memory nor the log with printers', () => {
    const { sink, log } = setUp([{ sourceId: '1', runner: listener('only') }])
    for (let n = 0; n < 1_000; n++) sink.observe(state(`made up ${n}`))
    expect(log.lines).toHaveLength(100)
  })
})

describe('the link of a server', () => {
  it('is "connecting" until the server says otherwise', () => {
    const { watch, links } = setUp([{ sourceId: null, runner: listener('only') }])
    expect(watch.link()).toEqual(link('connecting'))
    expect(links).toEqual([])
  })

  it('is reported when it changes, each sign of life reaches every printer', () => {
    const [left, right] = [listener('left'), listener('right')]
    const { sink, links, watch } = setUp([{ sourceId: '1', runner: left }, { sourceId: '2', runner: right }])
    const said = [link('connecting'), link('up'), link('up', null, START + 1), link('down', 'timeout', START + 2), link('down', 'timeout', START + 3), link('down', 'refused', START + 4), link('up', null, START + 5)]
    for (const one of said) sink.link(one)
    expect(links).toEqual([
      ['farm', link('up')],
      ['farm', link('down', 'timeout', START + 2)],
      ['farm', link('down', 'refused', START + 4)],
      ['farm', link('up', null, START + 5)],
    ])
    expect(left.got).toEqual(said)
    expect(right.got).toEqual(said)
    expect(watch.link()).toEqual(link('up', null, START + 5))
  })

  it('may be told while connect() still runs', () => {
    const only = listener('only')
    const { links, watch } = setUp([{ sourceId: null, runner: only }], (sink) => {
      sink.link(link('down', 'refused'))
      sink.observe(state('x'))
    })
    expect(links).toEqual([['farm', link('down', 'refused')]])
    expect(only.got).toEqual([link('down', 'refused'), state('x')])
    expect(watch.sourceId('only')).toBe('x')
  })
})

describe('what an adapter is given', () => {
  it('is the server, the wish to end, and what is wanted, once', () => {
    const { call, calls, connection, watch, stopping } = setUp([{ sourceId: null, runner: listener('only') }])
    expect(calls).toHaveLength(1)
    expect(call.server).toBe(SERVER)
    expect(call.options.wanted).toBe(NOTHING_WANTED)
    expect(watch.connection).toBe(connection)
    expect(call.signal.aborted).toBe(false)
    stopping.abort()
    expect(call.signal.aborted).toBe(true)
  })

  it('is what is remembered of each printer: its last sight and the job that ran then', () => {
    const lamp: JobFile = { name: 'lamp-vase.gcode', path: 'art/lamp-vase.gcode', origin: 'local', size: 1000 }
    const clock = new TestClock(START)
    const busy = runPrinter({
      clock, reduce, memory: initialMemory('connecting'), onReduction: () => undefined,
      context: { printerId: 'busy', printerName: 'Busy', serverKind: 'fake', thresholds: DEFAULT_THRESHOLDS, wantsNative: () => false },
    })
    const { call, sink } = setUp([{ sourceId: '1', runner: busy }, { sourceId: '2', runner: listener('idle', memory()) }, { sourceId: '3', runner: listener('new', initialMemory('connecting')) }])
    const { remembered } = call.options
    expect(remembered.lastSeenAt('1')).toBeNull()
    expect(remembered.activeJob('1')).toBeNull()
    sink.link(link('up'))
    sink.observe({ kind: 'state', sourceId: '1', at: START, full: true, state: { device: 'ready', job: 'none', file: null } })
    sink.observe({ kind: 'signal', sourceId: '1', at: START, signal: { type: 'job_started', file: lamp } })
    expect(remembered.lastSeenAt('1')).toBe(START)
    expect(remembered.activeJob('1')).toEqual({ file: lamp, startedAt: START, jobId: null })
    // 2026-01-15 12:00 UTC is when the other was seen; nobody ever saw the third.
    expect(remembered.lastSeenAt('2')).toBe(1_768_478_400_000)
    expect(remembered.activeJob('2')).toBeNull()
    expect(remembered.lastSeenAt('3')).toBeNull()
    expect(remembered.lastSeenAt('unknown')).toBeNull()
    expect(remembered.activeJob('unknown')).toBeNull()
    busy.stop()
  })
})

describe('a connection that was let go of', () => {
  it('has nothing to say any more', () => {
    const only = listener('only')
    const { sink, links, stopping, watch } = setUp([{ sourceId: null, runner: only }])
    sink.link(link('up'))
    stopping.abort()
    sink.link(link('down', 'closing'))
    sink.observe(state('_default'))
    expect(only.got).toEqual([link('up')])
    expect(links).toHaveLength(1)
    expect(watch.link().link).toBe('up')
  })
})
