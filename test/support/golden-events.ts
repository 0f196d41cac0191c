/** One event of every type with all that it usually carries, and the words it is told with: typed by hand, for the golden requests of channels. */
import type { EventType, PrinterEvent, Severity } from '../../electron/engine/events/model.ts'
import { eventOf } from './channel-kit.ts'
import { NOON } from './rule-fixtures.ts'

type Row = readonly [type: EventType, severity: Severity, over: Partial<PrinterEvent>, title: string, body: string]

const BED = { name: 'bed', actual: 60, target: 60 }

const ROWS: readonly Row[] = [
  ['job.started', 'info', {}, 'Bench: print started', 'lamp-vase, 1 h 30 min'],
  ['job.first_layer_done', 'info', {}, 'Bench: first layer done', 'lamp-vase, 42 %'],
  ['job.layer', 'info', { layer: 5 }, 'Bench: layer 5 reached', 'lamp-vase, 42 %'],
  ['job.progress', 'info', {}, 'Bench: 42 % printed', 'lamp-vase, 1 h 30 min'],
  ['job.milestone_time', 'info', { printTime: 7_200 }, 'Bench: printing for 2 h', 'lamp-vase, 42 %'],
  ['job.finishing_soon', 'info', { remaining: 300 }, 'Bench: done in 5 min', 'lamp-vase, 42 %'],
  ['job.eta_slipped', 'warning', {}, 'Bench: takes longer', 'Another 1 h 30 min to go. lamp-vase, 42 %.'],
  ['job.stalled', 'warning', {}, 'Bench: nothing moves', 'Printing, but no progress. Look at the printer. lamp-vase, 42 %.'],
  ['job.paused', 'warning', { reason: 'user' }, 'Bench: paused', 'By a person at 42 %. lamp-vase.'],
  ['job.resumed', 'info', {}, 'Bench: printing again', 'lamp-vase, 42 %'],
  ['job.done', 'success', { printTime: 12_960 }, 'Bench: print done', 'lamp-vase, 3 h 36 min'],
  ['job.cancelled', 'warning', { reason: 'user' }, 'Bench: print cancelled', 'Cancelled by a person at 42 %. lamp-vase.'],
  ['job.failed', 'critical', { reason: 'printer_reset' }, 'Bench: print failed', 'The printer restarted by itself at 42 %. Check its power supply. lamp-vase.'],
  ['job.result_unknown', 'warning', {}, 'Bench: result unknown', 'The print ended out of sight. Look at the printer. lamp-vase, 42 %.'],
  ['attention.filament_runout', 'critical', {}, 'Bench: filament ran out', 'Load filament, then resume. lamp-vase, 42 %.'],
  ['attention.filament_change', 'error', {}, 'Bench: change filament', 'Change the filament, then resume. lamp-vase, 42 %.'],
  ['attention.user_input', 'error', { attention: { key: 'prompt', kind: 'user_input', text: 'Keep it?', choices: ['Yes', 'No'], since: NOON } }, 'Bench: needs an answer', 'Keep it? Answer it here or at the printer. lamp-vase, 42 %.'],
  ['attention.door', 'error', {}, 'Bench: door is open', 'Close the door, then resume. lamp-vase, 42 %.'],
  ['attention.plate', 'warning', {}, 'Bench: check the plate', 'Check the build plate, then resume. lamp-vase, 42 %.'],
  ['attention.cleared', 'info', {}, 'Bench: needs you no more', 'lamp-vase, 42 %'],
  ['attention.reminder', 'warning', {}, 'Bench: still needs you', 'Answer it here or at the printer. lamp-vase, 42 %.'],
  ['failure.warning', 'warning', {}, 'Bench: print may be failing', 'Look at the picture. It prints on. lamp-vase, 42 %.'],
  ['failure.detected', 'critical', {}, 'Bench: print is failing', 'It still prints. Look, then pause or cancel. lamp-vase, 42 %.'],
  ['heater.target_reached', 'info', { heater: BED }, 'Bench: bed at 60 °C', '60 °C'],
  ['heater.cooled', 'info', { heater: { ...BED, actual: 38, target: 0 } }, 'Bench: bed cooled down', '38 °C'],
  ['heater.left_on', 'warning', { heater: BED }, 'Bench: bed left on', 'Hot without a print. Switch it off.'],
  ['heater.runaway', 'critical', {}, 'Bench: heater out of control', 'Switch the printer off. Check heater and thermistor.'],
  ['device.ready', 'info', {}, 'Bench: ready', ''],
  ['device.error', 'error', { text: 'Thermistor broken' }, 'Bench: printer error', 'Thermistor broken. Look at the printer.'],
  ['device.shutdown', 'critical', {}, 'Bench: printer shut down', 'Its firmware stopped. Restart it when the cause is gone.'],
  ['device.fault', 'warning', {}, 'Bench: printer fault', 'Look at the printer.'],
  ['link.up', 'info', {}, 'Bench: answers again', ''],
  ['link.lost', 'warning', {}, 'Bench: does not answer', 'It may be switched off.'],
  ['link.auth_failed', 'error', {}, 'Bench: key refused', 'The server refuses the key. It may have been deleted there. Pair again.'],
  ['link.refused', 'error', {}, 'Bench: server refuses us', 'Test the connection in the settings: it names the cause.'],
  ['camera.lost', 'info', {}, 'Bench: no picture', 'The camera does not answer. Check its cable and service.'],
  ['camera.up', 'info', {}, 'Bench: camera is back', ''],
  ['message.display', 'info', { text: 'Layer 5 of 100' }, 'Bench: message', 'Layer 5 of 100'],
  ['message.user', 'info', { text: 'Come & see <now>' }, 'Bench: message', 'Come & see <now>'],
  ['command.succeeded', 'info', { code: 'pause' }, 'Bench: paused as asked', ''],
  ['command.failed', 'error', { code: 'cancel', text: 'The server did not answer' }, 'Bench: not cancelled', 'The server did not answer.'],
  ['app.delivery_failing', 'error', {}, 'Printbell: delivery fails', 'A destination does not take messages. See its row in the window.'],
  ['app.delivery_recovered', 'info', {}, 'Printbell: delivered again', ''],
  ['app.offline', 'warning', {}, 'Printbell: no network', 'This computer is offline. Printers are out of sight until it is back.'],
  ['app.update_available', 'info', {}, 'Printbell: update available', ''],
  ['command.acknowledged', 'info', { text: 'I am on my way' }, 'Bench: acknowledged', 'I am on my way.'],
  ['app.broadcast', 'info', { text: 'The workshop closes at six' }, 'Printbell: message', 'The workshop closes at six'],
  ['app.changed', 'info', { text: 'Bench: bed temperature limit' }, 'Printbell: settings changed', 'Bench: bed temperature limit.'],
  ['app.silence_over', 'warning', {}, 'Printbell: a silence is over', 'What it muted still needs you.'],
  ['app.test', 'info', { text: 'My chat' }, 'Printbell: test message', '"My chat" works: this is a test.'],
  ['server.event', 'info', { native: { name: 'Upload', payload: {} } }, 'Bench: Upload', ''],
]

export interface GoldenEvent {
  type: EventType
  severity: Severity
  event: PrinterEvent
  title: string
  body: string
}

export const GOLDEN_EVENTS: readonly GoldenEvent[] = ROWS.map(([type, severity, over, title, body]) => ({
  type, severity, title, body, event: eventOf(type, { ...(type.startsWith('app.') ? { printerId: '', printerName: '', serverKind: '' } : { printerName: 'Bench' }), severity, ...over }),
}))
