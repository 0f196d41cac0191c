/**
 * Tells the channels that show how printers stand what has changed: at most once a second and printer, and the newest only. What a
 * channel makes of it, and whether that is another than before, is its own business.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Channel, ChannelCapabilities, PrinterNow } from './channels/channel.ts'
import type { Cancel, Clock, Log } from './ports.ts'

export interface StateFeedParts {
  clock: Clock
  log: Log
  /** Those that are watched now. */
  printers(): readonly PrinterNow[]
  /** One of them; null = it is not watched. */
  printer(printerId: string): PrinterNow | null
  /** By destination, those that are open now. */
  open: ReadonlyMap<string, { channel: Channel; capabilities: ChannelCapabilities }>
}

export interface StateFeed {
  /** Something about this printer may be another than before, or it came or went. Cheap: called several times a second and printer. */
  touched(printerId: string): void
  /** A destination was opened: it is told everything, at once. */
  opened(destinationId: string): void
  stop(): void
}

/** ms */
const AT_MOST_EVERY = 1_000

export function createStateFeed(parts: StateFeedParts): StateFeed {
  const { clock, log } = parts
  /** What was told last of each printer, and when on the monotonic clock. */
  const told = new Map<string, { now: PrinterNow; at: number }>()
  const waiting = new Map<string, Cancel>()
  /** Of which the channels know that they are watched. */
  let known: ReadonlySet<string> = new Set()
  let stopped = false

  const listeners = (): Channel[] => [...parts.open.values()].flatMap(({ channel, capabilities }) => (capabilities.state ? [channel] : []))

  function say(channel: Channel, what: (channel: Channel) => void): void {
    try {
      what(channel)
    } catch (error) {
      // Its words may hold an address or a secret.
      log.error('a channel broke while it was told how a printer stands; a channel must not', { error: error instanceof Error ? error.name : typeof error })
    }
  }

  /** Tells who is watched to everybody when that is another set than before, else to `always` only. */
  function tellWho(printers: readonly PrinterNow[], always: Channel | null): void {
    const ids = printers.map(({ id }) => id)
    const same = ids.length === known.size && ids.every((id) => known.has(id))
    known = new Set(ids)
    for (const channel of same ? [] : listeners()) if (channel !== always) say(channel, (one) => one.tellPrinters?.(ids))
    if (always) say(always, (one) => one.tellPrinters?.(ids))
  }

  function tell(printerId: string): void {
    waiting.delete(printerId)
    const now = parts.printer(printerId)
    // The others are looked at only when one came or went: many printers are told each second.
    if (known.has(printerId) !== (now !== null)) tellWho(parts.printers(), null)
    if (now === null) {
      told.delete(printerId)
      return
    }
    if (isDeepStrictEqual(now, told.get(printerId)?.now)) return
    told.set(printerId, { now, at: clock.monotonic() })
    for (const channel of listeners()) say(channel, (one) => one.tellState?.(now))
  }

  return {
    touched(printerId) {
      if (stopped || waiting.has(printerId) || listeners().length === 0) return
      const last = told.get(printerId)
      const wait = last === undefined ? 0 : Math.max(0, last.at + AT_MOST_EVERY - clock.monotonic())
      waiting.set(printerId, clock.after(wait, () => tell(printerId)))
    },
    opened(destinationId) {
      const found = parts.open.get(destinationId)
      if (stopped || !found?.capabilities.state) return
      const printers = parts.printers()
      tellWho(printers, found.channel)
      for (const now of printers) say(found.channel, (one) => one.tellState?.(now))
    },
    stop() {
      stopped = true
      for (const cancel of waiting.values()) cancel()
      waiting.clear()
    },
  }
}
