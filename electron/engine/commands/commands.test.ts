import { describe, expect, test } from 'vitest'
import { anEvent, LAMP, NOON } from '../../../test/support/rule-fixtures.ts'
import type { JobPhase, PrinterState } from '../events/model.ts'
import type { CommandAnswer } from '../printers/adapter.ts'
import { pressToWish } from './commands.ts'
import { aState, QUESTION, setUp } from './commands.support.ts'
import type { WishAction } from './wish.ts'

describe('a command that works', () => {
  test('is done when the state shows it, not when the server accepts it', async () => {
    const { clock, commands, wish, now, sent, said, announced } = setUp('printing')
    const outcome = commands.handle(wish({ name: 'pause' }))
    await clock.advance(3_000)
    expect(sent).toEqual([{ name: 'pause' }])
    expect(said).toEqual(['sending pause'])
    expect(announced).toEqual([])
    now.state = aState('paused')
    await clock.advance(250)
    expect(await outcome).toEqual({ result: 'done', detail: 'Paused.' })
    expect(announced).toMatchObject([{
      type: 'command.succeeded', severity: 'info', byUs: true, code: 'pause', reason: 'done', text: 'Paused.', printerId: 'mk4', printerName: 'MK4', job: LAMP, occurredAt: NOON + 3_250,
    }])
    expect(clock.pending).toBe(0)
  })

  test.each<[WishAction, PrinterState, PrinterState, string]>([
    [{ name: 'resume' }, aState('paused'), aState('printing'), 'Printing again.'],
    [{ name: 'cancel' }, aState('printing'), aState('cancelled'), 'Cancelled.'],
    [{ name: 'cancel' }, aState('paused'), aState('none'), 'Cancelled.'],
    [{ name: 'answer', choice: 1 }, aState('paused', { attentions: [{ ...QUESTION, choices: [...QUESTION.choices] }] }), aState('printing'), 'Answered.'],
    [{ name: 'gcode', lines: ['M117 hi'] }, aState('printing'), aState('printing'), 'G-code sent.'],
  ])('%o is done when the state says so', async (action, first, then, detail) => {
    const { clock, commands, wish, now } = setUp(first)
    const outcome = commands.handle(wish(action, { confirmed: true, from: 'window' }))
    await clock.advance(100)
    now.state = then
    await clock.advance(250)
    expect(await outcome).toEqual({ result: 'done', detail })
  })

  test('that never shows is timed out after 15 s, and announced', async () => {
    const { clock, commands, wish, announced } = setUp('printing')
    const outcome = commands.handle(wish({ name: 'pause' }))
    await clock.advance(14_900)
    expect(announced).toEqual([])
    await clock.advance(100)
    expect(await outcome).toMatchObject({ result: 'timed_out' })
    expect(announced).toMatchObject([{ type: 'command.failed', severity: 'error', code: 'pause', reason: 'timed_out' }])
  })

  test('that is on its way after 15 s counts as done', async () => {
    const { clock, commands, wish, now } = setUp('printing')
    const outcome = commands.handle(wish({ name: 'pause' }))
    now.state = aState('pausing')
    await clock.advance(15_000)
    expect(await outcome).toEqual({ result: 'done', detail: 'Paused: the printer is about to.' })
  })

  test('that the end of the print overtakes says so', async () => {
    const { clock, commands, wish, now } = setUp('printing')
    const outcome = commands.handle(wish({ name: 'pause' }))
    now.state = aState('done')
    await clock.advance(250)
    expect(await outcome).toEqual({ result: 'refused', detail: 'The print ended before that.' })
  })
})

describe('an old button', () => {
  test.each<[string, PrinterState, string]>([
    ['the print is done', aState('done'), 'Nothing to cancel, the print is done.'],
    ['the print was cancelled', aState('cancelled'), 'Nothing to cancel, the print was cancelled.'],
    ['the print failed', aState('failed'), 'Nothing to cancel, the print failed.'],
    ['nobody knows how it ended', aState('none'), 'Nothing to cancel, the print is over.'],
    ['the next print runs', aState('printing', { jobRef: { ...LAMP, key: 'next' } }), 'Nothing to cancel, another print runs now.'],
  ])('does nothing when %s, and says so', async (_what, state, detail) => {
    const { commands, wish, sent, announced } = setUp(state)
    expect(await commands.handle(wish({ name: 'cancel' }, { confirmed: true }))).toEqual({ result: 'stale', detail })
    expect(sent).toEqual([])
    expect(announced).toEqual([])
  })

  test('asks the history how the print ended when the printer has forgotten it', async () => {
    const { commands, wish, history } = setUp('none')
    history.put(anEvent('job.done', { job: LAMP }))
    expect(await commands.handle(wish({ name: 'pause' }))).toEqual({ result: 'stale', detail: 'Nothing to pause, the print is done.' })
  })

  test('does nothing after its time', async () => {
    const { commands, wish, sent } = setUp('printing')
    expect(await commands.handle(wish({ name: 'pause' }, { expiresAt: NOON }))).toMatchObject({ result: 'expired' })
    expect(sent).toEqual([])
  })

  test('does not answer a newer question of the same name', async () => {
    const { commands, wish, history, sent } = setUp(aState('paused', { attentions: [{ ...QUESTION, choices: ['Yes', 'No'], since: NOON }] }))
    history.put(anEvent('attention.user_input', { id: 'OLD', job: LAMP, attention: { ...QUESTION, choices: ['Yes', 'No'] } }))
    expect(await commands.handle(wish({ name: 'answer', choice: 0 }, { eventId: 'OLD' }))).toEqual({ result: 'stale', detail: 'Nothing to answer, the printer asks no more.' })
    expect(sent).toEqual([])
  })
})

describe('the state must allow it', () => {
  test.each<[WishAction, JobPhase, string, string]>([
    [{ name: 'pause' }, 'paused', 'stale', 'The print is paused already.'],
    [{ name: 'pause' }, 'finishing', 'stale', 'Too late to pause, the print is about to end.'],
    [{ name: 'pause' }, 'cancelling', 'stale', 'The print is being cancelled already.'],
    [{ name: 'resume' }, 'printing', 'stale', 'Nothing to resume, it prints.'],
    [{ name: 'cancel' }, 'cancelling', 'stale', 'The print is being cancelled already.'],
    [{ name: 'gcode', lines: [] }, 'printing', 'refused', 'There is no G-code to send.'],
    [{ name: 'answer', choice: 0 }, 'paused', 'stale', 'Nothing to answer, the printer asks no more.'],
  ])('%o while %s is %s', async (action, job, result, detail) => {
    const { commands, wish, sent } = setUp(job)
    expect(await commands.handle(wish(action))).toEqual({ result, detail })
    expect(sent).toEqual([])
  })

  test('without a job key a wish is for whatever print runs, and for none when none does', async () => {
    const idle = setUp('none')
    expect(await idle.commands.handle(idle.wish({ name: 'pause' }, { jobKey: null, from: 'cli' }))).toEqual({ result: 'stale', detail: 'Nothing to pause, no print runs.' })
    const busy = setUp('printing')
    void busy.commands.handle(busy.wish({ name: 'pause' }, { jobKey: null, from: 'cli' }))
    await busy.clock.advance(0)
    expect(busy.sent).toEqual([{ name: 'pause' }])
  })

  test('an answer that is not offered is refused', async () => {
    const { commands, wish } = setUp(aState('paused', { attentions: [{ ...QUESTION, choices: ['Yes', 'No'] }] }))
    expect(await commands.handle(wish({ name: 'answer', choice: 2 }))).toEqual({ result: 'refused', detail: 'The printer does not offer that answer.' })
  })

  test('a server that is away is unreachable, and nothing is sent', async () => {
    const { commands, wish, sent, announced } = setUp(aState('printing', { link: 'down' }))
    expect(await commands.handle(wish({ name: 'pause' }))).toMatchObject({ result: 'unreachable' })
    expect(sent).toEqual([])
    expect(announced).toMatchObject([{ type: 'command.failed', reason: 'unreachable' }])
  })

  test('a printer that was removed is refused', async () => {
    const { commands, wish } = setUp('printing')
    expect(await commands.handle(wish({ name: 'pause' }, { printerId: 'gone' }))).toMatchObject({ result: 'refused' })
  })
})

describe('what the server answers', () => {
  test.each<CommandAnswer>([
    { result: 'forbidden', detail: 'The key lacks the permission PRINT.' },
    { result: 'refused', detail: 'The printer is not operational.' },
    { result: 'unsupported', detail: 'This server has no pause.' },
    { result: 'unreachable', detail: 'Connection refused.' },
  ])('$result is passed on in its words and announced', async (answer) => {
    const { commands, wish, announced, said } = setUp('printing', answer)
    expect(await commands.handle(wish({ name: 'pause' }))).toEqual(answer)
    expect(announced).toMatchObject([{ type: 'command.failed', reason: answer.result, text: answer.detail }])
    // What was refused is taken back; without an answer it may have been done all the same.
    expect(said).toEqual(answer.result === 'unreachable' ? ['sending pause'] : ['sending pause', 'refused pause'])
  })

  test('a server that never answers is given up after 10 s', async () => {
    const { clock, commands, wish } = setUp('printing', new Promise<CommandAnswer>(() => undefined))
    const outcome = commands.handle(wish({ name: 'pause' }))
    await clock.advance(10_000)
    expect(await outcome).toMatchObject({ result: 'unreachable' })
  })

  test('an adapter that breaks is unreachable, without its words', async () => {
    const { commands, wish } = setUp('printing', async () => { throw new Error('http://key@host') })
    const outcome = await commands.handle(wish({ name: 'pause' }))
    expect(outcome.result).toBe('unreachable')
    expect(outcome.detail).not.toContain('key@host')
  })
})

describe('a second press', () => {
  test('while the first runs is refused with words and sends nothing; afterwards the printer is free again', async () => {
    const { clock, commands, wish, now, sent, announced } = setUp('printing')
    const first = commands.handle(wish({ name: 'pause' }))
    await clock.advance(0)
    expect(await commands.handle(wish({ name: 'pause' }))).toEqual({ result: 'refused', detail: 'This was pressed already: pause is under way.' })
    expect(await commands.handle(wish({ name: 'cancel' }, { confirmed: true }))).toEqual({ result: 'refused', detail: 'Wait a moment: pause is under way.' })
    expect(sent).toEqual([{ name: 'pause' }])
    now.state = aState('paused')
    await clock.advance(250)
    expect((await first).result).toBe('done')
    expect(announced.length).toBe(1)
    void commands.handle(wish({ name: 'resume' }))
    await clock.advance(0)
    expect(sent).toEqual([{ name: 'pause' }, { name: 'resume' }])
  })
})

describe('cancel', () => {
  test('asks back, and the yes of the same minute cancels', async () => {
    const { clock, commands, wish, now, sent, announced } = setUp('printing')
    expect(await commands.handle(wish({ name: 'cancel' }))).toMatchObject({ result: 'needs_confirmation' })
    expect(sent).toEqual([])
    expect(announced).toEqual([])
    await clock.advance(60_000)
    const outcome = commands.handle(wish({ name: 'cancel' }, { confirmed: true }))
    await clock.advance(0)
    expect(sent).toEqual([{ name: 'cancel' }])
    now.state = aState('cancelled')
    await clock.advance(250)
    expect((await outcome).result).toBe('done')
  })

  test('a yes after a minute, or to no question, does nothing', async () => {
    const late = setUp('printing')
    await late.commands.handle(late.wish({ name: 'cancel' }))
    await late.clock.advance(60_001)
    expect(await late.commands.handle(late.wish({ name: 'cancel' }, { confirmed: true }))).toEqual({ result: 'expired', detail: 'The question was open for too long. Nothing was cancelled.' })
    expect(await late.commands.handle(late.wish({ name: 'cancel' }, { confirmed: true }))).toMatchObject({ result: 'expired' })
    expect(late.sent).toEqual([])
  })

  test('a question is answered once: a second yes to it does nothing', async () => {
    const { clock, commands, wish, sent } = setUp('printing')
    await commands.handle(wish({ name: 'cancel' }))
    const first = commands.handle(wish({ name: 'cancel' }, { confirmed: true }))
    await clock.advance(15_000)
    expect((await first).result).toBe('timed_out')
    expect(await commands.handle(wish({ name: 'cancel' }, { confirmed: true }))).toMatchObject({ result: 'expired' })
    expect(sent.length).toBe(1)
  })

  test('a yes after the print ended says what is true now', async () => {
    const { commands, wish, now, sent } = setUp('printing')
    await commands.handle(wish({ name: 'cancel' }))
    now.state = aState('done')
    expect(await commands.handle(wish({ name: 'cancel' }, { confirmed: true }))).toEqual({ result: 'stale', detail: 'Nothing to cancel, the print is done.' })
    expect(sent).toEqual([])
  })
})

describe('what needs no printer', () => {
  test('acknowledge marks the event and ends the reminders of the attention that is still open', async () => {
    const attention = { ...QUESTION, choices: ['Yes', 'No'] }
    const { commands, wish, history, said } = setUp(aState('paused', { link: 'down', attentions: [attention] }))
    history.put(anEvent('attention.user_input', { id: 'A', job: LAMP, attention }))
    expect(await commands.handle(wish({ name: 'acknowledge' }, { eventId: 'A' }))).toEqual({ result: 'done', detail: 'Acknowledged.' })
    expect(history.acknowledged).toEqual(['A'])
    expect(said).toEqual(['acknowledged mk4'])
  })

  test('who acknowledges a reminder means what it reminds of, and the other way round', async () => {
    const attention = { ...QUESTION, choices: ['Yes', 'No'] }
    const { commands, wish, history } = setUp(aState('paused', { attentions: [attention] }))
    history.put(anEvent('attention.user_input', { id: 'EARLIER', job: LAMP, attention: { ...attention, since: NOON - 900_000 } }))
    history.put(anEvent('attention.user_input', { id: 'A', job: LAMP, attention }))
    history.put(anEvent('attention.reminder', { id: 'B', job: LAMP, attention }))
    history.put(anEvent('attention.user_input', { id: 'ELSEWHERE', printerId: 'mk3', attention }))
    await commands.handle(wish({ name: 'acknowledge' }, { eventId: 'B' }))
    expect([...history.acknowledged].sort()).toEqual(['A', 'B'])
  })

  test('acknowledging a printer, and no event, is about all that it waits for now', async () => {
    const attention = { ...QUESTION, choices: ['Yes', 'No'] }
    const { commands, wish, history, said } = setUp(aState('paused', { attentions: [attention] }))
    history.put(anEvent('attention.user_input', { id: 'EARLIER', job: LAMP, attention: { ...attention, since: NOON - 900_000 } }))
    history.put(anEvent('attention.user_input', { id: 'A', job: LAMP, attention }))
    expect(await commands.handle(wish({ name: 'acknowledge' }, { eventId: null }))).toEqual({ result: 'done', detail: 'Acknowledged.' })
    expect([history.acknowledged, said]).toEqual([['A'], ['acknowledged mk4']])
  })

  test('acknowledging an old toast does not quiet a newer attention', async () => {
    const { commands, wish, history, said } = setUp(aState('paused', { attentions: [{ ...QUESTION, choices: [], since: NOON }] }))
    history.put(anEvent('attention.user_input', { id: 'A', job: LAMP, attention: { ...QUESTION, choices: [] } }))
    await commands.handle(wish({ name: 'acknowledge' }, { eventId: 'A' }))
    expect(history.acknowledged).toEqual(['A'])
    expect(said).toEqual([])
  })

  test('mute makes a silence of this printer and print for an hour', async () => {
    const { commands, wish, history, said } = setUp('printing')
    // In the zone of whoever runs this.
    const end = new Date(NOON + 3_600_000)
    const hours = String(end.getHours()).padStart(2, '0')
    const minutes = String(end.getMinutes()).padStart(2, '0')
    expect(await commands.handle(wish({ name: 'mute', seconds: 3_600 }))).toEqual({ result: 'done', detail: expect.stringMatching(new RegExp(`^Muted until (\\d+ \\w+ )?${hours}:${minutes}, also critical events\\.$`)) as string })
    expect(history.muted).toEqual([{
      id: 'ID1', createdAt: NOON, startsAt: NOON, endsAt: NOON + 3_600_000, match: { printerIds: ['mk4'], jobKey: LAMP.key }, reason: 'This print is muted', by: 'toast',
    }])
    expect(said).toEqual(['silenced ID1'])
  })

  test('a mute from a message of no print mutes the printer; one of a print that is over does nothing', async () => {
    const { commands, wish, history } = setUp('done')
    await commands.handle(wish({ name: 'mute', seconds: 3_600 }, { jobKey: null }))
    expect(history.muted[0]?.match).toEqual({ printerIds: ['mk4'] })
    expect(await commands.handle(wish({ name: 'mute', seconds: 3_600 }))).toEqual({ result: 'stale', detail: 'Nothing to mute, the print is done.' })
  })

  test('open opens the item it is about', async () => {
    const { commands, wish, history, said } = setUp('done')
    history.put(anEvent('job.done', { id: 'A', job: LAMP }))
    await commands.handle(wish({ name: 'open' }, { eventId: 'A' }))
    expect(said).toEqual(['open A'])
  })
})

describe('pressToWish', () => {
  const event = anEvent('job.paused', { job: LAMP })
  const press = (action: Parameters<typeof pressToWish>[0]['action']) => pressToWish({ eventId: event.id, action }, event, NOON + 5_000)

  test('carries printer, job, event and the age of the button', () => {
    expect(press('resume')).toEqual({
      printerId: 'mk4', jobKey: LAMP.key, action: { name: 'resume' }, from: 'toast', madeAt: NOON, expiresAt: NOON + 86_400_000, confirmed: false, eventId: event.id,
    })
  })
  test('maps every button', () => {
    expect(press('cancel')).toMatchObject({ action: { name: 'cancel' }, confirmed: false })
    expect(press('cancel_confirm')).toMatchObject({ action: { name: 'cancel' }, confirmed: true })
    expect(press('mute_1h')).toMatchObject({ action: { name: 'mute', seconds: 3_600 } })
    expect(press('acknowledge')).toMatchObject({ action: { name: 'acknowledge' } })
    expect(press('open')).toMatchObject({ action: { name: 'open' } })
    expect(press('answer:2')).toMatchObject({ action: { name: 'answer', choice: 2 } })
    for (const none of ['keep', 'seen', 'seen_all', 'open_history'] as const) expect(press(none)).toBeNull()
  })
  test('a message of no print commands no print', () => {
    const idle = anEvent('device.error')
    expect(pressToWish({ eventId: idle.id, action: 'cancel' }, idle, NOON)).toBeNull()
    expect(pressToWish({ eventId: idle.id, action: 'mute_1h' }, idle, NOON)).toMatchObject({ jobKey: null })
  })
})
