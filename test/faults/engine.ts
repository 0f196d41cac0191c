/**
 * The engine of the fault run: the real one, with real storage and real webhooks, and a printer server that makes as many events as it
 * is told. Argument: JSON { data, settings, events, atMost, batch, everyMs }; without atMost it does not ask how many wait. It
 * goes on behind the last event on disk, so a new one takes over from one that was killed. Prints a JSON line { fed } when all were made.
 */
import { monotonicFactory } from 'ulid'
import { z } from 'zod'
import { channels } from '../../electron/engine/channels/registry.ts'
import { systemClock } from '../../electron/engine/clock.ts'
import { createEngine } from '../../electron/engine/engine.ts'
import { EVENT_TYPES } from '../../electron/engine/events/model.ts'
import type { History } from '../../electron/engine/history/history.ts'
import { openHistory } from '../../electron/engine/history/sqlite-history.ts'
import { createLog } from '../../electron/engine/log.ts'
import { logFile } from '../../electron/engine/log-file.ts'
import { makePlaces, placesIn } from '../../electron/engine/places.ts'
import type { Connection, PrinterAdapter } from '../../electron/engine/printers/adapter.ts'
import { expandSettings } from '../../electron/engine/settings/expand.ts'
import { settingsSchema } from '../../electron/engine/settings/schema.ts'
import { systemNet } from '../../electron/engine/system-net.ts'
import { noSnapshots } from '../support/no-snapshots.ts'

const ALL = 1_000_000

const asked = z.object({ data: z.string(), settings: z.unknown(), events: z.number(), atMost: z.number().optional(), batch: z.number().default(10), everyMs: z.number().default(20) }).parse(JSON.parse(process.argv[2] ?? ''))
const places = placesIn(asked.data)
makePlaces(places)
const clock = systemClock()
const log = createLog(logFile(places.log, (text) => process.stderr.write(`${text}\n`)), 'warn')
const history = openHistory({ file: places.database, log, now: () => clock.now() })

/** A server that tells finished events; no more at once than the outbox has room for (`atMost` waiting rows, where that is told). */
function feed(from: Pick<History, 'count' | 'outbox'>): PrinterAdapter {
  return {
    kind: 'feed', displayName: 'Feed', secretFields: {}, settingsSchema: z.object({ url: z.string() }),
    capabilities: { push: true, discover: false, pair: false, snapshot: false, commands: [], events: new Set(EVENT_TYPES), jobSurvivesServer: true },
    webUrl: () => null,
    test: () => Promise.reject(new Error('nobody asks')),
    connect(_server, sink, signal): Connection {
      const tell = (n: number, occurredAt: number): void => sink.observe({ kind: 'foreign', sourceId: 'only', at: clock.now(), event: { id: `feed-${n}`, occurredAt, type: 'server.event' }, native: { name: 'Fed', payload: { n } } })
      sink.link({ kind: 'link', at: clock.now(), link: 'up', cause: null, detail: null })
      // What happened before the first look is the baseline, and told to nobody; after a restart as well.
      tell(0, 0)
      let next = from.count({ types: ['server.event'] }, ALL).count + 1
      const timer = setInterval(() => {
        if (next > asked.events) {
          clearInterval(timer)
          process.stdout.write(`${JSON.stringify({ fed: asked.events })}\n`)
          return
        }
        if (asked.atMost !== undefined && from.outbox({ states: ['waiting'], limit: asked.atMost }).length >= asked.atMost) return
        for (let n = 0; n < asked.batch && next <= asked.events; n++) tell(next++, clock.now())
      }, asked.everyMs)
      const closed = new Promise<void>((done) => {
        signal.addEventListener('abort', () => {
          clearInterval(timer)
          done()
        }, { once: true })
      })
      return {
        closed, want: () => undefined, recheck: () => undefined,
        snapshot: () => Promise.reject(new Error('no camera')), command: async () => ({ result: 'unsupported', detail: '' }),
      }
    },
  }
}

const adapters = new Map([['feed', feed(history)]])
const { engine: settings } = expandSettings(settingsSchema().parse(asked.settings), { adapters, channels }, { path: null })
const engine = createEngine({
  settings, adapters, channels, history, clock, log, random: Math.random, net: systemNet(), presence: { current: () => 'unknown' }, ulid: monotonicFactory(),
  snapshots: noSnapshots('none here'),
  secrets: { resolve: () => Promise.reject(new Error('there are no secrets here')) },
  onNews: () => undefined, onOpen: () => undefined,
})
process.once('SIGTERM', () => {
  void engine.stop(5_000).then(() => {
    history.close()
    process.exit(0)
  })
})
// The engine's own timers keep no process alive.
setInterval(() => undefined, 60_000)
await engine.start()
