/** How long work takes, and how long it keeps the thread that asked for it from everything else. */

const BEAT_MS = 5

export interface Watched<T> {
  result: T
  ms: number
  /** The longest that this thread was kept from other work meanwhile. ms */
  stall: number
}

export async function watched<T>(work: () => Promise<T>): Promise<Watched<T>> {
  const began = performance.now()
  let last = began
  let stall = 0
  const beat = setInterval(() => {
    const now = performance.now()
    stall = Math.max(stall, now - last - BEAT_MS)
    last = now
  }, BEAT_MS)
  try {
    const result = await work()
    return { result, ms: performance.now() - began, stall }
  } finally {
    clearInterval(beat)
  }
}
