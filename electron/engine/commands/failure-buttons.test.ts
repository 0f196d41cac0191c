import { describe, expect, test } from 'vitest'
import { anEvent, LAMP, NOON } from '../../../test/support/rule-fixtures.ts'
import { actionsOf } from '../delivery/actions.ts'
import type { ActionId } from '../delivery/message.ts'
import type { PrinterCapabilities, PrinterEvent } from '../events/model.ts'
import { aState, setUp } from './commands.support.ts'
import { pressToWish } from './press.ts'

const PAUSED = anEvent('failure.detected', { id: 'ALERT', job: LAMP, reason: 'paused' })
const ALL: PrinterCapabilities = { pause: true, resume: true, cancel: true, gcode: true, answer: true, snapshot: true }

test.each<[string, PrinterEvent, PrinterCapabilities | null, ActionId[]]>([
  ['that paused the print', PAUSED, ALL, ['open', 'resume', 'resume_mute', 'cancel']],
  ['of a print that goes on', anEvent('failure.warning', { job: LAMP }), ALL, ['open', 'pause', 'cancel', 'acknowledge']],
  ['where resuming is not allowed', PAUSED, { ...ALL, resume: false }, ['open', 'cancel', 'acknowledge']],
  ['where nothing is known of what is allowed', PAUSED, null, ['open', 'acknowledge']],
])('R38: an alert %s offers what helps', (_name, event, capabilities, expected) => {
  expect(actionsOf(event, capabilities).map(({ id }) => id)).toEqual(expected)
})

describe('R38: a button of a failure alert', () => {
  const press = async (action: ActionId, then: 'printing' | 'cancelled') => {
    const rig = setUp('paused')
    rig.history.put(PAUSED)
    const wish = pressToWish({ eventId: 'ALERT', action }, PAUSED, NOON)
    if (wish === null) throw new Error('the press is no wish')
    const outcome = rig.commands.handle(action === 'cancel_confirm' ? { ...wish, from: 'window' } : wish)
    await rig.clock.advance(0)
    rig.now.state = aState(then)
    await rig.clock.advance(250)
    return { ...rig, outcome: await outcome }
  }

  test('resumes, which answers the alert: nobody else is called for it', async () => {
    const { outcome, history, sent } = await press('resume', 'printing')
    expect(outcome).toEqual({ result: 'done', detail: 'Printing again.' })
    expect(sent).toEqual([{ name: 'resume' }])
    expect(history.acknowledged).toEqual(['ALERT'])
    expect(history.muted).toEqual([])
  })

  test('cancels, which answers it too', async () => {
    const { history, outcome } = await press('cancel_confirm', 'cancelled')
    expect(outcome.result).toBe('done')
    expect(history.acknowledged).toEqual(['ALERT'])
  })

  test('resumes and mutes the failure alerts of this print, until it ends, and nothing else', async () => {
    const { outcome, history, sent, said, announced } = await press('resume_mute', 'printing')
    expect(outcome).toEqual({ result: 'done', detail: 'Printing again. No more failure alerts of this print.' })
    expect(sent).toEqual([{ name: 'resume' }])
    expect(history.muted).toEqual([{
      id: 'ID1', createdAt: NOON + 250, startsAt: NOON + 250, endsAt: null, match: { printerIds: ['mk4'], jobKey: 'local/lamp-vase.gcode@1', types: ['failure.warning', 'failure.detected'] },
      reason: 'Failure alerts of this print', by: 'toast',
    }])
    expect(said).toContain('silenced ID1')
    expect(announced).toMatchObject([{ type: 'command.succeeded', text: 'Printing again. No more failure alerts of this print.' }])
  })

  test('mutes nothing where the print could not be resumed', async () => {
    const rig = setUp('paused', { result: 'refused', detail: 'The printer says no.' })
    rig.history.put(PAUSED)
    const wish = pressToWish({ eventId: 'ALERT', action: 'resume_mute' }, PAUSED, NOON)
    expect(wish && await rig.commands.handle(wish)).toEqual({ result: 'refused', detail: 'The printer says no.' })
    expect(rig.history.muted).toEqual([])
    expect(rig.history.acknowledged).toEqual([])
  })

  test('that resumed, and could not be written down, says so', async () => {
    const rig = setUp('paused')
    rig.history.put(PAUSED)
    rig.history.putSilence = () => { throw new Error('disk full') }
    const wish = pressToWish({ eventId: 'ALERT', action: 'resume_mute' }, PAUSED, NOON)
    const outcome = wish && rig.commands.handle(wish)
    await rig.clock.advance(0)
    rig.now.state = aState('printing')
    await rig.clock.advance(250)
    expect(await outcome).toEqual({ result: 'done', detail: 'Printing again. Its failure alerts could not be muted: the history cannot be written.' })
  })
})
