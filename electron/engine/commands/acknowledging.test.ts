import { describe, expect, test } from 'vitest'
import { anEvent, LAMP, NOON } from '../../../test/support/rule-fixtures.ts'
import type { PrinterEvent, PrinterState } from '../events/model.ts'
import { aState, QUESTION, setUp } from './commands.support.ts'

const HOUR = 3_600_000
const attention = { ...QUESTION, choices: ['Yes', 'No'] }
const asked = () => {
  const rig = setUp(aState('paused', { attentions: [attention] }))
  rig.history.put(anEvent('attention.user_input', { id: 'A', job: LAMP, attention }))
  return rig
}

describe('an acknowledgement', () => {
  test('is an entry of the history that names what it is about and tells nobody by itself', async () => {
    const { commands, wish, history, announced } = asked()
    await commands.handle(wish({ name: 'acknowledge' }, { eventId: 'A', destinationId: 'phone' }))
    expect(history.event('A')?.acknowledgement).toEqual({ at: NOON, until: null, note: null, by: 'phone', lookedAt: null, overAt: null })
    expect(announced).toEqual([{
      dedupeKey: `mk4|${LAMP.key}|command.acknowledged|ID1`, occurredAt: NOON, observedAt: NOON, late: false, type: 'command.acknowledged', severity: 'info',
      printerId: 'mk4', printerName: 'MK4', serverKind: 'octoprint', job: LAMP, about: { eventId: 'A', type: 'attention.user_input' }, audience: { except: ['phone'] }, byUs: true, snapshot: 'none',
    }])
  })

  test('keeps its note and its end', async () => {
    const { commands, wish, history, announced } = asked()
    const outcome = await commands.handle(wish({ name: 'acknowledge', until: NOON + HOUR, note: '  Ann is on it  ' }, { eventId: 'A', from: 'cli' }))
    expect(outcome).toEqual({ result: 'done', detail: expect.stringMatching(/^Acknowledged until .*\d\d:\d\d\.$/) as string })
    expect(history.event('A')?.acknowledgement).toMatchObject({ until: NOON + HOUR, note: 'Ann is on it', by: 'cli' })
    expect(announced).toMatchObject([{ text: 'Ann is on it' }])
  })

  test('whose note is for the history alone says so', async () => {
    const { commands, wish, announced } = asked()
    await commands.handle(wish({ name: 'acknowledge', note: 'Lost my key', quiet: true }, { eventId: 'A', destinationId: 'phone' }))
    expect(announced).toMatchObject([{ text: 'Lost my key', audience: { except: ['phone'], nobody: true } }])
  })

  test('a second time without another word is nothing new', async () => {
    const { commands, wish, history, announced } = asked()
    history.acknowledge = () => 0
    await commands.handle(wish({ name: 'acknowledge' }, { eventId: 'A' }))
    expect(announced).toEqual([])
  })

  test.each([
    ['a time that is over', { until: NOON }, 'That time is over already. Choose one that is still to come.'],
    ['a note that is a letter', { note: 'x'.repeat(501) }, 'The note is too long. It may have 500 characters.'],
  ])('with %s is refused, and nothing is acknowledged', async (_what, more, detail) => {
    const { commands, wish, history, announced, said } = asked()
    expect(await commands.handle(wish({ name: 'acknowledge', ...more }, { eventId: 'A' }))).toEqual({ result: 'refused', detail })
    expect([history.acknowledged, announced, said]).toEqual([[], [], []])
  })

  test('of nothing that waits says so, and is no entry', async () => {
    const { commands, wish, history, announced } = setUp('printing')
    expect(await commands.handle(wish({ name: 'acknowledge', until: NOON + HOUR, note: 'Ann is on it' }))).toEqual({ result: 'stale', detail: 'Nothing to acknowledge at this printer.' })
    expect(await commands.handle(wish({ name: 'acknowledge' }, { eventId: 'PRUNED' }))).toEqual({ result: 'stale', detail: 'Nothing to acknowledge, the event is no longer in the history.' })
    expect([history.acknowledged, announced]).toEqual([[], []])
  })

  test.each<[string, PrinterState, PrinterEvent]>([
    ['a failure alert', aState('printing'), anEvent('failure.detected', { id: 'A', job: LAMP })],
    ['a print that failed', aState('failed'), anEvent('job.failed', { id: 'A', job: LAMP })],
    ['a printer in error', aState('none', { device: 'error' }), anEvent('device.error', { id: 'A' })],
    ['a printer in error that is out of sight', aState('none', { device: 'error', link: 'down' }), anEvent('device.error', { id: 'A' })],
    ['a bed that was left on', aState('none', { heaters: { bed: { actual: 60, target: 60 } } }), anEvent('heater.left_on', { id: 'A', heater: { name: 'bed', actual: 60, target: 60 } })],
    ['a print that stands', aState('printing', { progress: 0.4 }), anEvent('job.stalled', { id: 'A', job: LAMP, progress: 0.4 })],
  ])('that names no event is one of %s that is open, once', async (_what, state, event) => {
    const { commands, wish, history, announced } = setUp(state)
    history.put(event)
    expect(await commands.handle(wish({ name: 'acknowledge' }, { from: 'cli' }))).toEqual({ result: 'done', detail: 'Acknowledged.' })
    expect(history.acknowledged).toEqual(['A'])
    expect(announced).toMatchObject([{ about: { eventId: 'A', type: event.type } }])
    expect((await commands.handle(wish({ name: 'acknowledge' }, { from: 'cli' }))).result).toBe('stale')
    expect(history.acknowledged).toEqual(['A'])
  })

  test('that names no event is none of a fault and of a camera: those ask for nothing, and are acknowledged by themselves', async () => {
    const { commands, wish, history } = setUp(aState('printing'))
    history.put(anEvent('device.fault', { id: 'A', text: 'Fan 1 stands' }))
    history.put(anEvent('camera.lost', { id: 'B', seq: 2, code: 'front' }))
    expect((await commands.handle(wish({ name: 'acknowledge' }, { from: 'cli' }))).result).toBe('stale')
    expect((await commands.handle(wish({ name: 'acknowledge' }, { from: 'cli', eventId: 'B' }))).result).toBe('done')
    expect(history.acknowledged).toEqual(['B'])
  })

  test('that names no event takes the newest of each trouble, and nothing that is over', async () => {
    const { commands, wish, history, announced } = setUp(aState('failed', { device: 'error' }))
    history.put(anEvent('job.failed', { id: 'LONG AGO', seq: 1, occurredAt: NOON - HOUR, job: { ...LAMP, key: 'another' } }))
    history.put(anEvent('job.started', { id: 'S', seq: 2, occurredAt: NOON - HOUR / 2, job: LAMP }))
    history.put(anEvent('failure.detected', { id: 'OVER', seq: 3, occurredAt: NOON - 9, job: LAMP }))
    history.put(anEvent('device.error', { id: 'FIRST', seq: 4, occurredAt: NOON - 8 }))
    history.put(anEvent('device.error', { id: 'B', seq: 5, occurredAt: NOON - 7 }))
    history.put(anEvent('job.failed', { id: 'C', seq: 6, occurredAt: NOON - 6, job: LAMP }))
    await commands.handle(wish({ name: 'acknowledge' }, { from: 'cli' }))
    expect([...history.acknowledged].sort()).toEqual(['B', 'C'])
    expect(announced).toMatchObject([{ about: { eventId: 'C', type: 'job.failed' } }])
    expect((await commands.handle(wish({ name: 'acknowledge' }, { from: 'cli' }))).result).toBe('stale')
  })

  test('that names no event takes a pause only where nothing else is open, and one of an error and its runaway heater', async () => {
    const tried = async (state: PrinterState, ...events: PrinterEvent[]): Promise<string[]> => {
      const { commands, wish, history } = setUp(state)
      for (const event of [anEvent('job.paused', { id: 'PAUSE', job: LAMP }), ...events]) history.put(event)
      await commands.handle(wish({ name: 'acknowledge', until: NOON + HOUR }))
      return history.acknowledged
    }
    expect(await tried(aState('paused'))).toEqual(['PAUSE'])
    expect(await tried(aState('paused', { attentions: [attention] }), anEvent('attention.user_input', { id: 'A', seq: 2, job: LAMP, attention }))).toEqual(['A'])
    expect(await tried(aState('paused'), anEvent('failure.detected', { id: 'B', seq: 2, job: LAMP }))).toEqual(['B'])
    expect(await tried(aState('paused', { device: 'error' }), anEvent('device.error', { id: 'C', seq: 2 }), anEvent('heater.runaway', { id: 'D', seq: 3 }))).toEqual(['D'])
  })

  test('that names no event is one of a failure alert and of a question, whatever waits', async () => {
    const { commands, wish, history, announced, said } = setUp(aState('paused', { attentions: [attention], failure: { since: NOON, sure: true, paused: true } }))
    history.put(anEvent('attention.user_input', { id: 'A', job: LAMP, attention }))
    history.put(anEvent('failure.detected', { id: 'B', seq: 2, job: LAMP }))
    await commands.handle(wish({ name: 'acknowledge' }))
    expect([...history.acknowledged].sort()).toEqual(['A', 'B'])
    expect([announced[0]?.about, said]).toEqual([{ eventId: 'A', type: 'attention.user_input' }, ['acknowledged mk4', 'acknowledged mk4']])
  })

  test('of a printer\'s card names the first event about what is open', async () => {
    const { commands, wish, history, announced } = asked()
    history.put(anEvent('attention.reminder', { id: 'B', seq: 2, occurredAt: NOON + 1, job: LAMP, attention }))
    await commands.handle(wish({ name: 'acknowledge' }))
    expect(announced).toMatchObject([{ about: { eventId: 'A' } }])
  })

  test('of a failed print, or of what reminds of it, is one of all of them', async () => {
    const { commands, wish, history, announced } = setUp('failed')
    history.put(anEvent('job.failed', { id: 'A', job: LAMP }))
    history.put(anEvent('attention.reminder', { id: 'B', job: LAMP, about: { eventId: 'A', type: 'job.failed' } }))
    history.put(anEvent('attention.reminder', { id: 'C', job: LAMP, about: { eventId: 'OTHER', type: 'job.failed' } }))
    await commands.handle(wish({ name: 'acknowledge' }, { eventId: 'B' }))
    expect([...history.acknowledged].sort()).toEqual(['A', 'B'])
    expect(announced).toMatchObject([{ about: { type: 'job.failed' } }])
  })

  test('of a failure alert answers it, while its print is on', async () => {
    const { commands, wish, history, now, said } = setUp('printing')
    history.put(anEvent('failure.detected', { id: 'A', job: LAMP }))
    await commands.handle(wish({ name: 'acknowledge' }, { eventId: 'A' }))
    now.state = aState('printing', { jobRef: { ...LAMP, key: 'another' } })
    await commands.handle(wish({ name: 'acknowledge' }, { eventId: 'A' }))
    expect(said).toEqual(['acknowledged mk4'])
  })
})
