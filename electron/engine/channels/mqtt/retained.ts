/**
 * What the broker keeps of ours: the newest message of each topic. Published while there is a connection and no event is under way, each
 * topic one after the other, so that a slow broker gets the newest and no backlog; and anew with each connection, because a broker that
 * was restarted may have forgotten. What stands there is noted, so that it can be taken away when its printer is gone.
 */
import type { Log } from '../../ports.ts'
import type { ChannelMemory } from '../channel.ts'
import { clearing, type Publication } from './publication.ts'
import type { Session } from './session.ts'

export interface Retained {
  /** @param mark what is the same as long as nobody needs to hear of it again; absent = always another */
  put(publication: Publication, mark?: string): void
  /** Takes away what stands at the topic. */
  clear(topic: string): void
  /** Notes that something stands there, published by somebody else. */
  note(topic: string): void
  /** Topics at which something of ours stands or soon will, also from an earlier run. */
  topics(): string[]
  /** Publishes these once more. */
  again(fits: (topic: string) => boolean): void
  /** A connection is there. */
  begin(session: Session): void
  /** There is none any more. */
  end(): void
  /** Nothing is begun until as many releases. */
  hold(): void
  release(): void
}

/** So many topics at once; a broker's own limit is kept by the session. */
const AT_ONCE = 8
const NOTE = 'topic '
/** Nobody waits for it: it ends with its connection. */
const NEVER = new AbortController().signal

interface Item {
  /** Null = it is to go. */
  publication: Publication | null
  mark: string | undefined
}

export function createRetained({ memory, log }: { memory: ChannelMemory; log: Log }): Retained {
  const items = new Map<string, Item>()
  /** The first that waits is the first that goes. */
  const waiting = new Set<string>()
  const busy = new Set<string>()
  const noted = new Set(memory.keys(NOTE).map((key) => key.slice(NOTE.length)))
  /** Reason codes that were logged. */
  const refused = new Set<number>()
  let session: Session | null = null
  let holds = 0

  /** A disk that takes no note costs a topic that nobody clears one day; it must not cost the message. */
  function remembering(work: () => void): void {
    try {
      work()
    } catch (error) {
      log.warn('what stands at the broker could not be noted', { error: error instanceof Error ? error.name : typeof error })
    }
  }

  function note(topic: string): void {
    if (noted.has(topic)) return
    noted.add(topic)
    remembering(() => memory.set(`${NOTE}${topic}`, '1'))
  }

  function forget(topic: string): void {
    items.delete(topic)
    noted.delete(topic)
    remembering(() => memory.delete(`${NOTE}${topic}`))
  }

  function pump(): void {
    if (session === null || holds > 0) return
    for (const topic of waiting) {
      if (busy.size >= AT_ONCE) return
      if (busy.has(topic)) continue
      waiting.delete(topic)
      busy.add(topic)
      void publish(session, topic)
    }
  }

  async function publish(to: Session, topic: string): Promise<void> {
    const publication = items.get(topic)?.publication ?? null
    // Before it leaves: what a crash leaves behind is known to the next run.
    if (publication?.retain) note(topic)
    const answer = await to.publish(publication ?? clearing(topic), NEVER)
    busy.delete(topic)
    if (answer.said !== null && answer.stage === 'publish') {
      if (answer.said < 0x80 && publication === null && items.get(topic)?.publication === null) forget(topic)
      if (answer.said >= 0x80 && !refused.has(answer.said)) {
        refused.add(answer.said)
        log.warn('the broker does not take the state of a printer', { topic, reason: `0x${answer.said.toString(16)}` })
      }
    }
    pump()
  }

  return {
    put(publication, mark) {
      const { topic } = publication
      const before = items.get(topic)
      if (before?.publication && mark !== undefined && before.mark === mark) return
      items.set(topic, { publication, mark })
      waiting.add(topic)
      pump()
    },
    clear(topic) {
      items.set(topic, { publication: null, mark: undefined })
      waiting.add(topic)
      pump()
    },
    note,
    topics: () => [...new Set([...noted, ...[...items].flatMap(([topic, { publication }]) => (publication === null ? [] : [topic]))])],
    again(fits) {
      for (const topic of items.keys()) if (fits(topic)) waiting.add(topic)
      pump()
    },
    begin(next) {
      session = next
      waiting.clear()
      for (const topic of items.keys()) waiting.add(topic)
      pump()
    },
    end() {
      session = null
    },
    hold() {
      holds += 1
    },
    release() {
      holds -= 1
      pump()
    },
  }
}
