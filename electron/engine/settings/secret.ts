import { inspect } from 'node:util'

const SHOWN = '[secret]'
/** Shorter values would cut ordinary words out of texts ("on", "1234"). */
const SHORTEST_SCRUBBED = 6
const known = new Set<string>()

/**
 * A secret value that cannot be printed by accident: string conversion, JSON and inspect all show "[secret]".
 * Redaction is by type, so a new log line or error text is safe without anybody remembering to scrub it.
 */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
    if (value.length >= SHORTEST_SCRUBBED) known.add(value)
  }
  /** The value itself. Call it only where it leaves for the far side (a header, a request body). */
  reveal(): string {
    return this.#value
  }
  toString(): string {
    return SHOWN
  }
  toJSON(): string {
    return SHOWN
  }
  [inspect.custom](): string {
    return SHOWN
  }
}

/**
 * The second net, for texts that come back from outside (a server that echoes the key it refused): cuts the value of
 * every secret this process holds, plain, percent-encoded or base64, out of `text`.
 */
export function scrub(text: string): string {
  let clean = text
  for (const value of known) {
    for (const form of [value, encodeURIComponent(value), Buffer.from(value).toString('base64')]) {
      if (clean.includes(form)) clean = clean.replaceAll(form, SHOWN)
    }
  }
  return clean
}
