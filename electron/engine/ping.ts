/**
 * A sign of life to somebody outside, so that something watches the watcher: an address that is called while the engine lives
 * (healthchecks.io and its like). Where it stops coming, the service there tells a person; Printbell itself could not any more.
 */
import { isDeepStrictEqual } from 'node:util'
import { problemOfAddress } from './channels/kit/address.ts'
import { ask } from './channels/kit/http.ts'
import type { Cancel, Clock, Log, Net, SecretStore } from './ports.ts'
import type { EngineSettings } from './settings/expand.ts'
import { orTooLate } from './settle-within.ts'

export interface PingParts {
  /** Those in force now. */
  settings(): EngineSettings['ping']
  secrets: SecretStore
  clock: Clock
  net: Net
  log: Log
  /** Told when it failed several times in a row, and when it works again. */
  onNotice(level: 'error' | 'info', text: string): void
}

export interface Ping {
  /** Calls now, then every so often. Without an address nothing happens. */
  start(): void
  /** The settings may be others now. */
  apply(): void
  /** After sleep, or when the network is back: calls now when one is overdue. */
  recheck(): void
  stop(): void
}

/** From the call to the end of the answer. */
const TIMEOUT_MS = 10_000
/** A store of secrets that answers later is waited for no longer. */
const SECRET_MS = 5_000
const TOLD_AFTER = 3
const MINUTE_MS = 60_000

export function createPing(parts: PingParts): Ping {
  const { clock, net, log } = parts
  let running = false
  let cancel: Cancel = () => undefined
  let abort = new AbortController()
  let used: EngineSettings['ping'] | null = null
  /** When the last one left, on a clock that sleep does not stop; epoch ms. */
  let begunAt = 0
  let failures = 0

  /** Begins anew with the settings as they are: what is under way ends, what is planned is planned again. */
  function begin(): void {
    end()
    used = parts.settings()
    failures = 0
    if (used.url !== undefined) call()
  }

  function end(): void {
    cancel()
    abort.abort()
    abort = new AbortController()
  }

  function call(): void {
    cancel()
    cancel = clock.after(everyMs(), call)
    // That this computer is offline is told elsewhere; the service notices by itself.
    if (net.online() === false) return
    begunAt = clock.now()
    const { signal } = abort
    void once(signal).then((why) => {
      if (!signal.aborted) took(why)
    })
  }

  const everyMs = (): number => (used?.everyMinutes ?? 0) * MINUTE_MS

  /** Why it did not get through; null = it did. Never rejects. */
  async function once(signal: AbortSignal): Promise<string | null> {
    try {
      const url = await address()
      const way = await net.through?.({ proxy: 'system' })
      const asking = await ask({ clock, net: { ...net, ...way } }, { method: 'GET', url, timeoutMs: TIMEOUT_MS, signals: [signal] })
      if (asking.answer === null) return asking.verdict.result === 'delivered' ? null : asking.verdict.why
      const { status } = asking.answer
      return status >= 200 && status < 300 ? null : `The server answers ${status}. Check the address.`
    } catch (error) {
      return error instanceof Error ? error.message : 'It failed for a reason of our own.'
    }
  }

  /** Read anew each time, so that a changed one holds at once. @throws Error naming the reference or what is wrong, never the address */
  async function address(): Promise<string> {
    const reference = used?.url
    if (reference === undefined) throw new Error('Its address is missing.')
    const secret = await orTooLate(() => parts.secrets.resolve(reference), SECRET_MS, clock)
    if (secret === null) throw new Error(`Its address could not be read within ${SECRET_MS / 1000} s.`)
    const url = secret.reveal().trim()
    const wrong = problemOfAddress(url, { credentials: 'the service gives an address without them' })
    if (wrong !== null) throw new Error(wrong)
    return url
  }

  function took(why: string | null): void {
    if (why === null) {
      if (failures > 0) log.info('the sign of life gets through again', { failures })
      if (failures >= TOLD_AFTER) parts.onNotice('info', 'The sign of life gets through again.')
      failures = 0
      return
    }
    failures += 1
    if (failures === 1) log.warn('the sign of life did not get through; told again when it does', { why })
    if (failures === TOLD_AFTER) parts.onNotice('error', `The sign of life did not get through ${TOLD_AFTER} times in a row: ${why} Whoever watches there may take Printbell for stopped.`)
  }

  return {
    start() {
      running = true
      begin()
    },
    apply() {
      if (running && !isDeepStrictEqual(used, parts.settings())) begin()
    },
    recheck() {
      if (running && used?.url !== undefined && clock.now() - begunAt >= everyMs()) call()
    },
    stop() {
      running = false
      end()
    },
  }
}
