/** The way to one broker: one connection that all share, made when it is wanted, and made anew while it is to be kept. */
import { backOff, type BackOff } from '../../delivery/retry.ts'
import type { Cancel, Clock, Log, Random } from '../../ports.ts'
import type { Verdict } from '../channel.ts'
import { ENDED } from './answers.ts'
import type { Opened, Session } from './session.ts'

export interface BrokerParts {
  /** One attempt. @throws Error when it can't even begin */
  open(signal: AbortSignal): Promise<Opened>
  clock: Clock
  random: Random
  log: Log
  /** A connection is there: whoever waits for it goes on right afterwards. */
  onUp(session: Session): void
  onDown(): void
}

export interface Broker {
  /** The connection, after one attempt when there is none. The attempt under way is shared. Never rejects. */
  connected(signal: AbortSignal): Promise<Opened>
  /** From now on there is to be a connection at all times. */
  keep(): void
  /** The connection, while there is one. */
  session(): Session | null
  /** Ends what is under way and the connection, with a goodbye where that is possible within `withinMs`. */
  close(withinMs: number): Promise<void>
}

const PASSING: BackOff = { baseMs: 2_000, capMs: 60_000, floorMs: 500 }
/** For what someone must mend, another client of the same name among it. */
const NEEDS_MENDING: BackOff = { baseMs: 120_000, capMs: 600_000, floorMs: 30_000 }
/** A connection that held so long was none of a row of failures. ms */
const STABLE_MS = 30_000

export function openBroker(parts: BrokerParts): Broker {
  const { clock, random, log } = parts
  const closing = new AbortController()
  let attempt: Promise<Opened> | null = null
  let session: Session | null = null
  let kept = false
  let failures = 0
  let told = false
  let ended = false
  let cancelRetry: Cancel = () => undefined

  function connect(): Promise<Opened> {
    cancelRetry()
    attempt ??= afterTheLast().then(begin).finally(() => {
      attempt = null
    })
    return attempt
  }

  /** A broker would take two connections of one name for two programs. */
  function afterTheLast(): Promise<void> {
    return new Promise((resolve) => {
      if (session) session.onOver(() => resolve())
      else resolve()
    })
  }

  async function begin(): Promise<Opened> {
    const opened = await dialled()
    if (opened.session === null) {
      failed(opened.verdict)
      return opened
    }
    if (ended) {
      await opened.session.end(0)
      return { session: null, verdict: ENDED }
    }
    cancelRetry()
    const since = clock.monotonic()
    session = opened.session
    if (told) log.info('the broker is connected again')
    told = false
    session.onOver((why) => {
      session = null
      if (clock.monotonic() - since >= STABLE_MS) failures = 0
      parts.onDown()
      failed(why)
    })
    parts.onUp(opened.session)
    return opened
  }

  async function dialled(): Promise<Opened> {
    try {
      return await parts.open(closing.signal)
    } catch (error) {
      // Its words may hold the address.
      log.error('no connection to a broker could be begun', { error: error instanceof Error ? error.name : typeof error })
      return { session: null, verdict: { result: 'retry', after: null, why: 'Printbell could not begin to connect.' } }
    }
  }

  function failed(verdict: Verdict): void {
    failures += 1
    if (ended) return
    const why = 'why' in verdict ? verdict.why : ''
    if (!told) log.warn('the broker is not connected', { why })
    told = true
    if (!kept) return
    const wait = verdict.result === 'rejected' ? backOff(failures, random, NEEDS_MENDING) : Math.max(backOff(failures, random, PASSING), verdict.result === 'retry' ? (verdict.after ?? 0) : 0)
    cancelRetry()
    cancelRetry = clock.after(wait, () => void connect())
  }

  return {
    session: () => session,
    async connected(signal) {
      if (ended || signal.aborted) return { session: null, verdict: ENDED }
      if (session?.usable()) return { session }
      return orAborted(connect(), signal)
    },
    keep() {
      kept = true
      if (session === null && !ended) void connect()
    },
    async close(withinMs) {
      ended = true
      cancelRetry()
      closing.abort()
      if (session) await session.end(withinMs)
    },
  }
}

/** What comes of an attempt, or that nobody waits for it any more. */
function orAborted(opening: Promise<Opened>, signal: AbortSignal): Promise<Opened> {
  return new Promise((resolve) => {
    const abort = (): void => resolve({ session: null, verdict: ENDED })
    signal.addEventListener('abort', abort, { once: true })
    void opening.then((opened) => {
      signal.removeEventListener('abort', abort)
      resolve(opened)
    })
  })
}
