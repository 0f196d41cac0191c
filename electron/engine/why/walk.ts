/** Going back through the newest events without holding up whoever runs in the same process. */
import type { History, StoredEvent } from '../history/history.ts'

export interface Walk {
  history: Pick<History, 'events'>
  /** When it happened, epoch ms, both ends counted. */
  since: number
  until: number
  /** Between two chunks others get their turn. */
  pause(): Promise<void>
  /** Aborted = nobody wants the answer any more. */
  signal?: AbortSignal | undefined
  /** The newest of them; `NEWEST` unless told. */
  most?: number | undefined
}

/** So many of the newest events are looked at. */
export const NEWEST = 10_000
/** Read and judged within some milliseconds (docs/performance.md). */
const CHUNK = 100

/** Newest first. @returns how many were visited, and whether there were more. @throws the reason of `signal`, HistoryError */
export async function walk({ history, since, until, pause, signal, most = NEWEST }: Walk, visit: (event: StoredEvent) => void): Promise<{ events: number; more: boolean }> {
  let beforeSeq: number | undefined
  const page = (limit: number): StoredEvent[] => history.events({ since, until, limit, ...(beforeSeq === undefined ? {} : { beforeSeq }) })
  for (let events = 0; ;) {
    signal?.throwIfAborted()
    const limit = Math.min(CHUNK, most - events)
    if (limit <= 0) return { events, more: page(1).length > 0 }
    const chunk = page(limit)
    for (const event of chunk) visit(event)
    events += chunk.length
    if (chunk.length < limit) return { events, more: false }
    beforeSeq = chunk.at(-1)?.seq
    await pause()
  }
}
