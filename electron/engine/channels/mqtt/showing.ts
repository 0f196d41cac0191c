/** What is kept at the broker: that Printbell is there, how each printer stands, and what Home Assistant needs to show it. */
import type { Language } from '../../delivery/languages/language.ts'
import type { Clock } from '../../ports.ts'
import type { ChannelMemory, PrinterNow } from '../channel.ts'
import type { MqttConfig } from './config.ts'
import { discoveryOf } from './discovery.ts'
import { stateJson } from './payload.ts'
import { jsonPublication, retainedText } from './publication.ts'
import type { Retained } from './retained.ts'
import { LAYOUT_VERSION, ONLINE, type Topics } from './topics.ts'

export interface Showing {
  /** What stands there of any other printer goes, and what is no longer wanted of these. */
  watched(printerIds: readonly string[]): void
  state(printer: PrinterNow): void
  /** Somebody said something on a topic that we listen to. */
  heard(topic: string, text: string): void
}

export interface ShowingParts {
  config: MqttConfig
  topics: Topics
  retained: Retained
  memory: ChannelMemory
  clock: Pick<Clock, 'now'>
  /** In which entities are named now; absent = English. */
  language?(): Language
}

const HEATERS = 'heaters '
/** A note has room for some hundred names; no printer has so many heaters. */
const HEATERS_AT_MOST = 20

export function createShowing({ config, topics, retained, memory, clock, language }: ShowingParts): Showing {
  /** Every heater that was ever seen, by printer: one that is not reported while the server is away keeps its place. */
  const heaters = new Map<string, string[]>()
  const discoveries = new Set<string>()

  function heatersOf({ id, state }: PrinterNow): string[] {
    const before = heaters.get(id) ?? namesIn(memory.get(`${HEATERS}${id}`))
    const all = [...new Set([...before, ...Object.keys(state.heaters)])].slice(0, HEATERS_AT_MOST)
    if (all.length !== before.length) memory.set(`${HEATERS}${id}`, JSON.stringify(all))
    heaters.set(id, all)
    return all
  }

  function wanted(id: string): string[] {
    if (!config.state) return []
    return [topics.state(id), ...(config.includePicture ? [topics.picture(id)] : []), ...(config.homeAssistant ? [topics.discovery(id)] : [])]
  }

  return {
    watched(printerIds) {
      if (config.state) retained.put(retainedText(topics.status, ONLINE), ONLINE)
      const keep = new Set([...printerIds.flatMap(wanted), ...(config.state ? [topics.status] : [])])
      for (const topic of retained.topics()) {
        if (keep.has(topic)) continue
        discoveries.delete(topic)
        retained.clear(topic)
      }
      const ids = new Set(printerIds)
      for (const key of memory.keys(HEATERS)) {
        const id = key.slice(HEATERS.length)
        if (ids.has(id)) continue
        heaters.delete(id)
        memory.delete(key)
      }
    },
    state(printer) {
      if (!config.state) return
      if (config.homeAssistant) {
        const topic = topics.discovery(printer.id)
        const publication = jsonPublication(topic, discoveryOf(printer, heatersOf(printer), topics, config, language?.()), { retain: true })
        discoveries.add(topic)
        retained.put(publication, publication.payload.toString('utf8'))
      }
      const json = stateJson(printer, clock.now())
      // The time alone is no news.
      retained.put(jsonPublication(topics.state(printer.id), json, { retain: true, user: { version: String(LAYOUT_VERSION) } }), JSON.stringify({ ...json, time: 0 }))
    },
    heard(topic, text) {
      // Home Assistant began anew. What is retained comes to it anyway; brokers that lost it did not tell us.
      if (topics.births.includes(topic) && text === ONLINE) retained.again((one) => discoveries.has(one))
    },
  }
}

function namesIn(note: string | null): string[] {
  try {
    const names: unknown = JSON.parse(note ?? '[]')
    return Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string') : []
  } catch {
    return []
  }
}
