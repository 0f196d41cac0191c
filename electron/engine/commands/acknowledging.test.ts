import { describe, expect, test } from 'vitest'
import { anEvent, LAMP, NOON } from '../../../test/support/rule-fixtures.ts'
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

  test('of nothing that waits is no entry', async () => {
    const { commands, wish, announced } = setUp('printing')
    expect((await commands.handle(wish({ name: 'acknowledge' }))).result).toBe('done')
    expect(announced).toEqual([])
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
