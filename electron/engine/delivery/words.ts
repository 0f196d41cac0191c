/** Every English sentence that a message can say, in one place, so that other languages can stand beside it. */
import type { AttentionKind } from '../events/model.ts'

/** Cause and cure. */
export interface CauseAndCure {
  cause: string
  cure: string | null
}

const RESUME_AFTER: Readonly<Record<AttentionKind, string>> = {
  filament_runout: 'Load filament, then resume.',
  filament_change: 'Change the filament, then resume.',
  user_input: 'Answer it here or at the printer.',
  door: 'Close the door, then resume.',
  plate: 'Check the build plate, then resume.',
}

/** Reasons whose words say more than the server's text. */
const FAILED: Readonly<Record<string, CauseAndCure>> = {
  server_restarted: { cause: 'The server restarted during the print', cure: 'Check the printer, then print again.' },
  connection_lost: { cause: 'Lost the connection to the printer', cure: 'Check its cable and power.' },
  disconnected_by_user: { cause: 'Somebody disconnected the printer', cure: 'Connect it, then print again.' },
  printer_reset: { cause: 'The printer restarted by itself', cure: 'Check its power supply.' },
  emergency_stop: { cause: 'Emergency stop', cure: 'Check the printer before you connect it again.' },
  cancelled_or_failed: { cause: 'Cancelled or failed, the server does not say which', cure: 'Look at the printer.' },
}

const PAUSED: Readonly<Record<string, string>> = {
  user: 'By a person',
  gcode: 'By a command in the file',
  file: 'By a command in the file',
  printer: 'By the printer or the file',
  screen: "From the printer's screen",
  firmware: 'By the printer itself',
  failure: 'By the failure detection',
}

const CANCELLED: Readonly<Record<string, string>> = {
  user: 'Cancelled by a person',
  printer: 'Cancelled at the printer',
  firmware: 'Cancelled after an error of the printer',
  printer_reset: 'The printer restarted by itself',
}

const COMMAND_NOT_DONE: Readonly<Record<string, string>> = {
  pause: 'not paused', resume: 'not resumed', cancel: 'not cancelled', gcode: 'G-code not sent', answer: 'answer not given', emergency_stop: 'not stopped',
  mute: 'not muted', acknowledge: 'not acknowledged',
}
const COMMAND_DONE: Readonly<Record<string, string>> = {
  pause: 'paused as asked', resume: 'resumed as asked', cancel: 'cancelled as asked', gcode: 'G-code sent', answer: 'answered', emergency_stop: 'stopped as asked',
}

function pick<T>(table: Readonly<Record<string, T>>, key: string | undefined): T | null {
  return key !== undefined && Object.hasOwn(table, key) ? table[key] ?? null : null
}

export const WORDS = {
  app: 'Printbell',
  started: 'print started',
  firstLayer: 'first layer done',
  layer: (layer: number | null) => (layer === null ? 'layer reached' : `layer ${layer} reached`),
  progress: (percent: string | null) => (percent === null ? 'printing' : `${percent} printed`),
  printingFor: (time: string | null) => (time === null ? 'still printing' : `printing for ${time}`),
  doneIn: (time: string | null) => (time === null ? 'done soon' : `done in ${time}`),
  etaSlipped: 'takes longer',
  etaSlippedBody: (left: string | null) => (left === null ? 'The end moved away.' : `Another ${left} to go.`),
  stalled: 'nothing moves',
  stalledCure: 'Printing, but no progress. Look at the printer.',
  paused: 'paused',
  pausedBy: (reason: string | undefined) => pick(PAUSED, reason),
  resumed: 'printing again',
  done: 'print done',
  cancelled: 'print cancelled',
  cancelledBecause: (reason: string | undefined) => pick(CANCELLED, reason) ?? 'Cancelled',
  failed: 'print failed',
  failedBecause: (reason: string | undefined) => pick(FAILED, reason),
  failedNoCause: 'The server gives no cause',
  cancelledOrFailed: 'cancelled or failed',
  resultUnknown: 'result unknown',
  resultUnknownBody: (reason: string | undefined) =>
    reason === 'superseded' ? 'The next print began. How this one ended is not known.' : 'The print ended out of sight. Look at the printer.',
  /** A cause in the printer's own words may end with a cry. */
  at: (cause: string, percent: string | null) => (percent === null ? cause : /[!?…]$/.test(cause) ? `${cause} (${percent})` : `${cause} at ${percent}`),
  attention: {
    filament_runout: 'filament ran out', filament_change: 'change filament', user_input: 'needs an answer', door: 'door is open', plate: 'check the plate',
  } satisfies Record<AttentionKind, string>,
  attentionCure: (kind: AttentionKind) => RESUME_AFTER[kind],
  attentionCleared: 'needs you no more',
  attentionReminder: 'still needs you',
  failureWarning: 'print may be failing',
  failureDetected: 'print is failing',
  failureBody: (warning: boolean, paused: boolean) =>
    paused ? `Paused by the failure detection. ${warning ? 'Look, then resume or cancel.' : 'Look, then cancel or resume.'}`
      : warning ? 'Look at the picture. It prints on.' : 'It still prints. Look, then pause or cancel.',
  heaterName: (name: string) => (name === 'bed' ? 'bed' : name === 'chamber' ? 'chamber' : /^tool0?$|^extruder$/.test(name) ? 'nozzle' : name.replace(/^tool(\d+)$/, 'nozzle $1')),
  degrees: (celsius: number | null) => (celsius === null ? null : `${Math.round(celsius)} °C`),
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
  linkLostBody: (during: boolean) => (during ? 'Lost during a print. Check the server and its network.' : 'It may be switched off.'),
  linkAuthFailed: 'key refused',
  linkAuthFailedCure: 'The server refuses the key. It may have been deleted there. Pair again.',
  linkRefused: 'server refuses us',
  linkRefusedCure: 'Test the connection in the settings: it names the cause.',
  cameraLost: 'no picture',
  cameraLostBody: 'The camera does not answer. Check its cable and service.',
  cameraUp: 'camera is back',
  message: 'message',
  commandDone: (action: string | undefined) => pick(COMMAND_DONE, action) ?? 'done as asked',
  commandNotDone: (action: string | undefined) => pick(COMMAND_NOT_DONE, action) ?? 'command failed',
  deliveryFailing: 'delivery fails',
  deliveryFailingBody: 'A destination does not take messages. See its row in the window.',
  deliveryRecovered: 'delivered again',
  offline: 'no network',
  offlineBody: 'This computer is offline. Printers are out of sight until it is back.',
  updateAvailable: 'update available',
  test: 'test message',
  testBody: (label: string) => `"${label}" works: this is a test.`,
  lateEnd: (time: string) => `Ended ${time}, while Printbell was away.`,
  /** What could not be told when it happened; the rest follows after a colon. */
  happenedAt: (time: string) => `At ${time}`,
  late: (time: string) => `At ${time}, while Printbell was away.`,
  away: (count: number) => (count === 1 ? '1 event while you were away' : `${count} events while you were away`),
  awayGroups: { done: 'Done', cancelled: 'Cancelled', failed: 'Failed', unknown: 'Result unknown', other: 'Also' },
  more: (count: number) => `and ${count} more`,
  cancelQuestion: 'cancel this print?',
  cancelQuestionBody: "It can't be resumed.",
  buttons: {
    open: 'Show', pause: 'Pause', resume: 'Resume', cancel: 'Cancel print…', cancel_confirm: 'Cancel print', keep: 'Keep printing',
    mute_1h: 'Mute 1 h', acknowledge: 'Acknowledge', seen: 'Mark seen', open_history: 'Open history', seen_all: 'Mark all seen',
  },
} as const
