/** What the window shows of printers. Made by desktop/view/cards.ts. */
import { z } from 'zod'
import { displayState, epoch, eventType, id, pictureUrl } from './common.ts'

export const heaterView = z.strictObject({
  id: z.string(),
  /** What it heats; decides icon and colour. */
  role: z.enum(['nozzle', 'bed', 'chamber', 'other']),
  actual: z.number().nullable(),
  target: z.number().nullable(),
})

export const attentionView = z.strictObject({
  key: z.string(),
  kind: z.enum(['filament_runout', 'filament_change', 'user_input', 'door', 'plate']),
  text: z.string().nullable(),
  choices: z.array(z.string()),
  since: epoch,
})

/** How the last print ended, until it is seen. */
export const lastResult = z.strictObject({
  eventId: id,
  type: eventType,
  at: epoch,
  file: z.string().nullable(),
  printTime: z.number().nullable(),
  seen: z.boolean(),
})

export const printerCard = z.strictObject({
  id,
  name: z.string(),
  /** The server kind's display name ("OctoPrint"). */
  server: z.string(),
  state: displayState,
  link: z.enum(['connecting', 'up', 'stale', 'down', 'auth_failed', 'refused']),
  device: z.enum(['unknown', 'starting', 'ready', 'error', 'shutdown', 'off']),
  job: z.enum(['none', 'preparing', 'printing', 'pausing', 'paused', 'resuming', 'finishing', 'cancelling', 'done', 'cancelled', 'failed', 'unknown']),
  /** Cause and cure in a sentence, when the state is needs, error or offline and there is something to say. */
  cause: z.string().nullable(),
  /** When that began. */
  since: epoch.nullable(),
  jobKey: z.string().nullable(),
  file: z.string().nullable(),
  progress: z.number().nullable(),
  /** Seconds. */
  remaining: z.number().nullable(),
  elapsed: z.number().nullable(),
  eta: epoch.nullable(),
  layer: z.number().nullable(),
  layers: z.number().nullable(),
  heaters: z.array(heaterView),
  /** Last ten minutes, 20 points of 30 s, oldest first; null = a gap. */
  spark: z.strictObject({ nozzle: z.array(z.number().nullable()), bed: z.array(z.number().nullable()) }),
  picture: z.strictObject({ url: pictureUrl, takenAt: epoch }).nullable(),
  attentions: z.array(attentionView),
  lastResult: lastResult.nullable(),
  /** Which buttons make sense and are allowed now. */
  can: z.strictObject({ pause: z.boolean(), resume: z.boolean(), cancel: z.boolean(), answer: z.boolean(), snapshot: z.boolean(), acknowledge: z.boolean() }),
  /** Muted by a silence of this printer; null = not. `until` null = until lifted. */
  muted: z.strictObject({ until: epoch.nullable() }).nullable(),
  /** Its end, its attentions and its progress are told here, or where its settings say: of all its prints, or of this one; null = not. */
  following: z.enum(['always', 'print']).nullable(),
  unseen: z.number().int(),
  hasWebPage: z.boolean(),
})
export type PrinterCard = z.infer<typeof printerCard>

/** Temperatures of the last hour for the plot of the details page: one series a heater, `target` null where there was none. */
export const temperatures = z.strictObject({
  series: z.array(z.strictObject({
    id: z.string(),
    role: heaterView.shape.role,
    points: z.array(z.strictObject({ at: epoch, actual: z.number().nullable(), target: z.number().nullable() })),
  })),
})
export type Temperatures = z.infer<typeof temperatures>

export const printerDetails = z.strictObject({
  card: printerCard,
  cameras: z.array(z.strictObject({ id: z.string(), name: z.string(), chosen: z.boolean(), canSnapshot: z.boolean() })),
  /** `progressSource`: how the server computes the progress ("file", "slicer", ...), where it tells. */
  job: z.strictObject({ startedAt: epoch.nullable(), user: z.string().nullable(), size: z.number().nullable(), z: z.number().nullable(), progressSource: z.string().nullable() }).nullable(),
  message: z.string().nullable(),
  faults: z.array(z.string()),
  /** Whether its server lets us stop it at once, and its settings do. Whether there is something to stop is the card's `link` and `device`. */
  emergencyStop: z.boolean(),
  /** "OctoPrint 1.11.8", the server's address without credentials. */
  serverAddress: z.string().nullable(),
})
export type PrinterDetails = z.infer<typeof printerDetails>

/** What the nav, the tray and the title bar tell. */
export const status = z.strictObject({
  needs: z.number().int(),
  error: z.number().int(),
  printing: z.number().int(),
  offline: z.number().int(),
  idle: z.number().int(),
  unseen: z.number().int(),
  /** Destinations that fail, worst first. */
  failing: z.array(z.strictObject({ id, label: z.string(), since: epoch, why: z.string() })),
  /** All notifications paused by the person; null = not. `until` null = until lifted. */
  paused: z.strictObject({ until: epoch.nullable() }).nullable(),
})
export type Status = z.infer<typeof status>

/** A still that was just taken for an open card or a live preview. */
export const livePicture = z.discriminatedUnion('ok', [
  z.strictObject({ printerId: id, ok: z.literal(true), url: pictureUrl, takenAt: epoch }),
  z.strictObject({ printerId: id, ok: z.literal(false), why: z.string() }),
])
export type LivePicture = z.infer<typeof livePicture>
