/** Metadata of the file that prints: it comes with the history's entry, else it is asked for. A file that was just uploaded has none yet. */
import { metadataOf, type Metadata } from './payloads.ts'

const AGAIN_MS = 5_000
/** So long a byte range may still come; afterwards the position in the whole file has to do. ms */
const PATIENCE_MS = 12_000
const MOST_REFUSALS = 5

export interface MetadataWatch {
  /** A new run: what was known may be of an older file of this name. */
  begin(at: number): void
  given(file: string, body: unknown): void
  /** The answer to a question; null = it has none. */
  answered(file: string, body: unknown): void
  /** Files changed: a refused one may have been read by now. */
  changed(): void
  of(file: string): Metadata | null
  /** Whether a byte range may still come. */
  waiting(file: string, at: number): boolean
  /** @returns the file, when it is to be asked for now */
  wanted(file: string, at: number): string | null
}

export function createMetadataWatch(): MetadataWatch {
  let known: { file: string; metadata: Metadata } | null = null
  let refusals = 0
  let askedAt: number | null = null
  let since = 0

  const of = (file: string): Metadata | null => (known?.file === file ? known.metadata : null)
  const ranged = (file: string): boolean => of(file)?.endByte != null
  function take(file: string, body: unknown): void {
    const metadata = metadataOf(body)
    if (metadata && (metadata.endByte !== null || !ranged(file))) known = { file, metadata }
  }

  return {
    begin(at) {
      known = null
      refusals = 0
      askedAt = null
      since = at
    },
    given: take,
    answered(file, body) {
      take(file, body)
      if (!ranged(file)) refusals += 1
    },
    changed() {
      refusals = 0
      askedAt = null
    },
    of,
    waiting: (file, at) => !ranged(file) && refusals < 2 && at - since < PATIENCE_MS,
    wanted(file, at) {
      if (ranged(file) || refusals >= MOST_REFUSALS || (askedAt !== null && at - askedAt < AGAIN_MS)) return null
      askedAt = at
      return file
    },
  }
}
