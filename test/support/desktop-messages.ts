/** Messages and pictures for tests of the toast. */
import type { Message, Picture } from '../../electron/engine/delivery/message.ts'
import type { PrinterEvent } from '../../electron/engine/events/model.ts'
import type { Sending } from '../../electron/engine/channels/channel.ts'

/** A paused print with two buttons, but for what is given. */
export function messageOf(given: Partial<Message> & { eventId?: string }): Message {
  const { eventId = 'E1', ...rest } = given
  const message: Message = {
    kind: 'event',
    event: null,
    type: 'job.paused',
    severity: 'warning',
    title: 'A1 mini: paused',
    body: 'From the printer’s screen at 31 %. planter-hex_120mm.',
    threadKey: 'p1 job-7',
    printer: { id: 'p1', name: 'A1 mini', serverKind: 'octoprint' },
    job: { key: 'job-7', name: 'planter-hex_120mm.gcode', startedAt: 1_768_478_000_000, endedAt: null, alertedAt: null },
    isWarning: false,
    isPaused: true,
    progress: 0.31,
    remaining: 3600,
    occurredAt: 1_768_478_400_000,
    late: false,
    actions: [{ id: 'open', label: 'Open' }, { id: 'resume', label: 'Resume' }, { id: 'cancel', label: 'Cancel print…' }],
    ...rest,
  }
  return 'event' in given || message.kind === 'test' || message.kind === 'notice' ? message : { ...message, event: eventOf(message, eventId) }
}

export function pictureOf(file: string, jpeg = new Uint8Array()): Picture {
  return { jpeg, file, width: 640, height: 480, takenAt: 1_768_478_400_000 }
}

/** A first try at sending `message`, but for what is given. */
export function sendingOf(message: Message, given: Partial<Sending> = {}): Sending {
  return { message, picture: null, deliveryKey: `${message.event?.id ?? message.kind} desk`, attempt: 1, update: false, signal: new AbortController().signal, ...given }
}

function eventOf(message: Message, id: string): PrinterEvent {
  return {
    id,
    seq: 1,
    dedupeKey: `p1|job-7|${message.type}|${id}`,
    occurredAt: message.occurredAt,
    observedAt: message.occurredAt,
    late: message.late,
    type: message.type,
    severity: message.severity,
    printerId: 'p1',
    printerName: 'A1 mini',
    serverKind: 'octoprint',
    byUs: false,
    snapshot: 'now',
  }
}
