import { describe, expect, test } from 'vitest'
import { permitted } from './allowed.ts'
import { aState, setUp } from './commands.support.ts'

describe('an emergency stop', () => {
  const STOP = { name: 'emergency_stop' } as const

  test('is asked back first, also when nothing prints', async () => {
    for (const job of ['printing', 'none'] as const) {
      const { commands, wish, sent } = setUp(job)
      expect(await commands.handle(wish(STOP, { jobKey: null, from: 'cli' }))).toEqual({
        result: 'needs_confirmation', detail: 'Stop the printer at once? Heaters and motors go off, a print is lost, and the firmware must be restarted.',
      })
      expect(sent).toEqual([])
    }
  })

  test('is done when the device is down', async () => {
    const { clock, commands, wish, now, sent, announced } = setUp('printing')
    const outcome = commands.handle(wish(STOP, { jobKey: null, from: 'window', confirmed: true }))
    await clock.advance(100)
    now.state = aState('failed', { device: 'shutdown' })
    await clock.advance(250)
    expect(await outcome).toEqual({ result: 'done', detail: 'Stopped. The firmware must be restarted before it prints again.' })
    expect(sent).toEqual([STOP])
    expect(announced).toMatchObject([{ type: 'command.succeeded', code: 'emergency_stop' }])
  })

  test('does not wait for a pause that is under way; a second one does', async () => {
    const { clock, commands, wish, now, sent } = setUp('printing')
    void commands.handle(wish({ name: 'pause' }))
    await clock.advance(1_000)
    const stopping = commands.handle(wish(STOP, { jobKey: null, from: 'window', confirmed: true }))
    await clock.advance(100)
    expect(await commands.handle(wish(STOP, { jobKey: null, from: 'window', confirmed: true }))).toEqual({ result: 'refused', detail: 'This was pressed already: the emergency stop is under way.' })
    expect(await commands.handle(wish({ name: 'cancel' }, { confirmed: true, from: 'window' }))).toEqual({ result: 'refused', detail: 'Wait a moment: the emergency stop is under way.' })
    expect(sent).toEqual([{ name: 'pause' }, STOP])
    now.state = aState('failed', { device: 'shutdown' })
    await clock.advance(250)
    expect(await stopping).toMatchObject({ result: 'done' })
    expect(commands.busy('mk4')).toBe(false)
  })

  test('is still under way when the pause before it has ended', async () => {
    const { clock, commands, wish, now } = setUp('printing')
    const pausing = commands.handle(wish({ name: 'pause' }))
    await clock.advance(1_000)
    void commands.handle(wish(STOP, { jobKey: null, from: 'window', confirmed: true }))
    now.state = aState('paused')
    await clock.advance(250)
    expect(await pausing).toMatchObject({ result: 'done' })
    expect(commands.busy('mk4')).toBe(true)
  })

  test('of a printer that is down is not sent', async () => {
    const { commands, wish, sent } = setUp(aState('none', { device: 'shutdown' }))
    expect(await commands.handle(wish(STOP, { jobKey: null, from: 'window', confirmed: true }))).toEqual({ result: 'stale', detail: 'The printer is stopped already.' })
    expect(sent).toEqual([])
  })

  test('from a chat counts its yes for a minute, and a yes to a cancel is none to a stop', async () => {
    const { commands, wish, clock, sent } = setUp('printing')
    await commands.handle(wish({ name: 'cancel' }, { from: 'chat' }))
    expect(await commands.handle(wish(STOP, { from: 'chat', confirmed: true }))).toEqual({ result: 'expired', detail: 'The question was open for too long. Nothing was stopped.' })
    await commands.handle(wish(STOP, { from: 'chat' }))
    await clock.advance(61_000)
    expect(await commands.handle(wish(STOP, { from: 'chat', confirmed: true, expiresAt: clock.now() + 1_000 }))).toMatchObject({ result: 'expired' })
    expect(sent).toEqual([])
  })

  test('is left out by the settings like any command', () => {
    const all = { pause: true, resume: true, cancel: true, gcode: true, answer: true, snapshot: true, emergency_stop: true }
    expect(permitted(all, ['pause'])).toEqual({ ...all, resume: false, cancel: false, gcode: false, answer: false, emergency_stop: false })
    expect(permitted({ pause: true, resume: true, cancel: true, gcode: true, answer: true, snapshot: true }, ['pause', 'emergency_stop'])).not.toHaveProperty('emergency_stop')
  })
})
