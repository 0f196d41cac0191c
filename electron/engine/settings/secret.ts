import { inspect } from 'node:util'

const SHOWN = '[secret]'

/**
 * A secret value that cannot be printed by accident: string conversion, JSON and inspect all show "[secret]".
 * Redaction is by type, so a new log line or error text is safe without anybody remembering to scrub it.
 */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
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
