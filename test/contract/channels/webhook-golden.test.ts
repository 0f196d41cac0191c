/** Whole requests of the webhook, one for each sort of event, typed by hand: who receives them relies on every name in them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { register } from '../../../electron/engine/channels/register.ts'
import { webhookChannel } from '../../../electron/engine/channels/webhook/index.ts'
import type { EventType, PrinterEvent } from '../../../electron/engine/events/model.ts'
import { sendingOf } from '../../support/channel-kit.ts'
import { startFarSide, type FarSide } from '../../support/far-side.ts'
import { anEvent } from '../../support/rule-fixtures.ts'
import { openChannel } from './every-channel.ts'

const KIND = register(webhookChannel)
const ID = '01KF0000000000000000000001'

let far: FarSide
beforeAll(async () => {
  far = await startFarSide()
})
afterAll(() => far.close())

const RUN: Pick<PrinterEvent, 'job' | 'progress' | 'remaining' | 'printTime' | 'layer'> = {
  job: { key: 'local/lamp-vase.gcode@1768474800000', file: { name: 'lamp-vase.gcode', path: 'vases/lamp-vase.gcode', origin: 'local', size: 1_000 }, startedAt: 1_768_474_800_000, endedAt: null, user: 'ann' },
  progress: 0.42, remaining: 5_400, printTime: 3_600, layer: 12,
}
/** As every message about that run has it. */
const JOB = {
  key: 'local/lamp-vase.gcode@1768474800000', name: 'lamp-vase.gcode', path: 'vases/lamp-vase.gcode', origin: 'local', size: 1_000, user: 'ann', startedAt: 1_768_474_800_000, endedAt: null, alertedAt: null,
}
const NUMBERS = { progress: 0.42, remaining: 5_400, printTime: 3_600, layer: 12 }

interface Golden {
  severity: string
  title: string
  body: string
  event?: Record<string, unknown>
  job?: Record<string, unknown> | null
  data?: Record<string, unknown>
  subject?: string
}

test.each<[EventType, Partial<PrinterEvent>, Golden]>([
  ['job.started', { ...RUN, progress: 0, remaining: null, printTime: null, layer: null }, {
    severity: 'info', title: 'MK4 left bench: print started', body: 'lamp-vase', event: { progress: 0 }, job: JOB, subject: 'vases/lamp-vase.gcode',
  }],
  ['job.progress', { ...RUN, context: { step: 0.25 } }, {
    severity: 'info', title: 'MK4 left bench: 42 % printed', body: 'lamp-vase, 1 h 30 min', event: NUMBERS, job: JOB, subject: 'vases/lamp-vase.gcode', data: { context: { step: 0.25 } },
  }],
  ['job.paused', { ...RUN, severity: 'warning', reason: 'user', native: { name: 'PrintPaused', payload: { name: 'lamp-vase.gcode', user: 'ann' } } }, {
    severity: 'warning', title: 'MK4 left bench: paused', body: 'By a person at 42 %. lamp-vase.', event: { ...NUMBERS, isPaused: true, reason: 'user' }, job: JOB, subject: 'vases/lamp-vase.gcode',
    data: { native: { name: 'PrintPaused', payload: { name: 'lamp-vase.gcode', user: 'ann' }, synthesised: false } },
  }],
  ['job.failed', { ...RUN, severity: 'critical', remaining: null, reason: 'firmware', text: 'MINTEMP triggered!', late: true }, {
    severity: 'critical', title: 'MK4 left bench: print failed', body: 'Ended 12:00, while Printbell was away. MINTEMP triggered! (42 %). lamp-vase.',
    event: { ...NUMBERS, remaining: null, reason: 'firmware', text: 'MINTEMP triggered!', late: true }, job: JOB, subject: 'vases/lamp-vase.gcode', data: { late: true },
  }],
  ['attention.user_input', { ...RUN, severity: 'error', attention: { key: 'prompt', kind: 'user_input', text: 'Load filament?', choices: ['Yes', 'No'], since: 1_768_478_390_000 } }, {
    severity: 'error', title: 'MK4 left bench: needs an answer', body: 'Load filament? Answer it here or at the printer. lamp-vase, 42 %.',
    event: { ...NUMBERS, attention: { kind: 'user_input', text: 'Load filament?', choices: ['Yes', 'No'], since: 1_768_478_390_000 } }, job: JOB, subject: 'vases/lamp-vase.gcode',
  }],
  ['failure.warning', { ...RUN, severity: 'warning' }, {
    severity: 'warning', title: 'MK4 left bench: print may be failing', body: 'Look at the picture. It prints on. lamp-vase, 42 %.', event: { ...NUMBERS, isWarning: true },
    job: { ...JOB, alertedAt: 1_768_478_400_000 }, subject: 'vases/lamp-vase.gcode',
  }],
  ['heater.target_reached', { heater: { name: 'tool0', actual: 209.6, target: 210 } }, {
    severity: 'info', title: 'MK4 left bench: nozzle at 210 °C', body: '210 °C', event: { heater: { name: 'tool0', actual: 209.6, target: 210 } },
  }],
  ['link.lost', { severity: 'warning', reason: 'idle' }, { severity: 'warning', title: 'MK4 left bench: does not answer', body: 'It may be switched off.', event: { reason: 'idle' } }],
  ['command.failed', { severity: 'error', code: 'cancel', text: 'The printer is not printing.', byUs: true }, {
    severity: 'error', title: 'MK4 left bench: not cancelled', body: 'The printer is not printing.', event: { code: 'cancel', text: 'The printer is not printing.', byUs: true },
  }],
  ['server.event', { native: { name: 'Startup', payload: null, synthesised: true } }, {
    severity: 'info', title: 'MK4 left bench: Startup', body: '', data: { native: { name: 'Startup', payload: null, synthesised: true } },
  }],
])('%s', async (type, over, golden) => {
  await far.play({ path: '^/hook$', status: 204 })
  const one = { config: () => ({ url: `${far.base}/hook`, format: 'cloudevents' }), secrets: {}, accept: () => Promise.resolve(), received: () => Promise.resolve([]), close: () => Promise.resolve() }
  const channel = openChannel(KIND, one)
  expect((await channel.sendPrinterNotification(sendingOf(anEvent(type, over)))).result).toBe('delivered')
  await channel.close()
  const receipts = await far.receipts()
  expect(receipts.map(({ method, path, headers }) => [method, path, headers['content-type'], headers['idempotency-key'], headers['authorization']])).toEqual([['POST', '/hook', 'application/cloudevents+json', `${ID}.dest`, undefined]])
  expect(receipts[0]?.json).toEqual({
    specversion: '1.0', id: ID, source: 'urn:printbell:printer:mk4', type: `app.printbell.${type}`, ...(golden.subject === undefined ? {} : { subject: golden.subject }), time: '2026-01-15T12:00:00.000Z',
    datacontenttype: 'application/json',
    data: {
      version: 1, id: ID, time: 1_768_478_400_000, type, severity: golden.severity, late: false,
      event: {
        id: ID, type, severity: golden.severity, occurredAt: 1_768_478_400_000, observedAt: 1_768_478_400_000, late: false, byUs: false, isWarning: false, isPaused: false, reason: null, text: null, code: null,
        progress: null, remaining: null, printTime: null, layer: null, heater: null, attention: null, ...golden.event,
      },
      message: { kind: 'event', title: golden.title, body: golden.body },
      printer: { id: 'mk4', name: 'MK4 left bench', kind: 'octoprint' },
      job: golden.job ?? null, image: null, native: null, context: null, ...golden.data,
    },
  })
})
