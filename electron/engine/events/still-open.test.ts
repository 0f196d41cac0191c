import { describe, expect, test } from 'vitest'
import { anEvent, LAMP, NOON } from '../../../test/support/rule-fixtures.ts'
import { aState } from '../commands/commands.support.ts'
import type { EventType, PrinterState } from './model.ts'
import { openness, reopened, type Openness } from './still-open.ts'

const ASKS = { key: 'prompt', kind: 'user_input', text: 'Change the plate?', choices: ['Done'], since: NOON - 60_000 } as const
const attention = { ...ASKS, choices: ['Done'] }
const UNSEEN = { printedSince: false, looked: false, cameraBack: false }
const HOT = { bed: { actual: 60, target: 60 }, tool0: { actual: 25, target: 0 } }
const NEXT = { ...LAMP, key: 'another' }

describe('what is still open when an acknowledgement ends', () => {
  test.each<[string, EventType, Parameters<typeof anEvent>[1], PrinterState, Openness]>([
    ['a question that is asked yet', 'attention.user_input', { attention }, aState('paused', { attentions: [attention] }), 'open'],
    ['a question that was answered', 'attention.user_input', { attention }, aState('printing'), 'over'],
    ['the same question asked again later', 'attention.user_input', { attention }, aState('paused', { attentions: [{ ...attention, since: NOON }] }), 'over'],
    ['a question out of sight', 'attention.user_input', { attention }, aState('paused', { attentions: [attention], link: 'stale' }), 'unknown'],
    ['a reminder of a question that is asked yet', 'attention.reminder', { attention }, aState('paused', { attentions: [attention] }), 'open'],
    ['that a question was answered', 'attention.cleared', { attention }, aState('paused', { attentions: [attention] }), 'over'],
    ['a printer still in error', 'device.error', {}, aState('none', { device: 'error' }), 'open'],
    ['a printer shut down after its error', 'device.error', {}, aState('none', { device: 'shutdown' }), 'open'],
    ['a printer that works again', 'device.error', {}, aState('none'), 'over'],
    ['a printer in error out of sight', 'device.error', {}, aState('none', { device: 'error', link: 'down' }), 'unknown'],
    ['a firmware still down', 'device.shutdown', {}, aState('none', { device: 'shutdown' }), 'open'],
    ['a heater whose firmware stopped', 'heater.runaway', {}, aState('none', { device: 'shutdown' }), 'open'],
    ['a link that is lost yet', 'link.lost', { job: LAMP }, aState('printing', { link: 'down' }), 'open'],
    ['a link whose key is refused yet', 'link.auth_failed', {}, aState('none', { link: 'auth_failed' }), 'open'],
    ['a link that is back', 'link.lost', { job: LAMP }, aState('printing'), 'over'],
    ['a link of which nothing is known yet', 'link.lost', { job: LAMP }, aState('printing', { link: 'connecting' }), 'unknown'],
    ['a print that failed and lies there', 'job.failed', { job: LAMP }, aState('failed'), 'open'],
    ['a print that failed, out of sight', 'job.failed', { job: LAMP }, aState('failed', { link: 'down' }), 'open'],
    ['a print that failed, and the next one runs', 'job.failed', { job: LAMP }, aState('printing', { jobRef: NEXT }), 'over'],
    ['a print whose end nobody saw', 'job.result_unknown', { job: LAMP }, aState('none'), 'open'],
    ['a print that seems to fail and goes on', 'failure.detected', { job: LAMP }, aState('printing'), 'open'],
    ['a print that seemed to fail, and another runs', 'failure.detected', { job: LAMP }, aState('printing', { jobRef: NEXT }), 'over'],
    ['a print that seemed to fail and was cancelled', 'failure.warning', { job: LAMP }, aState('cancelled'), 'over'],
    ['a print that is paused yet', 'job.paused', { job: LAMP }, aState('paused'), 'open'],
    ['a print that goes on', 'job.paused', { job: LAMP }, aState('printing'), 'over'],
    ['a bed left on', 'heater.left_on', { heater: { name: 'bed', actual: 60, target: 60 } }, aState('none', { heaters: HOT }), 'open'],
    ['a bed switched off', 'heater.left_on', { heater: { name: 'tool0', actual: 25, target: 0 } }, aState('none', { heaters: HOT }), 'over'],
    ['a print that stands where it stood', 'job.stalled', { job: LAMP, progress: 0.4, layer: 7 }, aState('printing', { progress: 0.4, layer: 7 }), 'open'],
    ['a print that stands, by its layers alone', 'job.stalled', { job: LAMP, progress: null, layer: 7 }, aState('printing', { progress: null, layer: 7 }), 'open'],
    ['a print that stood and goes on', 'job.stalled', { job: LAMP, progress: 0.4, layer: 7 }, aState('printing', { progress: 0.41, layer: 7 }), 'over'],
    ['a print that stood and goes on, by its layers', 'job.stalled', { job: LAMP, progress: 0.4, layer: 7 }, aState('printing', { progress: 0.4, layer: 8 }), 'over'],
    ['a print that stood, of which nobody knows how far it is', 'job.stalled', { job: LAMP, progress: null, layer: null }, aState('printing', { progress: null, layer: null }), 'over'],
    ['a print that stood and was paused', 'job.stalled', { job: LAMP, progress: 0.4 }, aState('paused', { progress: 0.4 }), 'over'],
    ['a print that stands because it asks something', 'job.stalled', { job: LAMP, progress: 0.4 }, aState('printing', { progress: 0.4, attentions: [attention] }), 'over'],
    ['a print that stood, and another runs', 'job.stalled', { job: LAMP, progress: 0.4 }, aState('printing', { jobRef: NEXT, progress: 0.4 }), 'over'],
    ['a print that stood, out of sight', 'job.stalled', { job: LAMP, progress: 0.4 }, aState('printing', { progress: 0.4, link: 'stale' }), 'unknown'],
    ['a reminder of a print that stands where it stood', 'attention.reminder', { job: LAMP, progress: 0.4, about: { eventId: 'E1', type: 'job.stalled' } }, aState('printing', { progress: 0.4, layer: 7 }), 'open'],
    ['a fault that nobody looked at', 'device.fault', { text: 'Fan 1 stands' }, aState('printing'), 'open'],
    ['a fault that nobody looked at, out of sight', 'device.fault', { text: 'Fan 1 stands' }, aState('none', { link: 'down' }), 'open'],
    ['a camera that is gone yet', 'camera.lost', { code: 'front' }, aState('printing'), 'open'],
    ['a camera that went with its printer', 'camera.lost', { code: 'front' }, aState('none', { link: 'down' }), 'unknown'],
    ['a print that is done', 'job.done', { job: LAMP }, aState('done'), 'over'],
    ['a reminder of a print that failed', 'attention.reminder', { job: LAMP, about: { eventId: 'E1', type: 'job.failed' } }, aState('failed'), 'open'],
    ['a reminder of a printer that works again', 'attention.reminder', { about: { eventId: 'E1', type: 'device.error' } }, aState('none'), 'over'],
  ])('%s', (_what, type, over, state, expected) => {
    expect(openness(anEvent(type, over), { state, ...UNSEEN })).toBe(expected)
  })

  test.each([
    ['somebody looked', { looked: true }],
    ['the printer printed since', { printedSince: true }],
  ])('a print that failed, and a fault, are over when %s', (_what, facts) => {
    expect(openness(anEvent('job.failed', { job: LAMP }), { ...UNSEEN, state: aState('failed'), ...facts })).toBe('over')
    expect(openness(anEvent('device.fault', { text: 'Fan 1 stands' }), { ...UNSEEN, state: aState('none'), ...facts })).toBe('over')
  })

  test('a camera that is back is over, also of a reminder, and whether somebody looked does not matter', () => {
    for (const event of [anEvent('camera.lost', { code: 'front' }), anEvent('attention.reminder', { code: 'front', about: { eventId: 'E1', type: 'camera.lost' } })]) {
      expect(openness(event, { ...UNSEEN, state: aState('none'), cameraBack: true })).toBe('over')
      expect(openness(event, { ...UNSEEN, state: aState('none'), looked: true, printedSince: true })).toBe('open')
    }
  })

  test('whoever looked at a question has not answered it', () => {
    expect(openness(anEvent('attention.user_input', { attention }), { ...UNSEEN, state: aState('paused', { attentions: [attention] }), looked: true })).toBe('open')
  })

  test('a printer that is not watched any more has nothing open', () => {
    expect(openness(anEvent('job.failed', { job: LAMP }), { state: null, ...UNSEEN })).toBe('over')
  })
})

describe('the reminder that an acknowledgement is over', () => {
  const until = NOON + 3_600_000

  test('tells the question as it stands now', () => {
    const asked = { ...attention, text: 'Change the plate, it is full?', choices: ['Done', 'Later'] }
    expect(reopened(anEvent('attention.user_input', { id: 'E1', severity: 'error', job: LAMP, attention, text: 'Change the plate?' }), { state: aState('paused', { attentions: [asked] }), until, now: until })).toEqual({
      dedupeKey: `mk4|${LAMP.key}|attention.reminder|acknowledgement_over:prompt:${NOON - 60_000}:${until}`,
      occurredAt: until, observedAt: until, late: false, type: 'attention.reminder', severity: 'error', printerId: 'mk4', printerName: 'MK4 left bench', serverKind: 'octoprint',
      job: LAMP, progress: null, attention: asked, reason: 'acknowledgement_over', text: 'Change the plate, it is full?', about: { eventId: 'E1', type: 'attention.user_input' }, byUs: false, snapshot: 'now',
    })
  })

  test('of what is no attention is named by its event, and at least a warning', () => {
    const failed = reopened(anEvent('job.failed', { id: 'E1', severity: 'critical', job: LAMP, progress: 0.4, text: 'Thermistor broken', reason: 'firmware' }), { state: aState('failed'), until, now: until + 5 })
    expect(failed).toMatchObject({ dedupeKey: `mk4|${LAMP.key}|attention.reminder|acknowledgement_over:E1:${until}`, severity: 'critical', reason: 'acknowledgement_over', text: 'Thermistor broken', progress: 0.4, about: { eventId: 'E1', type: 'job.failed' }, snapshot: 'none' })
    expect(failed).not.toHaveProperty('attention')
    expect(reopened(anEvent('link.lost', { severity: 'info' }), { state: aState('none'), until, now: until }).severity).toBe('warning')
  })

  test('of a camera names it', () => {
    expect(reopened(anEvent('camera.lost', { id: 'E1', severity: 'info', code: 'front' }), { state: aState('none'), until, now: until })).toMatchObject({ code: 'front', severity: 'warning', about: { eventId: 'E1', type: 'camera.lost' } })
  })

  test('of a print that stands tells how far it is and on which layer', () => {
    expect(reopened(anEvent('job.stalled', { job: LAMP, progress: 0.4, layer: 7 }), { state: aState('printing'), until, now: until })).toMatchObject({ progress: 0.4, layer: 7 })
  })

  test('of a reminder is about what that was about', () => {
    const again = reopened(anEvent('attention.reminder', { id: 'E2', about: { eventId: 'E1', type: 'job.failed' }, job: LAMP }), { state: aState('failed'), until, now: until })
    expect(again.about).toEqual({ eventId: 'E1', type: 'job.failed' })
  })
})
