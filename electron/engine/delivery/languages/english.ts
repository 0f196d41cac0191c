/**
 * Every sentence that a message can say, in English. Its type is what every other language must have: one that misses a sentence does not
 * compile. A sentence with something in it is a function of the whole, so that each language puts it together by its own grammar.
 */
import type { AttentionKind, Severity } from '../../events/model.ts'
import { plural, type Count, type When } from './format.ts'

/** Cause and cure; null = there is no cure to name. */
export interface CauseAndCure {
  cause: string
  cure: string | null
}

const at = ({ day, clock }: When): string => (day === null ? clock : `${day} ${clock}`)

export const english = {
  app: 'Printbell',
  /** Who or what, and what of it. */
  titled: (name: string, happened: string) => `${name}: ${happened}`,
  started: 'print started',
  firstLayer: 'first layer done',
  layer: (layer: string | null) => (layer === null ? 'layer reached' : `layer ${layer} reached`),
  progress: (percent: string | null) => (percent === null ? 'printing' : `${percent} printed`),
  printingFor: (time: string | null) => (time === null ? 'still printing' : `printing for ${time}`),
  doneIn: (time: string | null) => (time === null ? 'done soon' : `done in ${time}`),
  etaSlipped: 'takes longer',
  etaSlippedBody: (left: string | null) => (left === null ? 'The end moved away.' : `Another ${left} to go.`),
  stalled: 'nothing moves',
  stalledCure: 'Printing, but no progress. Look at the printer.',
  paused: 'paused',
  /** A body of its own, where nobody says why. */
  pausedAlone: 'Paused',
  /** By reason. */
  pausedBy: {
    user: 'By a person',
    gcode: 'By a command in the file',
    file: 'By a command in the file',
    printer: 'By the printer or the file',
    screen: "From the printer's screen",
    firmware: 'By the printer itself',
    failure: 'By the failure detection',
  },
  resumed: 'printing again',
  done: 'print done',
  cancelled: 'print cancelled',
  cancelledAlone: 'Cancelled',
  /** By reason. */
  cancelledBecause: {
    user: 'Cancelled by a person',
    printer: 'Cancelled at the printer',
    firmware: 'Cancelled after an error of the printer',
    printer_reset: 'The printer restarted by itself',
  },
  failed: 'print failed',
  /** Reasons whose words say more than the server's text. */
  failedBecause: {
    server_restarted: { cause: 'The server restarted during the print', cure: 'Check the printer, then print again.' },
    connection_lost: { cause: 'Lost the connection to the printer', cure: 'Check its cable and power.' },
    disconnected_by_user: { cause: 'Somebody disconnected the printer', cure: 'Connect it, then print again.' },
    printer_reset: { cause: 'The printer restarted by itself', cure: 'Check its power supply.' },
    emergency_stop: { cause: 'Emergency stop', cure: 'Check the printer before you connect it again.' },
    cancelled_or_failed: { cause: 'Cancelled or failed, the server does not say which', cure: 'Look at the printer.' },
  },
  failedNoCause: 'The server gives no cause',
  cancelledOrFailed: 'cancelled or failed',
  resultUnknown: 'result unknown',
  resultUnknownBody: 'The print ended out of sight. Look at the printer.',
  resultUnknownNext: 'The next print began. How this one ended is not known.',
  /** A cause in our words, and how far the print was. */
  at: (cause: string, percent: string) => `${cause} at ${percent}`,
  /** The same behind the printer's own words, which may end with a cry. */
  ownAt: (words: string, percent: string) => (/[!?…]$/.test(words) ? `${words} (${percent})` : `${words} at ${percent}`),
  attention: {
    filament_runout: 'filament ran out', filament_change: 'change filament', user_input: 'needs an answer', door: 'door is open', plate: 'check the plate',
  } as Record<AttentionKind, string>,
  attentionCure: {
    filament_runout: 'Load filament, then resume.',
    filament_change: 'Change the filament, then resume.',
    user_input: 'Answer it here or at the printer.',
    door: 'Close the door, then resume.',
    plate: 'Check the build plate, then resume.',
  } as Record<AttentionKind, string>,
  attentionCleared: 'needs you no more',
  attentionReminder: 'still needs you',
  failureWarning: 'print may be failing',
  failureDetected: 'print is failing',
  failureBody: {
    warning: 'Look at the picture. It prints on.',
    warningPaused: 'Paused by the failure detection. Look, then resume or cancel.',
    detected: 'It still prints. Look, then pause or cancel.',
    detectedPaused: 'Paused by the failure detection. Look, then cancel or resume.',
  },
  heaters: { any: 'heater', bed: 'bed', chamber: 'chamber', nozzle: 'nozzle', nozzleOf: (number: string) => `nozzle ${number}` },
  heaterReached: (name: string, degrees: string | null) => (degrees === null ? `${name} is hot` : `${name} at ${degrees}`),
  heaterCooled: (name: string) => `${name} cooled down`,
  heaterLeftOn: (name: string) => `${name} left on`,
  heaterLeftOnCure: 'Hot without a print. Switch it off.',
  heaterRunaway: 'heater out of control',
  heaterRunawayCure: 'Switch the printer off. Check heater and thermistor.',
  deviceReady: 'ready',
  deviceError: 'printer error',
  deviceErrorCure: 'Look at the printer.',
  deviceShutdown: 'printer shut down',
  deviceShutdownCure: 'Its firmware stopped. Restart it when the cause is gone.',
  deviceFault: 'printer fault',
  linkUp: 'answers again',
  linkLost: 'does not answer',
  linkLostPrinting: 'Lost during a print. Check the server and its network.',
  linkLostIdle: 'It may be switched off.',
  linkAuthFailed: 'key refused',
  linkAuthFailedCure: 'The server refuses the key. It may have been deleted there. Pair again.',
  linkRefused: 'server refuses us',
  linkRefusedCure: 'Test the connection in the settings: it names the cause.',
  cameraLost: 'no picture',
  cameraLostBody: 'The camera does not answer. Check its cable and service.',
  cameraUp: 'camera is back',
  message: 'message',
  commandDoneAlone: 'done as asked',
  /** By command. */
  commandDone: {
    pause: 'paused as asked', resume: 'resumed as asked', cancel: 'cancelled as asked', gcode: 'G-code sent', answer: 'answered', emergency_stop: 'stopped as asked',
  },
  commandFailedAlone: 'command failed',
  /** By command. */
  commandFailed: {
    pause: 'not paused', resume: 'not resumed', cancel: 'not cancelled', gcode: 'G-code not sent', answer: 'answer not given', emergency_stop: 'not stopped',
    mute: 'not muted', acknowledge: 'not acknowledged',
  },
  deliveryFailing: 'delivery fails',
  deliveryFailingBody: 'A destination does not take messages. See its row in the window.',
  deliveryRecovered: 'delivered again',
  offline: 'no network',
  offlineBody: 'This computer is offline. Printers are out of sight until it is back.',
  updateAvailable: 'update available',
  acknowledged: 'acknowledged',
  changed: 'settings changed',
  silenceOver: 'a silence is over',
  silenceOverBody: 'What it muted still needs you.',
  test: 'test message',
  testBody: (label: string) => `"${label}" works: this is a test.`,
  /** The body of a made-up event. */
  thisIsATest: 'This is a test.',
  /** The words of an event that was only played; rehearsal.ts stores them with it. */
  rehearsal: 'This is a rehearsal: nothing happened to the printer.',
  /** The words of the event that stands for others. */
  heldBack: (count: Count) => `${count.shown} more events within a minute were held back`,
  lateEnd: (when: When) => `Ended ${at(when)}, while Printbell was away.`,
  late: (when: When) => `At ${at(when)}, while Printbell was away.`,
  /** What could not be told when it happened; the rest follows. */
  happenedAt: (when: When) => `At ${at(when)}`,
  /** A time, and what was to be told then. */
  then: (when: string, rest: string) => `${when}: ${rest}`,
  away: (count: Count) => plural(count, { one: `${count.shown} event while you were away`, other: `${count.shown} events while you were away` }),
  awayGroups: { done: 'Done', cancelled: 'Cancelled', failed: 'Failed', unknown: 'Result unknown', other: 'Also' },
  /** Printers, of which only some are named. */
  more: (named: string, count: Count) => `${named} and ${count.shown} more`,
  /** Where several are told in one message, in the place of a name. */
  printers: (count: Count) => plural(count, { one: `${count.shown} printer`, other: `${count.shown} printers` }),
  cancelQuestion: 'cancel this print?',
  cancelQuestionBody: "It can't be resumed.",
  nothingDone: 'nothing done',
  /** Why a press did nothing. @param detail what was found out, in English */
  tooLate: (_why: 'stale' | 'expired', detail: string) => detail,
  buttons: {
    open: 'Show', pause: 'Pause', resume: 'Resume', resume_mute: 'Resume and mute', cancel: 'Cancel print…', cancel_confirm: 'Cancel print', keep: 'Keep printing',
    mute_1h: 'Mute 1 h', acknowledge: 'Acknowledge', seen: 'Mark seen', open_history: 'Open history', seen_all: 'Mark all seen',
  },
  toast: {
    /** What a click on it does. */
    open: 'Open',
    /** Where a system draws no buttons. */
    choices: (labels: string) => `In Printbell: ${labels}`,
  },
  /** What is said of a picture to those who don't see it. */
  picture: {
    ofCamera: 'The picture of the camera',
    ofPrint: 'Picture of the print',
    of: (printer: string) => `Picture of ${printer}`,
  },
  mail: {
    answerElsewhere: 'Answer in Printbell or at the printer: a mail has no buttons.',
    closing: (label: string) => `Sent by Printbell to "${label}". To stop these mails: in Printbell, open Destinations, "${label}", and switch it off.`,
    needsYou: 'Needs you',
    severity: { info: 'News', success: 'Done', warning: 'Warning', error: 'Error', critical: 'Critical' } as Record<Severity, string>,
    facts: {
      printer: 'Printer', file: 'File', progress: 'Progress', left: 'Time left', printTime: 'Print time', layer: 'Layer', temperature: 'Temperature',
      says: 'The printer says', offers: 'It offers',
    },
    target: (degrees: string) => `target ${degrees}`,
  },
  /** What a press in a chat is answered with. */
  pressed: {
    passedOn: 'Passed on.',
    printsOn: 'It prints on.',
    already: 'This was pressed already.',
    notLinked: 'This chat is not linked to Printbell.',
  },
  /** Names of what a printer has in Home Assistant. */
  entities: {
    job: 'Job state', file: 'File', progress: 'Progress', remaining: 'Remaining', eta: 'Ends at', layer: 'Layer',
    temperature: (heater: string) => `Temperature ${heater}`,
    target: (heater: string) => `Target ${heater}`,
    connected: 'Connected', attention: 'Needs attention', problem: 'Problem', picture: 'Picture', event: 'Event',
  },
}

/** What a language must be able to say. */
export type Catalogue = typeof english
