import { describe, expect, it } from 'vitest'
import { createInterpreter } from '../printers/octoprint/interpret.ts'
import { recording, reload, Rig, T0 } from './replay.support.ts'

const play = (rig: Rig, name: string): void => {
  const interpreter = createInterpreter({ sourceId: 's' })
  rig.link('up')
  for (const line of recording('octoprint', name)) {
    if (line.dir !== 'in' || typeof line.data !== 'object') continue
    rig.to(line.t)
    rig.take(interpreter.frame(line.data, rig.now))
  }
  rig.to(60)
}

describe('hearing the same session again', () => {
  it.each([
    '02-print-done', '03-cancel-user', '05-pause-from-gcode', '06-m600-prompt', '07-action-prompt-notification', '09-mintemp-printing-disconnect',
    '12-mintemp-idle', '14-serial-drop-paused', '27-printer-reset-printing', '28-sd-print', '30-two-jobs-select-restart',
  ])('%s replayed a second time from the stored memory adds no event that is not there yet', (name) => {
    const first = new Rig()
    play(first, name)
    const second = new Rig()
    second.memory = reload(first.memory)
    play(second, name)
    const known = new Set(first.events.map((event) => event.dedupeKey))
    // A session that ends in error and begins operational does become ready in between; what is said again is said again.
    const isNew = second.events.filter((event) => event.type !== 'device.ready' && event.type !== 'message.user' && !known.has(event.dedupeKey)).map((event) => event.dedupeKey)
    expect(isNew).toEqual([])
    // An end is not even made again.
    expect(second.told.filter((told) => /^job\.(done|failed|cancelled|result_unknown)/.test(told))).toEqual([])
  })

  it('a resync after the end of a job, with the old state and the old log lines, tells nothing', () => {
    const rig = new Rig()
    play(rig, '35-reconnect-after-error')
    const before = rig.events.length
    rig.memory = reload(rig.memory)
    rig.now = T0 + 120_000
    rig.link('down', 'closed')
    rig.link('up')
    const history = recording('octoprint', '35-reconnect-after-error').findLast((line) => line.dir === 'in' && 'history' in line.data)
    rig.take(createInterpreter({ sourceId: 's' }).frame(history?.data, rig.now))
    rig.to(200)
    expect(rig.events.length).toBe(before)
  })
})
