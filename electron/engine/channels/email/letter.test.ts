/** Headers from RFC 5322, RFC 3834 (Auto-Submitted); the ids are SHA-256 of "<delivery>|<recipient>" and of the thread's key. */
import { simpleParser } from 'mailparser'
import { describe, expect, test } from 'vitest'
import { eventOf, PICTURE, sendingOf } from '../../../../test/support/channel-kit.ts'
import { LAMP, NOON } from '../../../../test/support/rule-fixtures.ts'
import type { Message } from '../../delivery/message.ts'
import { renderCancelQuestion, renderNotice } from '../../delivery/render.ts'
import { renderSummary } from '../../delivery/summary.ts'
import type { EventType, PrinterEvent, Severity } from '../../events/model.ts'
import { compose, textOf, type LetterParts } from './letter.ts'

const SMALL = { ...PICTURE, jpeg: new Uint8Array([0xff, 0xd8, 0xff, 0xd9]) }
const parts = (over: Partial<LetterParts> = {}): LetterParts => ({
  message: sendingOf().message, picture: null, deliveryKey: '01KF0000000000000000000001.dest', label: 'Workshop mail', from: 'printbell@example.org', fromName: 'Printbell', to: 'anna@example.net', subjectPrefix: '', ...over,
})
const CLOSING = ['-- ', 'Sent by Printbell to "Workshop mail". To stop these mails: in Printbell, open Destinations, "Workshop mail", and switch it off.', '']

test('a done print with its picture is this mail', async () => {
  const raw = (await compose(parts({ picture: SMALL }))).toString('latin1')
  const [before, after] = [raw.slice(0, raw.indexOf('<!DOCTYPE')), raw.slice(raw.indexOf('\r\n\r\n--', raw.indexOf('<!DOCTYPE')))]
  expect(`${before}(html)${after}`.split('\r\n')).toEqual([
    'Auto-Submitted: auto-generated', 'X-Auto-Response-Suppress: All', 'X-Priority: 3 (Normal)', 'Importance: normal',
    'From: Printbell <printbell@example.org>', 'To: anna@example.net',
    'In-Reply-To: <job.7074f8da940509f85cebab3780e52f6c@example.org>', 'References: <job.7074f8da940509f85cebab3780e52f6c@example.org>',
    'Subject: MK4 left bench: print done', 'Message-ID: <8d74f73a28bf2cceecf8cabbf4b6c51c@example.org>', 'Date: Thu, 15 Jan 2026 12:00:00 +0000', 'MIME-Version: 1.0',
    'Content-Type: multipart/alternative;', ' boundary="--_NmP-8d74f73a28bf2cceecf8cabbf4b6c51c-Part_1"', '',
    '----_NmP-8d74f73a28bf2cceecf8cabbf4b6c51c-Part_1', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: quoted-printable', '',
    'MK4 left bench: print done', 'lamp-vase, 3 h 36 min', '', 'Printer: MK4 left bench', 'File: lamp-vase.gcode', 'Print time: 3 h 36 min', '',
    '--=20', 'Sent by Printbell to "Workshop mail". To stop these mails: in Printbell, =', 'open Destinations, "Workshop mail", and switch it off.', '',
    '----_NmP-8d74f73a28bf2cceecf8cabbf4b6c51c-Part_1', 'Content-Type: multipart/related; type="text/html";', ' boundary="--_NmP-8d74f73a28bf2cceecf8cabbf4b6c51c-Part_3"', '',
    '----_NmP-8d74f73a28bf2cceecf8cabbf4b6c51c-Part_3', 'Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: quoted-printable', '', '(html)', '',
    '----_NmP-8d74f73a28bf2cceecf8cabbf4b6c51c-Part_3', 'Content-Type: image/jpeg; name=snapshot.jpg', 'Content-ID: <picture.8d74f73a28bf2cceecf8cabbf4b6c51c@example.org>',
    'Content-Transfer-Encoding: base64', 'Content-Disposition: inline; filename=snapshot.jpg', '', '/9j/2Q==',
    '----_NmP-8d74f73a28bf2cceecf8cabbf4b6c51c-Part_3--', '', '----_NmP-8d74f73a28bf2cceecf8cabbf4b6c51c-Part_1--', '',
  ])
})

const JOB = ['Printer: Workshop', 'File: lamp-vase.gcode']
const RUNNING = [...JOB, 'Progress: 42 %', 'Time left: 1 h 30 min']
const ENDED = [...JOB, 'Progress: 42 %']
const HIGH = 'high'
const LOW = 'low'
const NORMAL = 'normal'

describe('each kind of event', () => {
  /** Subject behind the printer's name, body, facts, importance, whether it belongs to the thread of a job. */
  test.each<[EventType, Severity, string, string[], string[], 'high' | 'normal' | 'low', boolean, Partial<PrinterEvent>?]>([
    ['job.started', 'info', 'Workshop: print started', ['lamp-vase, 1 h 30 min'], RUNNING, LOW, true],
    ['job.first_layer_done', 'info', 'Workshop: first layer done', ['lamp-vase, 42 %'], RUNNING, LOW, true],
    ['job.layer', 'info', 'Workshop: layer 12 reached', ['lamp-vase, 42 %'], [...RUNNING, 'Layer: 12'], LOW, true, { layer: 12 }],
    ['job.progress', 'info', 'Workshop: 42 % printed', ['lamp-vase, 1 h 30 min'], RUNNING, LOW, true],
    ['job.milestone_time', 'info', 'Workshop: printing for 2 h', ['lamp-vase, 42 %'], [...RUNNING, 'Print time: 2 h'], LOW, true, { printTime: 7_200 }],
    ['job.finishing_soon', 'info', 'Workshop: done in 5 min', ['lamp-vase, 42 %'], [...JOB, 'Progress: 42 %', 'Time left: 5 min'], LOW, true, { remaining: 300 }],
    ['job.eta_slipped', 'warning', 'Workshop: takes longer', ['Another 1 h 30 min to go. lamp-vase, 42 %.'], RUNNING, NORMAL, true],
    ['job.stalled', 'warning', 'Workshop: nothing moves', ['Printing, but no progress. Look at the printer. lamp-vase, 42 %.'], RUNNING, NORMAL, true],
    ['job.paused', 'warning', 'Workshop: paused', ['By a person at 42 %. lamp-vase.'], RUNNING, NORMAL, true, { reason: 'user' }],
    ['job.resumed', 'info', 'Workshop: printing again', ['lamp-vase, 42 %'], RUNNING, LOW, true],
    ['job.done', 'success', 'Workshop: print done', ['lamp-vase'], JOB, NORMAL, true],
    ['job.cancelled', 'warning', 'Workshop: print cancelled', ['Cancelled by a person at 42 %. lamp-vase.'], ENDED, NORMAL, true, { reason: 'user' }],
    ['job.failed', 'critical', 'Workshop: print failed', ['Lost the connection to the printer at 42 %. Check its cable and power. lamp-vase.'], ENDED, HIGH, true, { reason: 'connection_lost' }],
    ['job.result_unknown', 'warning', 'Workshop: result unknown', ['The print ended out of sight. Look at the printer. lamp-vase, 42 %.'], ENDED, NORMAL, true],
    ['attention.filament_runout', 'critical', 'Workshop: filament ran out', ['Load filament, then resume. lamp-vase, 42 %.'], RUNNING, HIGH, true],
    ['attention.filament_change', 'warning', 'Workshop: change filament', ['Change the filament, then resume. lamp-vase, 42 %.'], RUNNING, NORMAL, true],
    ['attention.user_input', 'warning', 'Workshop: needs an answer', ['Clean? Answer it here or at the printer. lamp-vase, 42 %.'], [...RUNNING, 'It offers: Yes, No', '', 'Answer in Printbell or at the printer: a mail has no buttons.'], NORMAL, true,
      { attention: { key: 'prompt', kind: 'user_input', text: 'Clean?', choices: ['Yes', 'No'], since: NOON } }],
    ['attention.door', 'warning', 'Workshop: door is open', ['Close the door, then resume. lamp-vase, 42 %.'], RUNNING, NORMAL, true],
    ['attention.plate', 'warning', 'Workshop: check the plate', ['Check the build plate, then resume. lamp-vase, 42 %.'], RUNNING, NORMAL, true],
    ['attention.cleared', 'info', 'Workshop: needs you no more', ['lamp-vase, 42 %'], RUNNING, LOW, true],
    ['attention.reminder', 'warning', 'Workshop: still needs you', ['Answer it here or at the printer. lamp-vase, 42 %.'], RUNNING, NORMAL, true],
    ['failure.warning', 'warning', 'Workshop: print may be failing', ['Look at the picture. It prints on. lamp-vase, 42 %.'], RUNNING, NORMAL, true],
    ['failure.detected', 'critical', 'Workshop: print is failing', ['It still prints. Look, then pause or cancel. lamp-vase, 42 %.'], RUNNING, HIGH, true],
    ['heater.target_reached', 'info', 'Workshop: nozzle at 215 °C', ['214 °C'], ['Printer: Workshop', 'Temperature: 214 °C, target 215 °C'], LOW, false, { heater: { name: 'tool0', actual: 214.2, target: 215 } }],
    ['heater.cooled', 'info', 'Workshop: bed cooled down', ['39 °C'], ['Printer: Workshop', 'Temperature: 39 °C'], LOW, false, { heater: { name: 'bed', actual: 39, target: 0 } }],
    ['heater.left_on', 'warning', 'Workshop: bed left on', ['Hot without a print. Switch it off.'], ['Printer: Workshop', 'Temperature: 60 °C, target 60 °C'], NORMAL, false, { heater: { name: 'bed', actual: 60, target: 60 } }],
    ['heater.runaway', 'critical', 'Workshop: heater out of control', ['Switch the printer off. Check heater and thermistor.'], ['Printer: Workshop'], HIGH, false],
    ['device.ready', 'info', 'Workshop: ready', [], ['Printer: Workshop'], LOW, false],
    ['device.error', 'error', 'Workshop: printer error', ['MINTEMP triggered. Look at the printer.'], ['Printer: Workshop'], HIGH, false, { text: 'MINTEMP triggered' }],
    ['device.shutdown', 'critical', 'Workshop: printer shut down', ['Its firmware stopped. Restart it when the cause is gone.'], ['Printer: Workshop'], HIGH, false],
    ['device.fault', 'warning', 'Workshop: printer fault', ['Look at the printer.'], ['Printer: Workshop'], NORMAL, false],
    ['link.up', 'info', 'Workshop: answers again', [], ['Printer: Workshop'], LOW, false],
    ['link.lost', 'warning', 'Workshop: does not answer', ['It may be switched off.'], ['Printer: Workshop'], NORMAL, false],
    ['link.auth_failed', 'error', 'Workshop: key refused', ['The server refuses the key. It may have been deleted there. Pair again.'], ['Printer: Workshop'], HIGH, false],
    ['link.refused', 'error', 'Workshop: server refuses us', ['Test the connection in the settings: it names the cause.'], ['Printer: Workshop'], HIGH, false],
    ['camera.lost', 'warning', 'Workshop: no picture', ['The camera does not answer. Check its cable and service.'], ['Printer: Workshop'], NORMAL, false],
    ['camera.up', 'info', 'Workshop: camera is back', [], ['Printer: Workshop'], LOW, false],
    ['message.display', 'info', 'Workshop: message', ['Purging'], ['Printer: Workshop'], LOW, false, { text: 'Purging' }],
    ['message.user', 'info', 'Workshop: message', ['Come here'], ['Printer: Workshop'], LOW, false, { text: 'Come here' }],
    ['command.succeeded', 'info', 'Workshop: paused as asked', [], ['Printer: Workshop'], LOW, false, { code: 'pause' }],
    ['command.failed', 'error', 'Workshop: not cancelled', [], ['Printer: Workshop'], HIGH, false, { code: 'cancel' }],
    ['server.event', 'info', 'Workshop: message', [], ['Printer: Workshop'], LOW, false],
    ['command.acknowledged', 'info', 'Workshop: acknowledged', ['I am on my way.'], ['Printer: Workshop'], LOW, false, { text: 'I am on my way' }],
    ['app.broadcast', 'info', 'Printbell: message', ['The workshop closes at six'], [], LOW, false, { printerId: '', text: 'The workshop closes at six' }],
    ['app.changed', 'info', 'Printbell: settings changed', ['Printer 2.'], [], LOW, false, { printerId: '', text: 'Printer 2' }],
    ['app.silence_over', 'warning', 'Printbell: a silence is over', ['What it muted still needs you.'], [], NORMAL, false, { printerId: '' }],
    ['app.delivery_failing', 'error', 'Printbell: delivery fails', ['A destination does not take messages. See its row in the window.'], [], HIGH, false, { printerId: '' }],
    ['app.delivery_recovered', 'info', 'Printbell: delivered again', [], [], LOW, false, { printerId: '' }],
    ['app.offline', 'warning', 'Printbell: no network', ['This computer is offline. Printers are out of sight until it is back.'], [], NORMAL, false, { printerId: '' }],
    ['app.update_available', 'info', 'Printbell: update available', [], [], LOW, false, { printerId: '' }],
    ['app.test', 'info', 'Printbell: test message', ['"Workshop mail" works: this is a test.'], [], LOW, false, { printerId: '', text: 'Workshop mail' }],
  ])('%s', async (type, severity, subject, body, facts, importance, threaded, over = {}) => {
    const { message } = sendingOf(eventOf(type, { printerName: 'Workshop', severity, ...over }))
    const mail = await simpleParser(await compose(parts({ message })), { skipTextToHtml: true })
    expect(mail.subject).toBe(subject)
    expect(mail.text?.split('\n')).toEqual([subject, ...body, '', ...facts, ...(facts.length === 0 ? [] : ['']), ...CLOSING])
    expect(mail.headerLines.filter(({ key }) => key === 'importance' || key === 'x-priority').map(({ line }) => line)).toEqual([`X-Priority: ${{ high: '1 (Highest)', normal: '3 (Normal)', low: '5 (Lowest)' }[importance]}`, `Importance: ${importance}`])
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated')
    expect(mail.inReplyTo).toBe(threaded ? '<job.7074f8da940509f85cebab3780e52f6c@example.org>' : undefined)
    expect(mail.references).toBe(threaded ? '<job.7074f8da940509f85cebab3780e52f6c@example.org>' : undefined)
    expect(mail.attachments).toEqual([])
    for (const line of [subject, ...body]) expect(htmlText(String(mail.html))).toContain(line)
  })
})

/** What stands between the tags, entities read. */
function htmlText(html: string): string {
  return html.slice(html.indexOf('<body')).replace(/<[^>]*>/g, '').replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code))).replaceAll('&nbsp;', ' ')
}

describe('other messages', () => {
  const text = (message: Message): string[] => textOf({ message, label: 'Workshop mail' }).split('\n')

  test('a question says where to answer', () => {
    const event = eventOf('job.paused', { printerName: 'Workshop' })
    expect(text(renderCancelQuestion(event, 0.42))).toEqual(['Workshop: cancel this print?', "lamp-vase, 42 %. It can't be resumed.", '', ...ENDED, 'Time left: 1 h 30 min', '', 'Answer in Printbell or at the printer: a mail has no buttons.', '', ...CLOSING])
  })

  test('a notice is its sentence', () => {
    expect(text(renderNotice({ printerId: 'mk4', printerName: 'Workshop', serverKind: 'octoprint' }, 'not cancelled', 'The print is done.', NOON))).toEqual(['Workshop: not cancelled', 'The print is done.', '', 'Printer: Workshop', '', ...CLOSING])
  })

  test('a summary keeps its lines', () => {
    const message = renderSummary([eventOf('job.done', { printerName: 'A' }), eventOf('job.failed', { printerName: 'B', id: '2' })])
    expect(text(message).slice(0, 3)).toEqual(['2 events while you were away', 'Failed: B.', 'Done: A.'])
  })

  test('a late one carries the time when it happened', async () => {
    const { message } = sendingOf(eventOf('job.done', { occurredAt: NOON - 7_200_000, late: true, job: LAMP }))
    const mail = await simpleParser(await compose(parts({ message })))
    expect(mail.date?.toISOString()).toBe('2026-01-15T10:00:00.000Z')
    expect(mail.text).toContain('Ended 10:00, while Printbell was away.')
  })
})

describe('strangers\' words', () => {
  const hostile = '</td><script>alert(1)</script> "x" & <b>y</b>\r\nBcc: eve@example.org'

  test('break neither headers nor HTML', async () => {
    const { message } = sendingOf(eventOf('message.user', { text: hostile, printerName: hostile }))
    const raw = await compose(parts({ message, label: hostile, fromName: hostile, subjectPrefix: '[3D]' }))
    const mail = await simpleParser(raw, { skipTextToHtml: true })
    expect(mail.headers.has('bcc')).toBe(false)
    expect(String(mail.html)).not.toContain('<script>')
    expect(String(mail.html)).not.toContain('<b>y')
    expect(mail.to).toMatchObject({ text: 'anna@example.net' })
    expect(raw.toString('latin1').split('\r\n').filter((line) => line.startsWith('Bcc'))).toEqual([])
  })

  test('the printer\'s own words come whole where the body had no room', () => {
    const long = `${'Heating failed because of something. '.repeat(6)}END`
    const { message } = sendingOf(eventOf('device.error', { text: long }))
    expect(textOf({ message, label: 'L' })).toContain(`The printer says: ${long}`)
  })
})

describe('the subject', () => {
  test.each([
    ['', 'MK4 left bench: print done'], ['[3D]', '[3D] MK4 left bench: print done'], ['x'.repeat(20), `${'x'.repeat(20)} MK4 left bench: print done`],
  ])('with the prefix %j is %s', async (subjectPrefix, subject) => {
    expect((await simpleParser(await compose(parts({ subjectPrefix })))).subject).toBe(subject)
  })

  test('never is longer than 50 characters, and says what happened', async () => {
    const { message } = sendingOf(eventOf('attention.filament_runout', { printerName: 'The printer with a name that never seems to end' }))
    const { subject } = await simpleParser(await compose(parts({ message, subjectPrefix: '[workshop]' })))
    expect(subject).toMatch(/filament ran out$/)
    expect(Array.from(subject ?? '').length).toBeLessThanOrEqual(50)
  })
})

test('each recipient gets an id of its own, and the same one at every try', async () => {
  const id = async (over: Partial<LetterParts>): Promise<string | undefined> => (await simpleParser(await compose(parts(over)))).messageId
  expect(await id({})).toBe('<8d74f73a28bf2cceecf8cabbf4b6c51c@example.org>')
  expect(await id({ label: 'Other', message: sendingOf(eventOf('job.done')).message })).toBe('<8d74f73a28bf2cceecf8cabbf4b6c51c@example.org>')
  expect(await id({ to: 'bert@example.net' })).not.toBe('<8d74f73a28bf2cceecf8cabbf4b6c51c@example.org>')
})
