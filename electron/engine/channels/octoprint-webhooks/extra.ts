/** `@extra`: what OctoPrint says with its event, else the same keys worked out from ours. */
import type { Message } from '../../delivery/message.ts'
import type { PrinterEvent } from '../../events/model.ts'
import { TOPICS, type Topic } from './topics.ts'

type Fields = Readonly<Record<string, unknown>>

export function extraOf(message: Pick<Message, 'event'>, topic: Topic): unknown {
  const { event } = message
  if (event === null) return {}
  const { native } = event
  const payload = isFields(native?.payload) ? native.payload : {}
  const says = Object.keys(payload).length > 0
  if (topic.id === 'custom') return says || event.type === 'server.event' ? payload : general(event)
  if (says && native?.name === TOPICS[topic.id].native && topic.topic === TOPICS[topic.id].topic) return payload
  // Of another event than the topic's (a cancel comes as PrintCancelled, a lost printer as a change of state): beside what belongs there.
  return { ...payload, ...known(workedOut(event, topic)) }
}

/** The payload of OctoPrint's event of this topic (octoprint.md 5.1). */
function workedOut(event: PrinterEvent, { id, topic }: Topic): Fields {
  switch (id) {
    case 'started': return jobOf(event)
    case 'done': return { ...jobOf(event), time: event.printTime }
    // A failure tells its progress as a fraction, everything else in percent: so does OctoPrint.
    case 'failed': return { ...jobOf(event), time: event.printTime, reason: 'error', error: event.text ?? event.reason, progress: event.progress }
    case 'cancelled': return { ...jobOf(event), time: event.printTime, ...(topic === TOPICS.failed.topic ? { reason: 'cancelled' } : {}), progress: percentOf(event) }
    case 'paused': return { ...jobOf(event), progress: percentOf(event) }
    case 'error': return { error: event.text ?? event.reason ?? '', reason: event.reason }
    // The plugin's own events say nothing.
    case 'action':
    case 'progress': return {}
    default: return general(event)
  }
}

function jobOf({ job, context }: PrinterEvent): Fields {
  if (job === undefined) return {}
  return { name: job.file.name, path: job.file.path, origin: job.file.origin, size: job.file.size, owner: job.user, user: context?.user }
}

function general(event: PrinterEvent): Fields {
  const heater = event.heater && { name: event.heater.name, actual: event.heater.actual, target: event.heater.target }
  return known({ ...jobOf(event), progress: percentOf(event), time: event.printTime, reason: event.reason, text: event.text, code: event.code, layer: event.layer, heater })
}

function percentOf({ progress }: PrinterEvent): number | undefined {
  return progress === null || progress === undefined ? undefined : Math.floor(progress * 100 + 1e-9)
}

function known(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null))
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What the plugin's own test sends as the event's payload (octoprint.md 7.8), without what only its window needs. */
export const SAMPLE_EXTRA: Fields = { name: 'example.gcode', path: 'example.gcode', origin: 'local', size: 242_038, owner: 'example_user', time: 50.237335886 }

/** There a test tells the printer as it happens to stand; here a print half done, so that every parameter has something to show. */
export const SAMPLE_CONTEXT: Fields = {
  state: {
    text: 'Printing',
    flags: { operational: true, printing: true, cancelling: false, pausing: false, resuming: false, finishing: false, closedOrError: false, error: false, paused: false, ready: false, sdReady: false },
    error: '',
  },
  job: {
    file: { name: 'example.gcode', path: 'example.gcode', display: 'example.gcode', origin: 'local', size: 242_038, date: 1_588_195_405 },
    estimatedPrintTime: 476.5, averagePrintTime: null, lastPrintTime: null, filament: { tool0: { length: 335.8, volume: 0.8 } }, user: 'example_user',
  },
  currentZ: 5.6,
  progress: { completion: 50.2, filepos: 121_500, printTime: 240, printTimeLeft: 236, printTimeLeftOrigin: 'estimate' },
  offsets: {},
  meta: { analysis: { estimatedPrintTime: 476.5, dimensions: { width: 136.67, depth: 119.672, height: 5.6 }, filament: { tool0: { length: 335.8, volume: 0.8 } } } },
}
