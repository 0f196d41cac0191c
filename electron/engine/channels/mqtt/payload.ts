/** What stands in the JSON that is published. docs/channels/mqtt.md is the promise; change both together. */
import type { Picture } from '../../delivery/message.ts'
import type { Heater, Job, PrinterState } from '../../events/model.ts'
import type { PrinterNow, Sending } from '../channel.ts'
import { webhookBody, type WebhookBody } from '../webhook/body.ts'
import { LAYOUT_VERSION } from './topics.ts'

/** As a webhook gets it, and what a desk that hears the same event by two ways tells them apart by. */
export interface EventJson extends Omit<WebhookBody, 'version' | 'image'> {
  version: typeof LAYOUT_VERSION
  /** The same for the same happening, also when it is rebuilt; null = a message that is about no event. */
  dedupeKey: string | null
  /** The picture stands retained at `topic` until the printer's next. */
  image: { topic: string; type: 'image/jpeg'; width: number; height: number; bytes: number; takenAt: number } | null
}

/** @param image what was really published just before, and where */
export function eventJson(sending: Pick<Sending, 'message' | 'deliveryKey'>, image: { picture: Picture; topic: string } | null): EventJson {
  const { version: _version, image: _image, ...body } = webhookBody(sending, null)
  return {
    version: LAYOUT_VERSION,
    ...body,
    dedupeKey: sending.message.event?.dedupeKey ?? null,
    image: image && { topic: image.topic, type: 'image/jpeg', width: image.picture.width, height: image.picture.height, bytes: image.picture.jpeg.byteLength, takenAt: image.picture.takenAt },
  }
}

/** The state of a printer in the words of DESIGN section 4: unknown is null, times are epoch ms, durations whole seconds. */
export interface StateJson {
  version: typeof LAYOUT_VERSION
  /** When this was published. */
  time: number
  printer: { id: string; name: string; kind: string }
  link: PrinterState['link']
  linkCause: string | null
  device: PrinterState['device']
  jobState: PrinterState['job']
  job: { key: string; name: string; path: string; origin: string; size: number | null; user: string | null; startedAt: number | null; endedAt: number | null } | null
  progress: number | null
  progressSource: string | null
  elapsed: number | null
  printTime: number | null
  remaining: number | null
  eta: number | null
  layer: number | null
  layers: number | null
  z: number | null
  heaters: Record<string, Heater>
  needsAttention: boolean
  attentions: { key: string; kind: string; text: string | null; choices: string[]; since: number }[]
  problem: boolean
  faults: { text: string; code: string | null }[]
  message: string | null
  capabilities: PrinterState['capabilities']
  cameras: { id: string; name: string; canSnapshot: boolean }[]
}

/** @param now epoch ms */
export function stateJson({ id, name, serverKind, state }: PrinterNow, now: number): StateJson {
  return {
    version: LAYOUT_VERSION,
    time: now,
    printer: { id, name, kind: serverKind },
    link: state.link,
    linkCause: state.linkCause,
    device: state.device,
    jobState: state.job,
    job: state.jobRef && jobOf(state.jobRef),
    progress: rounded(state.progress, 4),
    progressSource: state.progressSource,
    elapsed: rounded(state.elapsed, 0),
    printTime: rounded(state.printTime, 0),
    remaining: rounded(state.remaining, 0),
    eta: state.eta === null ? null : Math.round(state.eta / 1000) * 1000,
    layer: state.layer,
    layers: state.layers,
    z: rounded(state.z, 2),
    heaters: Object.fromEntries(Object.entries(state.heaters).map(([heater, { actual, target }]) => [heater, { actual: rounded(actual, 1), target: rounded(target, 1) }])),
    needsAttention: state.attentions.length > 0,
    attentions: state.attentions.map(({ key, kind, text, choices, since }) => ({ key, kind, text, choices: [...choices], since })),
    problem: state.device === 'error' || state.device === 'shutdown' || state.faults.length > 0,
    faults: state.faults.map(({ text, code }) => ({ text, code })),
    message: state.message,
    capabilities: state.capabilities && { ...state.capabilities },
    cameras: state.cameras.map(({ id: camera, name: called, canSnapshot }) => ({ id: camera, name: called, canSnapshot })),
  }
}

function jobOf({ key, file, user, startedAt, endedAt }: Job): StateJson['job'] {
  return { key, name: file.name, path: file.path, origin: file.origin, size: file.size, user, startedAt, endedAt }
}

/** What flickers in places that nobody looks at would be published each second. */
function rounded(value: number | null, places: number): number | null {
  return value === null ? null : Number(value.toFixed(places))
}
