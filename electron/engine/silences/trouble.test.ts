import { describe, expect, it } from 'vitest'
import { anEvent, LAMP } from '../../../test/support/rule-fixtures.ts'
import type { EventType, PrinterEvent, PrinterState } from '../events/model.ts'
import { initialMemory } from '../events/reduce.ts'
import type { StoredEvent } from '../history/history.ts'
import { isStillOpen, troubleOf, TROUBLE_TYPES, type TroubleFacts } from './trouble.ts'

const UP: PrinterState = { ...initialMemory('up').state, device: 'ready' }
const FACTS: TroubleFacts = { state: UP, begunSince: false, cameraBack: false, seen: false, failing: [] }
const RUNOUT = { key: 'runout', kind: 'filament_runout', text: null, choices: [], since: 5 } as const
const stored = (type: EventType, over: Partial<PrinterEvent> = {}): StoredEvent => ({ ...anEvent(type, over), seenAt: null, acknowledgedAt: null, snapshotFile: null })

/** The reminder that somebody's acknowledgement of such an event is over. */
const over = (type: EventType, about: Partial<PrinterEvent> = {}): StoredEvent => stored('attention.reminder', { ...about, reason: 'acknowledgement_over', about: { eventId: 'E1', type } })

describe('trouble', () => {
  it.each<[string, StoredEvent, Partial<PrinterState>, Partial<TroubleFacts>, boolean]>([
    ['a failed print is open until somebody looks', stored('job.failed', { job: LAMP }), {}, {}, true],
    ['a failed print that was seen is not', stored('job.failed', { job: LAMP }), {}, { seen: true }, false],
    ['a failed print is over when another one was begun', stored('job.failed', { job: LAMP }), {}, { begunSince: true }, false],
    ['a print without a known end is like a failed one', stored('job.result_unknown', { job: LAMP }), {}, {}, true],
    ['an attention is open while the printer has it', stored('attention.filament_runout', { attention: { ...RUNOUT, choices: [] } }), { attentions: [{ ...RUNOUT, choices: [] }] }, { seen: true }, true],
    ['an attention that came again is another one', stored('attention.filament_runout', { attention: { ...RUNOUT, choices: [], since: 4 } }), { attentions: [{ ...RUNOUT, choices: [] }] }, {}, false],
    ['an attention that is gone is over', stored('attention.door', { attention: { ...RUNOUT, choices: [] } }), {}, {}, false],
    ['a lost link is open while the printer does not answer', stored('link.lost'), { link: 'down' }, {}, true],
    ['a lost link is open while it is tried', stored('link.lost'), { link: 'connecting' }, {}, true],
    ['a lost link that is up again is over', stored('link.lost'), {}, {}, false],
    ['a refused key is open while the link is not up', stored('link.auth_failed'), { link: 'auth_failed' }, {}, true],
    ['an error is open while the device has it', stored('device.error'), { device: 'error' }, {}, true],
    ['an error is open while its text stands', stored('device.error'), { faults: [{ text: 'x', code: null }] }, {}, true],
    ['an error of a device that is ready is over', stored('device.error'), {}, {}, false],
    ['a shutdown is open while it lasts', stored('device.shutdown'), { device: 'shutdown' }, {}, true],
    ['a paused print is open while it is paused', stored('job.paused', { job: LAMP }), { job: 'paused', jobRef: LAMP }, {}, true],
    ['a paused print that goes on is not', stored('job.paused', { job: LAMP }), { job: 'printing', jobRef: LAMP }, {}, false],
    ['another print that is paused is another trouble', stored('job.paused', { job: LAMP }), { job: 'paused', jobRef: { ...LAMP, key: 'x' } }, {}, false],
    ['a print that does not move is open', stored('job.stalled', { job: LAMP, progress: 0.4 }), { job: 'printing', jobRef: LAMP, progress: 0.4 }, {}, true],
    ['a print that moves again is not', stored('job.stalled', { job: LAMP, progress: 0.4 }), { job: 'printing', jobRef: LAMP, progress: 0.41 }, {}, false],
    ['a print that stands because it asks something is not: the question is', stored('job.stalled', { job: LAMP, progress: 0.4 }), { job: 'printing', jobRef: LAMP, progress: 0.4, attentions: [{ key: 'prompt', kind: 'user_input', text: 'Go on?', choices: [], since: 0 }] }, {}, false],
    ['a detected failure is open while the print goes on', stored('failure.detected', { job: LAMP }), { job: 'printing', jobRef: LAMP }, {}, true],
    ['a detected failure is over with its print', stored('failure.detected', { job: LAMP }), { job: 'done', jobRef: LAMP }, {}, false],
    ['a heater that is left on is open while it heats for nothing', stored('heater.left_on', { heater: { name: 'bed', actual: 60, target: 60 } }), { heaters: { bed: { actual: 60, target: 60 } } }, {}, true],
    ['a heater that was switched off is not', stored('heater.left_on', { heater: { name: 'bed', actual: 60, target: 60 } }), { heaters: { bed: { actual: 60, target: 0 } } }, {}, false],
    ['a lost camera is open until it is back', stored('camera.lost'), {}, {}, true],
    ['a camera that is back is not', stored('camera.lost'), {}, { cameraBack: true }, false],
    ['a destination that fails is open', stored('app.delivery_failing', { printerId: '', reason: 'mail' }), {}, { failing: ['mail'], state: null }, true],
    ['a destination that works again is not', stored('app.delivery_failing', { printerId: '', reason: 'mail' }), {}, { failing: [], state: null }, false],
    ['what was acknowledged is over', { ...stored('job.failed', { job: LAMP }), acknowledgedAt: 7 }, {}, {}, false],
    ['of a printer that is not watched any more is over', stored('job.failed', { job: LAMP }), {}, { state: null }, false],
    ['a failed print that somebody is reminded of is open until somebody looks', over('job.failed', { job: LAMP }), {}, {}, true],
    ['a failed print that somebody is reminded of is over when it was seen', over('job.failed', { job: LAMP }), {}, { seen: true }, false],
    ['a lost link that somebody is reminded of is open while the printer does not answer', over('link.lost'), { link: 'down' }, {}, true],
    ['a lost link that somebody is reminded of and that is up again is over', over('link.lost'), {}, {}, false],
    ['an attention that somebody is reminded of is open while the printer has it', over('attention.filament_runout', { attention: { ...RUNOUT, choices: [] } }), { attentions: [{ ...RUNOUT, choices: [] }] }, { seen: true }, true],
    ['news is no trouble', stored('job.done', { job: LAMP }), {}, {}, false],
  ])('%s', (_name, event, state, facts, open) => {
    expect(isStillOpen(event, { ...FACTS, ...('state' in facts ? {} : { state: { ...UP, ...state } }), ...facts })).toBe(open)
  })

  it('is one and the same when it is told again', () => {
    const reminder = stored('attention.reminder', { attention: { ...RUNOUT, choices: [] } })
    expect(troubleOf(reminder)).toBe(troubleOf(stored('attention.filament_runout', { attention: { ...RUNOUT, choices: [] } })))
    expect(troubleOf(stored('link.lost'))).toBe(troubleOf(stored('link.refused')))
    expect(troubleOf(over('link.lost'))).toBe(troubleOf(stored('link.lost')))
    expect(troubleOf(over('job.failed', { job: LAMP }))).toBe(troubleOf(stored('job.failed', { job: LAMP })))
    expect(troubleOf(over('failure.detected', { job: LAMP }))).toBe(troubleOf(stored('failure.detected', { job: LAMP })))
    expect(troubleOf(stored('job.failed', { job: LAMP }))).not.toBe(troubleOf(stored('job.failed', { job: { ...LAMP, key: 'x' } })))
    expect(troubleOf(stored('app.delivery_failing', { reason: 'mail' }))).not.toBe(troubleOf(stored('app.delivery_failing', { reason: 'phone' })))
  })

  it('is never the good end of a print, nor news that passes', () => {
    expect(TROUBLE_TYPES).not.toContain('job.done')
    expect(TROUBLE_TYPES).not.toContain('job.progress')
    expect(TROUBLE_TYPES).not.toContain('app.silence_over')
  })
})
