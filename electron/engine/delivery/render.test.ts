import { describe, expect, test } from 'vitest'
import { anEvent, LAMP, NOON } from '../../../test/support/rule-fixtures.ts'
import { EVENT_TYPES, type EventType, type PrinterCapabilities, type PrinterEvent } from '../events/model.ts'
import { render, renderCancelQuestion, renderNotice } from './render.ts'

const ALL: PrinterCapabilities = { pause: true, resume: true, cancel: true, gcode: true, answer: true, snapshot: true }
const context = { now: NOON, capabilities: ALL, timeZone: 'UTC' }
const told = (type: EventType, over: Partial<PrinterEvent> = {}): string => {
  const message = render(anEvent(type, over), context)
  return `${message.title} / ${message.body}`
}
const buttons = (type: EventType, over: Partial<PrinterEvent> = {}, capabilities: PrinterCapabilities | null = ALL): string[] =>
  render(anEvent(type, over), { ...context, capabilities }).actions.map((action) => `${action.id}=${action.label}`)
const runout = { key: 'm600', kind: 'filament_runout', text: null, choices: [], since: NOON } as const

describe('the words', () => {
  test.each<[EventType, Partial<PrinterEvent>, string]>([
    ['job.started', { job: LAMP, remaining: 12_960 }, 'MK4 left bench: print started / lamp-vase, 3 h 36 min'],
    ['job.first_layer_done', { job: LAMP, progress: 0.03 }, 'MK4 left bench: first layer done / lamp-vase, 3 %'],
    ['job.layer', { job: LAMP, layer: 12 }, 'MK4 left bench: layer 12 reached / lamp-vase'],
    ['job.progress', { job: LAMP, progress: 0.5, remaining: 3_600 }, 'MK4 left bench: 50 % printed / lamp-vase, 1 h'],
    ['job.milestone_time', { job: LAMP, printTime: 7_200, progress: 0.4 }, 'MK4 left bench: printing for 2 h / lamp-vase, 40 %'],
    ['job.finishing_soon', { job: LAMP, remaining: 300, progress: 0.97 }, 'MK4 left bench: done in 5 min / lamp-vase, 97 %'],
    ['job.eta_slipped', { job: LAMP, remaining: 5_400 }, 'MK4 left bench: takes longer / Another 1 h 30 min to go. lamp-vase.'],
    ['job.stalled', { job: LAMP, progress: 0.2 }, 'MK4 left bench: nothing moves / Printing, but no progress. Look at the printer. lamp-vase, 20 %.'],
    ['job.paused', { job: LAMP, progress: 0.31, reason: 'printer' }, 'MK4 left bench: paused / By the printer or the file at 31 %. lamp-vase.'],
    ['job.paused', { job: LAMP, reason: 'user' }, 'MK4 left bench: paused / By a person. lamp-vase.'],
    ['job.paused', { job: LAMP, reason: 'unknown' }, 'MK4 left bench: paused / Paused. lamp-vase.'],
    ['job.paused', { job: LAMP }, 'MK4 left bench: paused / Paused. lamp-vase.'],
    ['job.resumed', { job: LAMP, progress: 0.31 }, 'MK4 left bench: printing again / lamp-vase, 31 %'],
    ['job.done', { job: LAMP, printTime: 12_960, progress: 1 }, 'MK4 left bench: print done / lamp-vase, 3 h 36 min'],
    ['job.cancelled', { job: LAMP, progress: 0.47, reason: 'user' }, 'MK4 left bench: print cancelled / Cancelled by a person at 47 %. lamp-vase.'],
    ['job.failed', { job: LAMP, progress: 0.34, text: 'Bed stopped heating' }, 'MK4 left bench: print failed / Bed stopped heating at 34 %. lamp-vase.'],
    ['job.failed', { job: LAMP, reason: 'server_restarted' }, 'MK4 left bench: print failed / The server restarted during the print. Check the printer, then print again. lamp-vase.'],
    ['job.failed', { job: LAMP, reason: 'firmware', text: 'MINTEMP triggered.', progress: 0.2 }, 'MK4 left bench: print failed / MINTEMP triggered at 20 %. lamp-vase.'],
    ['job.failed', { job: LAMP, reason: 'firmware', text: 'Heating failed! kill() called!', progress: 0.34 }, 'MK4 left bench: print failed / Heating failed! kill() called! (34 %). lamp-vase.'],
    ['job.failed', { job: LAMP, reason: 'connection_lost', text: 'EOF' }, 'MK4 left bench: print failed / Lost the connection to the printer. Check its cable and power. EOF. lamp-vase.'],
    ['job.failed', { job: LAMP, reason: 'unknown' }, 'MK4 left bench: print failed / The server gives no cause. lamp-vase.'],
    ['job.failed', { job: LAMP, reason: 'disconnected_by_user' }, 'MK4 left bench: print failed / Somebody disconnected the printer. Connect it, then print again. lamp-vase.'],
    ['job.cancelled', { job: LAMP, reason: 'printer' }, 'MK4 left bench: print cancelled / Cancelled at the printer. lamp-vase.'],
    ['job.result_unknown', { job: LAMP, reason: 'superseded' }, 'MK4 left bench: result unknown / The next print began. How this one ended is not known. lamp-vase.'],
    ['job.failed', { job: LAMP, reason: 'cancelled_or_failed', text: 'cancelled or failed' }, 'MK4 left bench: cancelled or failed / Cancelled or failed, the server does not say which. Look at the printer. lamp-vase.'],
    ['job.result_unknown', { job: LAMP }, 'MK4 left bench: result unknown / The print ended out of sight. Look at the printer. lamp-vase.'],
    ['attention.filament_runout', { job: LAMP, progress: 0.62 }, 'MK4 left bench: filament ran out / Load filament, then resume. lamp-vase, 62 %.'],
    ['attention.filament_change', { job: LAMP, progress: 0.62 }, 'MK4 left bench: change filament / Change the filament, then resume. lamp-vase, 62 %.'],
    ['attention.user_input', { attention: { ...runout, kind: 'user_input', text: 'Is the bed clean?', choices: [] } }, 'MK4 left bench: needs an answer / Is the bed clean? Answer it here or at the printer.'],
    ['attention.door', {}, 'MK4 left bench: door is open / Close the door, then resume.'],
    ['attention.plate', {}, 'MK4 left bench: check the plate / Check the build plate, then resume.'],
    ['attention.reminder', { attention: { ...runout, choices: [] }, job: LAMP }, 'MK4 left bench: still needs you / Load filament, then resume. lamp-vase.'],
    ['attention.reminder', { about: { eventId: 'E1', type: 'job.failed' }, job: LAMP, progress: 0.4, text: 'Thermistor broken', reason: 'acknowledgement_over' }, 'MK4 left bench: still needs you / Print failed: Thermistor broken. lamp-vase, 40 %.'],
    ['attention.reminder', { about: { eventId: 'E1', type: 'device.shutdown' }, reason: 'acknowledgement_over' }, 'MK4 left bench: still needs you / Printer shut down.'],
    ['attention.reminder', { about: { eventId: 'E1', type: 'attention.filament_runout' }, attention: { ...runout, choices: [] }, reason: 'acknowledgement_over' }, 'MK4 left bench: still needs you / Load filament, then resume.'],
    ['command.acknowledged', { about: { eventId: 'E1', type: 'attention.filament_runout' }, job: LAMP, text: 'I am on my way' }, 'MK4 left bench: acknowledged / Filament ran out: I am on my way. lamp-vase.'],
    ['attention.cleared', { job: LAMP, progress: 0.62 }, 'MK4 left bench: needs you no more / lamp-vase, 62 %'],
    ['failure.warning', { job: LAMP }, 'MK4 left bench: print may be failing / Look at the picture. It prints on. lamp-vase.'],
    ['failure.warning', { job: LAMP, reason: 'paused' }, 'MK4 left bench: print may be failing / Paused by the failure detection. Look, then resume or cancel. lamp-vase.'],
    ['failure.detected', { job: LAMP }, 'MK4 left bench: print is failing / It still prints. Look, then pause or cancel. lamp-vase.'],
    ['failure.detected', { job: LAMP, reason: 'paused' }, 'MK4 left bench: print is failing / Paused by the failure detection. Look, then cancel or resume. lamp-vase.'],
    ['heater.target_reached', { heater: { name: 'tool0', actual: 214.6, target: 215 } }, 'MK4 left bench: nozzle at 215 °C / 215 °C'],
    ['heater.cooled', { heater: { name: 'bed', actual: 39.6, target: 0 } }, 'MK4 left bench: bed cooled down / 40 °C'],
    ['heater.left_on', { heater: { name: 'bed', actual: 60, target: 60 } }, 'MK4 left bench: bed left on / Hot without a print. Switch it off.'],
    ['heater.runaway', { text: 'Heating failed' }, 'MK4 left bench: heater out of control / Heating failed. Switch the printer off. Check heater and thermistor.'],
    ['device.error', { text: 'MINTEMP triggered' }, 'MK4 left bench: printer error / MINTEMP triggered. Look at the printer.'],
    ['link.lost', { job: LAMP }, 'MK4 left bench: does not answer / Lost during a print. Check the server and its network. lamp-vase.'],
    ['link.lost', { reason: 'idle' }, 'MK4 left bench: does not answer / It may be switched off.'],
    ['link.auth_failed', {}, 'MK4 left bench: key refused / The server refuses the key. It may have been deleted there. Pair again.'],
    ['message.display', { text: 'Layer 4 of 60' }, 'MK4 left bench: message / Layer 4 of 60'],
    ['command.failed', { code: 'cancel', text: 'Nothing to cancel, the print is done.' }, 'MK4 left bench: not cancelled / Nothing to cancel, the print is done.'],
    ['app.test', { text: 'My hook', printerName: '' }, 'Printbell: test message / "My hook" works: this is a test.'],
    ['server.event', { native: { name: 'MovieDone', payload: {} } }, 'MK4 left bench: MovieDone / '],
  ])('%s %o', (type, over, expected) => {
    expect(told(type, over)).toBe(expected)
  })

  test('what ended while nobody looked says when', () => {
    expect(told('job.done', { job: LAMP, late: true, occurredAt: Date.UTC(2026, 0, 15, 11, 31), printTime: 600 })).toBe('MK4 left bench: print done / Ended 11:31, while Printbell was away. lamp-vase, 10 min.')
    expect(told('job.done', { late: true, occurredAt: Date.UTC(2026, 0, 14, 23, 5) })).toBe('MK4 left bench: print done / Ended 14 Jan 23:05, while Printbell was away.')
  })
})

describe('what is told late, because it could not be sent before', () => {
  const late = (type: PrinterEvent['type'], over: Partial<PrinterEvent> = {}, at = Date.UTC(2026, 0, 15, 11, 31)): string => {
    const message = render(anEvent(type, { occurredAt: at, ...over }), { ...context, late: true })
    expect(message.late).toBe(true)
    return `${message.title} / ${message.body}`
  }

  test.each<[PrinterEvent['type'], Partial<PrinterEvent>, string]>([
    ['attention.filament_runout', { job: LAMP, progress: 0.62 }, 'MK4 left bench: filament ran out / At 11:31: Load filament, then resume. lamp-vase, 62 %.'],
    ['job.done', { job: LAMP, printTime: 12_960 }, 'MK4 left bench: print done / At 11:31: lamp-vase, 3 h 36 min'],
    ['job.failed', { job: LAMP, progress: 0.1, reason: 'printer_reset' }, 'MK4 left bench: print failed / At 11:31: The printer restarted by itself at 10 %. Check its power supply. lamp-vase.'],
    ['job.resumed', {}, 'MK4 left bench: printing again / At 11:31.'],
    ['message.user', { text: 'Come and look' }, 'MK4 left bench: message / At 11:31: Come and look'],
    ['app.delivery_failing', { printerName: '', text: 'My phone: wrong key' }, 'Printbell: delivery fails / At 11:31: My phone: wrong key.'],
  ])('%s begins with when it happened', (type, over, expected) => {
    expect(late(type, over)).toBe(expected)
  })

  test('of another day names the day', () => {
    expect(late('job.done', {}, Date.UTC(2026, 0, 14, 23, 5))).toBe('MK4 left bench: print done / At 14 Jan 23:05.')
  })

  test('that was found out late too says it once', () => {
    expect(late('job.done', { job: LAMP, late: true })).toBe('MK4 left bench: print done / Ended 11:31, while Printbell was away. lamp-vase.')
  })

  test('in time says nothing of it', () => {
    expect(render(anEvent('job.done', {}), { ...context, late: false })).toMatchObject({ late: false, body: '' })
  })
})

describe('the room', () => {
  const hostile: Partial<PrinterEvent> = {
    printerName: 'Würfel 🧊 '.repeat(20), text: `${'very long text '.repeat(20)}\n<b>&`,
    job: { ...LAMP, file: { ...LAMP.file, name: `${'long_name_'.repeat(12)}.gcode` } }, progress: 0.5, remaining: 123_456, printTime: 123_456, layer: 1_000_000,
    heater: { name: 'a heater with quite a long name', actual: 200, target: 210 }, native: { name: 'X'.repeat(60), payload: null },
  }
  test.each(EVENT_TYPES)('%s keeps to 40 and 90 characters with long names, and its event is never cut', (type) => {
    const event = anEvent(type, hostile)
    const message = render(event, context)
    expect(Array.from(message.title).length).toBeLessThanOrEqual(40)
    expect(Array.from(message.body).length).toBeLessThanOrEqual(90)
    expect(Array.from(render({ ...event, late: true }, context).body).length).toBeLessThanOrEqual(90)
    expect(Array.from(render(event, { ...context, late: true }).body).length).toBeLessThanOrEqual(90)
    for (const action of message.actions) expect(action.label.length).toBeLessThanOrEqual(16)
    const whole = render({ ...event, printerName: 'A' }, context).title.slice(1)
    expect(message.title.endsWith(whole)).toBe(true)
  })

  test("only the printer's name is cut", () => {
    expect(told('attention.filament_runout', { printerName: 'A printer with a name of more than forty characters' })).toBe('A printer with a name…: filament ran out / Load filament, then resume.')
  })

  test('a long file name is cut in the middle, and the percent stays', () => {
    const job = { ...LAMP, file: { ...LAMP.file, name: 'replacement_bracket_for_the_left_shelf_in_the_kitchen_v12_final_PETG_0.2mm.gcode' } }
    const body = render(anEvent('attention.filament_runout', { job, progress: 0.62 }), context).body
    expect(body).toMatch(/^Load filament, then resume\. replacement.*…[^…]*PETG_0\.2mm, 62 %\.$/)
    expect(body.length).toBe(90)
  })

  test('line breaks, control and direction marks of foreign text do not come through', () => {
    expect(told('message.user', { text: 'a\nb\u202ec\u0007 d' })).toBe('MK4 left bench: message / a b c d')
  })

  test('percent never says 100 before the end', () => {
    expect(told('job.resumed', { progress: 0.999 })).toContain('99 %')
  })
})

describe('the buttons', () => {
  test.each<[EventType, Partial<PrinterEvent>, string[]]>([
    ['job.done', {}, ['open=Show', 'seen=Mark seen']],
    ['job.failed', {}, ['open=Show', 'acknowledge=Acknowledge']],
    ['job.paused', {}, ['resume=Resume', 'cancel=Cancel print…']],
    ['attention.filament_runout', {}, ['resume=Resume', 'acknowledge=Acknowledge', 'mute_1h=Mute 1 h']],
    ['attention.filament_change', { attention: { ...runout, choices: ['Continue'] } }, ['answer:0=Continue', 'acknowledge=Acknowledge', 'mute_1h=Mute 1 h']],
    ['attention.user_input', { attention: { ...runout, choices: ['Yes, do that right away', 'No', 'Later'] } }, ['answer:0=Yes, do that ri…', 'answer:1=No', 'acknowledge=Acknowledge', 'open=Show']],
    ['attention.reminder', { about: { eventId: 'E1', type: 'job.failed' }, reason: 'acknowledgement_over' }, ['open=Show', 'acknowledge=Acknowledge', 'mute_1h=Mute 1 h']],
    ['job.progress', {}, ['open=Show', 'pause=Pause', 'cancel=Cancel print…', 'mute_1h=Mute 1 h']],
    ['job.started', {}, ['open=Show', 'pause=Pause', 'cancel=Cancel print…', 'mute_1h=Mute 1 h']],
  ])('%s %o offers %j', (type, over, expected) => {
    expect(buttons(type, over)).toEqual(expected)
  })

  test('what the server does not allow is not offered, and nothing while that is not known', () => {
    expect(buttons('job.paused', {}, { ...ALL, resume: false })).toEqual(['cancel=Cancel print…'])
    expect(buttons('job.paused', {}, null)).toEqual([])
    expect(buttons('job.progress', {}, { ...ALL, pause: false, cancel: false })).toEqual(['open=Show', 'mute_1h=Mute 1 h'])
  })

  test('a cancel asks back, the safe answer first', () => {
    const message = renderCancelQuestion(anEvent('job.paused', { job: LAMP }), 0.47)
    expect([message.kind, message.title, message.body]).toEqual(['question', 'MK4 left bench: cancel this print?', "lamp-vase, 47 %. It can't be resumed."])
    expect(message.actions).toEqual([{ id: 'keep', label: 'Keep printing' }, { id: 'cancel_confirm', label: 'Cancel print' }])
  })
})

test('the messages of one job share a thread, of others they do not', () => {
  const thread = (over: Partial<PrinterEvent>): string => render(anEvent('job.done', over), context).threadKey
  expect(thread({ id: 'A', job: LAMP })).toBe(thread({ id: 'B', job: LAMP }))
  expect(thread({ id: 'A', job: LAMP })).not.toBe(thread({ id: 'A', job: LAMP, printerId: 'voron' }))
  expect(thread({ id: 'A' })).not.toBe(thread({ id: 'B' }))
})

test('an alert of a failure detector carries whether it is a warning, whether it paused, and when', () => {
  expect(render(anEvent('failure.warning', { job: LAMP, reason: 'paused' }), context)).toMatchObject({ isWarning: true, isPaused: true, job: { alertedAt: NOON } })
  expect(render(anEvent('job.done', { job: LAMP }), context)).toMatchObject({ isWarning: false, isPaused: false, job: { alertedAt: null } })
})

test('a notice belongs to no event', () => {
  const notice = renderNotice({ printerId: 'mk4', printerName: 'MK4', serverKind: 'octoprint' }, 'not cancelled', 'Nothing to cancel, the print is done.', NOON)
  expect(notice).toMatchObject({ kind: 'notice', event: null, title: 'MK4: not cancelled', body: 'Nothing to cancel, the print is done.' })
})
