/** Everything a card is made of, put together by overview.ts from engine, settings and history. */
import type { PrinterCard } from '../../bridge/views/printers.ts'
import type { EventType, Link, PrinterState } from '../../engine/events/model.ts'
import type { PrinterCommand } from '../../engine/printers/adapter.ts'
import type { Spark } from './heat-log.ts'

/** The printer's last end of a print, or its last trouble, as the history knows it. */
export interface Remembered {
  eventId: string
  type: EventType
  at: number
  jobKey: string | null
  file: string | null
  printTime: number | null
  progress: number | null
  /** A machine word of the reducer ("server_restarted"). */
  reason: string | null
  /** The printer's own words. */
  text: string | null
  attention: { key: string; since: number } | null
  seen: boolean
  acknowledged: boolean
  /** Until a time only: it may be taken back. */
  forAWhile?: true
}

export interface PrinterFacts {
  id: string
  name: string
  /** The server kind's display name. */
  server: string
  hasWebPage: boolean
  /** What the adapter can send and the person allows. */
  commands: ReadonlySet<PrinterCommand['name']>
  state: PrinterState
  /** `since`: when it stopped answering; `detail`: the adapter's sentence with cause and cure. */
  link: { link: Link; since: number | null; detail: string | null }
  /** When the device fell into its present state, as far as we saw. */
  deviceSince: number | null
  /** The pause that lasts; `told` false = it is too short yet to be one (the head parks for a timelapse). */
  pause: { since: number; byUs: boolean; told: boolean } | null
  /** How the last print ended. */
  last: Remembered | null
  /** The newest attention, device error or failed print. */
  trouble: Remembered | null
  picture: PrinterCard['picture']
  muted: PrinterCard['muted']
  following: PrinterCard['following']
  unseen: number
  spark: Spark
}
