import { describe, expect, it } from 'vitest'
import { createInterpreter } from '../printers/octoprint/interpret.ts'
import { Rig } from './replay.support.ts'

/** What OctoPrint does that no manual says: seen with 1.11.8, or read in 2.0rc3. Frames in, what a person hears out. */
const job = { name: 'vase.gcode', path: 'vase.gcode', origin: 'local', size: 1000, owner: 'ann' }
const NONE = { operational: false, printing: false, cancelling: false, pausing: false, resuming: false, finishing: false, closedOrError: false, error: false, paused: false, ready: false, sdReady: false }
const on = (...names: string[]): Record<string, boolean> => ({ ...NONE, ...Object.fromEntries(names.map((name) => [name, true])) })
const event = (type: string, payload: unknown = null): unknown => ({ event: { type, payload } })
const S = (state_id: string): unknown => event('PrinterStateChanged', { state_id, state_string: state_id })
const current = (text: string, flags: Record<string, boolean>, more: object = {}): unknown => ({ current: { state: { text, error: '', flags }, ...more } })
const closed = (error: string): unknown => ({ current: { state: { text: error ? 'Offline after error' : 'Offline', error, flags: on('closedOrError') }, job: { file: { path: null }, user: null } } })
const idle = { history: { state: { text: 'Operational', error: '', flags: on('operational', 'ready') }, job: { file: { path: null }, user: null }, logs: [] } }
const start = [S('STARTING'), event('PrintStarted', { ...job, user: 'ann' }), S('PRINTING')]
const off = [event('FileDeselected'), event('Disconnected'), { plugin: { plugin: 'action_command_notification', data: {} } }, { plugin: { plugin: 'action_command_prompt', data: { action: 'close' } } }, S('OFFLINE')]

function play(...frames: unknown[]): Rig {
  const rig = new Rig({ thresholds: { linkStale: 1e6 } })
  const one = createInterpreter({ sourceId: 's' })
  rig.link('up')
  let t = 0
  for (const frame of [idle, ...frames]) {
    // A number is a wait in seconds.
    if (typeof frame === 'number') rig.to((t += frame))
    else rig.take(one.frame(frame, rig.now))
  }
  rig.to(t + 30)
  return rig
}

describe('traps of OctoPrint', () => {
  it.each(['PAUSING', 'PAUSED', 'RESUMING', 'FINISHING'])('a connection lost in %s never brings a PrintFailed (1.11): the job has failed all the same', (id) => {
    expect(play(...start, 60, S(id), 1, ...off, closed('SerialException: gone')).told).toEqual(['job.started', 'job.failed connection_lost'])
  })

  it('a person who disconnects while paused brings no PrintFailed either', () => {
    expect(play(...start, 60, S('PAUSED'), 1, event('Disconnecting'), ...off, closed('')).told).toEqual(['job.started', 'job.failed disconnected_by_user'])
  })

  const failed = event('PrintFailed', { ...job, reason: 'error', error: 'MINTEMP', progress: 0.3, time: 60 })
  const fatal = [S('ERROR'), event('Error', { error: 'MINTEMP', reason: 'firmware', consequence: 'emergency' })]
  it.each<[string, unknown[]]>([
    ['before', [...fatal, failed, event('EStop'), ...off, closed('MINTEMP')]],
    ['after', [...fatal, event('EStop'), ...off, failed, closed('MINTEMP')]],
    ['after the state with its text and', [...fatal, event('EStop'), ...off, closed('MINTEMP'), failed]],
    ['twice around', [...fatal, failed, ...off, failed, closed('MINTEMP')]],
  ])('PrintFailed %s Disconnected is one failure', (_, frames) => {
    const rig = play(...start, 60, ...frames)
    expect(rig.told).toEqual(['job.started', 'job.failed firmware'])
    expect(rig.events[1]?.text).toBe('MINTEMP')
  })

  it('2.0 fires Error twice, and Error with consequence "cancel" beside the cancel: one failure', () => {
    const error = event('Error', { error: 'MINTEMP', reason: 'firmware', consequence: 'cancel' })
    const rig = play(...start, 60, event('PrintCancelling', { ...job, firmwareError: 'MINTEMP' }), error, error, S('CANCELLING'),
      event('PrintCancelled', { ...job, progress: 30, time: 60 }), event('PrintFailed', { ...job, reason: 'cancelled', progress: 30 }), S('OPERATIONAL'))
    expect(rig.told).toEqual(['job.started', 'job.failed firmware'])
  })

  it('2.0 prints and is paused at the same time: a pause only when it says so', () => {
    const rig = play(...start, 60, current('Printing', on('operational', 'printing', 'paused')), 30, current('Paused', on('operational', 'printing', 'paused')), 10)
    expect(rig.told).toEqual(['job.started', 'job.paused unknown'])
  })

  it('2.0 closes with CLOSED and CLOSED_WITH_ERROR', () => {
    expect(play(...start, 60, S('CLOSED_WITH_ERROR'), closed('boom')).told).toEqual(['job.started', 'job.failed connection_lost'])
    expect(play(S('CLOSED'), 5, S('OPERATIONAL')).told).toEqual(['device.ready'])
  })

  it('an empty job right before the failure does not make it forget which job it was', () => {
    const rig = play(...start, 60, event('FileDeselected'), current('Offline', on('closedOrError'), { job: { file: { path: null }, user: null } }), event('PrintFailed', { ...job, reason: 'error', error: 'SerialException' }))
    expect(rig.events.at(-1)).toMatchObject({ type: 'job.failed', job: { user: 'ann', file: { path: 'vase.gcode' } } })
  })

  it('a job whose size is unknown has no progress, neither minus hundred percent', () => {
    const rig = play(...start, 60, current('Printing', on('operational', 'printing'), { progress: { completion: -100, printTime: 60, printTimeLeft: null } }), 10)
    expect(rig.told).toEqual(['job.started'])
    expect(rig.memory.state.progress).toBe(null)
  })

  it('a printer that is switched off every evening and on every morning tells only that it is ready', () => {
    expect(play(event('Disconnecting'), ...off, closed(''), 36_000, event('Connecting'), S('OPEN_SERIAL'), S('CONNECTING'), S('OPERATIONAL')).told).toEqual(['device.ready'])
  })

  it('the state may be told before the event that caused it', () => {
    const rig = play(current('Starting', on('operational', 'printing'), { job: { file: { ...job, display: 'Vase' }, user: 'ann' } }), event('PrintStarted', { ...job, user: 'ann' }), 60,
      current('Operational', on('operational', 'ready'), { job: { file: job, user: 'ann' } }), event('PrintDone', { ...job, time: 60 }))
    expect(rig.told).toEqual(['job.started', 'job.done'])
  })

  it('M600 without host actions: the state stays Printing, the busy line comes; one ring, and none for what goes on', () => {
    const busy = current('Printing', on('operational', 'printing'), { logs: ['Recv: echo:busy: paused for user'], progress: { completion: 50, filepos: 500 } })
    const going = (filepos: number): unknown => current('Printing', on('operational', 'printing'), { progress: { completion: 51, filepos } })
    const rig = play(...start, 60, event('FilamentChange'), 2, busy, 2, busy, 2, busy, 20, going(510), 10, going(520), 5)
    expect(rig.told.filter((told) => told.startsWith('attention'))).toEqual(['attention.filament_change', 'attention.cleared'])
  })

  it('a restart from the pause after a told pause brings no "cancelled" and no "resumed"', () => {
    const rig = play(...start, 60, S('PAUSING'), event('PrintPaused', { ...job, user: 'ann' }), S('PAUSED'), 30, S('STARTING'), event('PrintStarted', { ...job, user: 'ann' }), S('PRINTING'))
    expect(rig.told).toEqual(['job.started', 'job.paused user', 'job.started'])
    expect(rig.swallowed).toEqual(['job.cancelled by_restart'])
  })
})
