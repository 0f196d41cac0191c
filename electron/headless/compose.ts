import { ulids } from '../engine/ulids.ts'
import type { ChannelKind } from '../engine/channels/channel.ts'
import { channels } from '../engine/channels/registry.ts'
import { systemClock } from '../engine/clock.ts'
import { createEngine, type Engine } from '../engine/engine.ts'
import { HistoryError, type History } from '../engine/history/history.ts'
import { openHistory } from '../engine/history/sqlite-history.ts'
import { createLog } from '../engine/log.ts'
import { logFile } from '../engine/log-file.ts'
import type { PrinterEvent } from '../engine/events/model.ts'
import type { News } from '../engine/news.ts'
import { makePlaces, placesIn } from '../engine/places.ts'
import type { Log, Places, SecretStore } from '../engine/ports.ts'
import { adapters } from '../engine/printers/registry.ts'
import type { EngineSettings } from '../engine/settings/expand.ts'
import { createPictures } from '../engine/snapshots/codec.ts'
import { createSnapshots } from '../engine/snapshots/store.ts'
import { systemNet } from '../engine/system-net.ts'
import { UserError } from './errors.ts'
import { systemLocale } from './locale.ts'

export interface Composition {
  engine: Engine
  history: History
  places: Places
  log: Log
  /** Stops the engine and lets go of everything; what is not delivered waits on disk. */
  close(): Promise<void>
}

export interface Wishes {
  settings: EngineSettings
  dataFolder: string
  /** Absent = those that are built in. */
  channels?: ReadonlyMap<string, ChannelKind>
  secrets(log: Log): SecretStore
  onNews(news: News): void
  onOpen(item: { event: PrinterEvent | null; url: string | null }): void
}

/** SIGTERM ends the engine within 5 s; this leaves room for closing the files. */
const STOP_MS = 4_000

/** Builds the engine with the real parts of a plain Node process. @throws UserError when the data folder can't be used */
export function compose(wishes: Wishes): Composition {
  const places = placesIn(wishes.dataFolder)
  const clock = systemClock()
  let log: Log
  try {
    makePlaces(places)
    log = createLog(logFile(places.log, (text) => wishes.onNews({ line: 'notice', level: 'error', text })), process.env.PRINTBELL_LOG ?? 'info')
  } catch (error) {
    throw new UserError((error as Error).message)
  }
  const history = open(places, log)
  const pictures = createPictures({ clock, log, entry: new URL('./codec-process.mjs', import.meta.url) })
  const engine = createEngine({
    settings: wishes.settings,
    adapters,
    channels: wishes.channels ?? channels,
    history,
    snapshots: createSnapshots({ dir: places.snapshots, pictures, clock, log }),
    secrets: wishes.secrets(log),
    clock,
    random: Math.random,
    net: systemNet(),
    log,
    presence: { current: () => 'unknown' },
    locale: systemLocale(),
    ulid: ulids(Math.random),
    onNews: wishes.onNews,
    onOpen: wishes.onOpen,
  })
  return {
    engine,
    history,
    places,
    log,
    async close() {
      await engine.stop(STOP_MS)
      await pictures.close()
      history.close()
    },
  }
}

function open(places: Places, log: Log): History {
  try {
    return openHistory({ file: places.database, log, now: () => systemClock().now() })
  } catch (error) {
    if (error instanceof HistoryError) throw new UserError(error.message)
    throw error
  }
}
