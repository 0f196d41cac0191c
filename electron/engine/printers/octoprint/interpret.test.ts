import { describe, expect, it } from 'vitest'
import type { Observation, Signal, StateReport } from '../../events/model.ts'
import { createInterpreter } from './interpret.ts'

const AT = Date.UTC(2026, 0, 15, 12)
const FLAGS = { operational: false, printing: false, cancelling: false, pausing: false, resuming: false, finishing: false, closedOrError: false, error: false, paused: false, ready: false, sdReady: false }
const flags = (...on: (keyof typeof FLAGS)[]): typeof FLAGS => ({ ...FLAGS, ...Object.fromEntries(on.map((flag) => [flag, true])) })
const make = (): { one: ReturnType<typeof createInterpreter>; junk: string[] } => {
  const junk: string[] = []
  return { one: createInterpreter({ sourceId: 's', junk: (what) => junk.push(what) }), junk }
}
const signals = (all: Observation[]): Signal[] => all.flatMap((o) => (o.kind === 'signal' ? [o.signal] : []))
const state = (all: Observation[]): StateReport => all.find((o) => o.kind === 'state')?.state ?? {}
const event = (type: string, payload: unknown = null): unknown => ({ event: { type, payload } })
const job = { name: 'Vase.gcode', path: 'art/vase.gcode', origin: 'local', size: 1000, owner: 'ann' }
const file = { name: 'Vase.gcode', path: 'art/vase.gcode', origin: 'local', size: 1000 }

describe('state of a frame', () => {
  it.each<[string, object, StateReport]>([
    ['idle', { text: 'Operational', error: '', flags: flags('operational', 'ready') }, { device: 'ready', job: 'none', error: null }],
    ['starting', { text: 'Starting', flags: flags('operational', 'printing') }, { device: 'ready', job: 'preparing' }],
    ['starting from SD', { text: 'Starting print from SD', flags: flags('operational', 'printing') }, { job: 'preparing' }],
    ['printing from SD', { text: 'Printing from SD', flags: flags('operational', 'printing') }, { job: 'printing' }],
    ['sending to SD is no job', { text: 'Sending file to SD', flags: flags('operational', 'printing') }, { device: 'ready', job: 'none' }],
    ['M600: pausing for long, printing is set too (surprise 12)', { text: 'Pausing', flags: flags('operational', 'printing', 'pausing') }, { job: 'pausing' }],
    ['resuming', { text: 'Resuming', flags: flags('operational', 'printing', 'resuming') }, { job: 'resuming' }],
    ['cancelling', { text: 'Cancelling', flags: flags('operational', 'printing', 'cancelling') }, { job: 'cancelling' }],
    ['finishing', { text: 'Finishing', flags: flags('operational', 'printing', 'finishing') }, { job: 'finishing' }],
    ['opening the port', { text: 'Opening serial connection', error: '', flags: FLAGS }, { device: 'starting', job: 'none' }],
    ['a plain close', { text: 'Offline', error: '', flags: flags('closedOrError') }, { device: 'off', job: 'none', error: null }],
    ['a close after an error: flags.error stays false (surprise 7)', { text: 'Offline after error', error: 'MINTEMP triggered! - ok', flags: flags('closedOrError') }, { device: 'error', error: 'MINTEMP triggered! - ok', deviceCause: 'firmware' }],
    ['2.0: printing and paused at once, text says paused', { text: 'Paused', flags: flags('operational', 'printing', 'paused') }, { job: 'paused' }],
    ['2.0: printing and paused at once, text says printing', { text: 'Printing', flags: flags('operational', 'printing', 'paused') }, { job: 'printing' }],
    ['an unknown text with flags: flags decide', { text: 'Druckt', flags: flags('operational', 'printing') }, { device: 'ready', job: 'printing' }],
  ])('%s', (_, block, expected) => {
    expect(state(make().one.frame({ current: { state: block } }, AT))).toMatchObject(expected)
  })

  it('an unknown state text without flags keeps what was before', () => {
    expect(state(make().one.frame({ current: { state: { text: 'Levitating' } } }, AT))).toEqual({})
  })

  it('2.0: with an unknown text the last state id tells whether it is paused', () => {
    const { one } = make()
    one.frame(event('PrinterStateChanged', { state_id: 'PAUSED', state_string: '?' }), AT)
    expect(state(one.frame({ current: { state: { text: '?', flags: flags('operational', 'printing', 'paused') } } }, AT)).job).toBe('paused')
    one.frame(event('PrinterStateChanged', { state_id: 'PRINTING', state_string: '?' }), AT)
    expect(state(one.frame({ current: { state: { text: '?', flags: flags('operational', 'printing', 'paused') } } }, AT)).job).toBe('printing')
  })

  it.each<[number | null, number | null]>([[29.9, 0.299], [0, 0], [100, 1], [null, null], [-100, null], [-1, null], [101, null]])('a completion of %s is a progress of %s', (completion, progress) => {
    const seen = state(make().one.frame({ current: { progress: { completion, printTime: 7, printTimeLeft: 19 } } }, AT)).progress
    expect(seen === null || seen === undefined ? seen : Number(seen.toFixed(6))).toBe(progress)
  })

  it('takes file, user, times, z and the newest temperatures', () => {
    const frame = {
      current: {
        job: { file: { name: 'vase~1.gco', display: 'Vase.gcode', path: 'art/vase.gcode', origin: 'local', size: 1000 }, user: 'ann' },
        progress: { completion: 50, printTime: 7, printTimeLeft: 19, printTimeLeftOrigin: 'linear' }, currentZ: 0.4,
        temps: [{ time: 1, tool0: { actual: 20, target: 0 } }, { time: 2, tool0: { actual: 50.1, target: 60 }, bed: { actual: 21, target: null }, chamber: { actual: null, target: null } }],
      },
    }
    expect(state(make().one.frame(frame, AT))).toMatchObject({
      file, user: 'ann', progress: 0.5, progressSource: 'file', elapsed: 7, remaining: 19, z: 0.4,
      heaters: { tool0: { actual: 50.1, target: 60 }, bed: { actual: 21, target: null } },
    })
  })

  it('an empty temperature list, or one with the time alone, says nothing of heaters', () => {
    const { one } = make()
    expect(state(one.frame({ current: { temps: [] } }, AT))).not.toHaveProperty('heaters')
    expect(state(one.frame({ current: { temps: [{ time: 3 }] } }, AT))).not.toHaveProperty('heaters')
  })

  it('history is a full report, current a partial one; no file selected is null', () => {
    const empty = { job: { file: { name: null, path: null, origin: null, size: null }, user: null } }
    const { one } = make()
    expect(one.frame({ history: empty }, AT)[0]).toMatchObject({ kind: 'state', full: true, state: { file: null } })
    expect(one.frame({ current: empty }, AT)[0]).toMatchObject({ full: false })
  })
})

describe('job events', () => {
  it.each<[string, unknown, Signal]>([
    ['PrintStarted', { ...job, user: 'ann' }, { type: 'job_started', file, user: 'ann' }],
    ['PrintDone', { ...job, time: 17.5 }, { type: 'job_done', file, printTime: 17.5 }],
    ['PrintCancelling', { ...job, user: 'ann' }, { type: 'job_cancelling', file, user: 'ann', error: null }],
    ['PrintCancelling', { ...job, firmwareError: 'MINTEMP' }, { type: 'job_cancelling', file, user: null, error: 'MINTEMP' }],
    ['PrintCancelled', { ...job, user: 'ann', progress: 29, time: 5 }, { type: 'job_cancelled', file, user: 'ann', reason: null, progress: 0.29, printTime: 5 }],
    ['PrintPaused', { ...job, progress: 42 }, { type: 'job_paused', file, user: null, progress: 0.42 }],
    ['PrintResumed', { ...job, user: 'ann' }, { type: 'job_resumed', file, user: 'ann' }],
  ])('%s', (type, payload, expected) => {
    expect(signals(make().one.frame(event(type, payload), AT))[0]).toEqual(expected)
  })

  it('progress of a failure is an int percent with "cancelled" and a fraction with "error" (surprise 14)', () => {
    const { one } = make()
    expect(signals(one.frame(event('PrintFailed', { ...job, reason: 'cancelled', progress: 29 }), AT))).toMatchObject([{ type: 'job_failed', cause: 'cancelled', progress: 0.29 }])
    expect(signals(one.frame(event('PrintFailed', { ...job, reason: 'error', error: 'x', progress: 0.38 }), AT))).toMatchObject([{ cause: 'error', progress: 0.38, text: 'x' }])
    expect(signals(one.frame(event('PrintFailed', { ...job, reason: 'sometime new' }), AT))).toMatchObject([{ cause: 'unknown', progress: null }])
  })

  it.each<[string, [string, unknown][], string, string]>([
    ['a firmware error (09)', [['Error', { error: 'MINTEMP', reason: 'firmware' }]], 'MINTEMP', 'firmware'],
    ['a resend loop (23)', [['Error', { error: 'stuck', reason: 'resend_loop' }]], 'stuck', 'connection_lost'],
    ['a timeout (22)', [['Error', { error: 'Too many consecutive timeouts', reason: 'timeout' }]], 'Too many consecutive timeouts', 'connection_lost'],
    ['a dropped cable without an Error (13)', [], 'SerialTimeoutException: ', 'connection_lost'],
    ['M112 (24)', [], 'Closing serial port due to emergency stop M112.', 'emergency_stop'],
    ['a disconnect by a person, error empty (15)', [['Disconnecting', null]], '', 'disconnected_by_user'],
    ['an empty error and nothing else', [], '', 'unknown'],
    ['a disconnect long ago', [['Disconnecting', null], ['Connecting', null]], '', 'unknown'],
  ])('names the reason of %s', (_, before, error, reason) => {
    const { one } = make()
    for (const [type, payload] of before) one.frame(event(type, payload), AT)
    expect(signals(one.frame(event('PrintFailed', { ...job, reason: 'error', error }), AT + 50))).toMatchObject([{ type: 'job_failed', reason }])
  })

  it.each([
    ['Thermal Runaway, system stopped! Heater_ID: bed - Printer halted. kill() called!', true], ['Heating failed, system stopped!', true], ['MAXTEMP triggered!', true],
    ['MINTEMP triggered! - ok', false], ["Lost communication with MCU 'mcu'", false],
  ])('Error "%s" is thermal: %s', (text, thermal) => {
    expect(signals(make().one.frame(event('Error', { error: text, reason: 'firmware', consequence: 'emergency' }), AT))).toEqual([
      { type: 'device_error', text, code: 'firmware', severity: 'critical', thermal },
    ])
  })

  it('every event carries its native name and payload, also unknown ones', () => {
    const { one } = make()
    expect(one.frame(event('plugin_backup_backup_created', { name: 'b.zip' }), AT)).toEqual([
      { kind: 'signal', sourceId: 's', at: AT, signal: { type: 'native_only' }, native: { name: 'plugin_backup_backup_created', payload: { name: 'b.zip' } } },
    ])
    for (const name of ['PrintStarted', 'PrintDone', 'PrintFailed', 'PrintPaused', 'PrintResumed', 'PrintCancelled', 'PrintCancelling', 'Error', 'PrinterStateChanged', 'FileSelected', 'ZChange', 'Waiting']) {
      const natives = one.frame(event(name, { ...job, state_id: 'PRINTING', new: 1 }), AT).flatMap((o) => (o.kind !== 'state' && o.native ? [o.native.name] : []))
      expect(natives, name).toEqual([name])
    }
  })

  it('Startup and Shutdown, which the push channel never carries, are marked as derived', () => {
    expect(make().one.synthesise('Startup', AT)).toMatchObject([{ native: { name: 'Startup', synthesised: true }, signal: { type: 'native_only' } }])
  })
})

describe('stops for a human', () => {
  const current = (logs: string[], on: (keyof typeof FLAGS)[] = ['operational', 'printing'], filepos: number | null = null): unknown => ({
    current: { state: { text: on.includes('paused') ? 'Paused' : 'Printing', flags: flags(...on) }, progress: { completion: 1, filepos }, logs },
  })

  it('the busy line rings once while it repeats, with one colon or two', () => {
    const { one } = make()
    expect(signals(one.frame(current(['Recv: echo:busy: paused for user']), AT))).toEqual([{ type: 'attention', key: 'paused_for_user', kind: 'user_input', text: null, choices: [] }])
    for (let t = 2; t < 60; t += 2) expect(signals(one.frame(current(['Recv: echo:busy paused for user']), AT + t * 1000))).toEqual([])
  })
  it('the busy line rings again after the print was resumed', () => {
    const { one } = make()
    one.frame(current(['Recv: echo:busy: paused for user']), AT)
    expect(signals(one.frame(event('PrintResumed', job), AT + 1000))).toContainEqual({ type: 'attention_cleared', key: 'paused_for_user' })
    expect(signals(one.frame(current(['Recv: echo:busy: paused for user']), AT + 2000))).toHaveLength(1)
  })
  it('without a pause the stop is over 15 s after the last busy line', () => {
    const { one } = make()
    one.frame(current(['Recv: echo:busy: paused for user']), AT)
    expect(signals(one.frame(current([]), AT + 14_000))).toEqual([])
    expect(signals(one.frame(current([]), AT + 15_000))).toEqual([{ type: 'attention_cleared', key: 'paused_for_user' }])
  })
  it('while paused silence does not end it', () => {
    const { one } = make()
    one.frame(current(['Recv: echo:busy: paused for user']), AT)
    expect(signals(one.frame(current([], ['operational', 'paused']), AT + 600_000))).toEqual([])
  })
  it('what we or the terminal sent is no busy line', () => {
    expect(signals(make().one.frame(current(['Send: !!DEBUG:send echo:busy: paused for user']), AT))).toEqual([])
  })
  it('history.logs never trigger anything (surprise 6)', () => {
    const frame = { history: { state: { text: 'Operational', flags: flags('operational', 'ready') }, logs: ['Recv: echo:busy: paused for user', 'Recv: //action:filament_runout T0'] } }
    expect(signals(make().one.frame(frame, AT))).toEqual([])
  })
  it("a runout of the printer's own sensor is read from its host action", () => {
    const { one } = make()
    expect(signals(one.frame(current(['Recv: //action:filament_runout T0', 'Recv: //action:paused filament_runout 0']), AT))).toMatchObject([{ type: 'attention', kind: 'filament_runout' }])
  })
  it('FilamentChange and Waiting are attentions, M0 is none', () => {
    const { one } = make()
    expect(signals(one.frame(event('FilamentChange'), AT))).toMatchObject([{ type: 'attention', kind: 'filament_change' }])
    expect(signals(one.frame(event('Waiting'), AT))).toMatchObject([{ type: 'attention', kind: 'user_input' }])
    expect(signals(one.frame(event('CommandSuppressed', { command: 'M0 Remove' }), AT))).toEqual([{ type: 'native_only' }])
  })
  it('a filament change without a pause is over when the file goes on after 15 s', () => {
    const { one } = make()
    one.frame(event('FilamentChange'), AT)
    expect(signals(one.frame(current([], ['operational', 'printing'], 120), AT + 6000))).toEqual([])
    expect(signals(one.frame(current([], ['operational', 'printing'], 120), AT + 60_000))).toEqual([])
    expect(signals(one.frame(current([], ['operational', 'printing'], 180), AT + 62_000))).toEqual([{ type: 'attention_cleared', key: 'filament_change' }])
  })
  it('prompts open with their choices and close, also when none is open (surprise 13)', () => {
    const { one } = make()
    const prompt = (data: unknown): Signal[] => signals(one.frame({ plugin: { plugin: 'action_command_prompt', data } }, AT))
    expect(prompt({ action: 'close' })).toEqual([{ type: 'attention_cleared', key: 'prompt' }])
    expect(prompt({ action: 'show', text: 'Swap?', choices: ['Done', 'Abort'] })).toEqual([{ type: 'attention', key: 'prompt', kind: 'user_input', text: 'Swap?', choices: ['Done', 'Abort'] }])
    expect(prompt({ action: 'show', text: 'Filament Runout T0', choices: ['Continue'] })).toMatchObject([{ kind: 'filament_runout' }])
  })
  it('a notification is a message, its removal is nothing (surprise 13)', () => {
    const { one } = make()
    const note = (data: unknown): Signal[] => signals(one.frame({ plugin: { plugin: 'action_command_notification', data } }, AT))
    expect(note({ message: 'Filament low' })).toEqual([{ type: 'message', text: 'Filament low', for: 'user' }])
    expect(note({})).toEqual([])
  })
  it('a failure detector inside OctoPrint is heard, with what it read left out where it makes no sense', () => {
    const { one, junk } = make()
    const told = (data: unknown): Signal[] => signals(one.frame({ plugin: { plugin: 'failure_detector', data } }, AT))
    expect(told({ verdict: 'suspected', score: 0.46, picture: '/plugin/failure_detector/1.jpg' })).toEqual([
      { type: 'failure_suspected', paused: false, score: 0.46, text: null, picture: '/plugin/failure_detector/1.jpg' },
    ])
    expect(told({ verdict: 'detected', paused: true, score: 7, text: 5, picture: 'http://evil.example/x.jpg' })).toEqual([{ type: 'failure_detected', paused: true, score: null, text: null, picture: null }])
    expect(told({ verdict: 'detected', picture: '//evil.example/x.jpg' })).toMatchObject([{ picture: null }])
    expect(junk).toEqual([])
    expect(told({ verdict: 'perhaps' })).toEqual([])
    expect(told(null)).toEqual([])
    expect(junk).toEqual(['failure detector message without a verdict', 'failure detector message without a verdict'])
  })
  it('M117 and M118 are messages without line number and checksum; a host action is none', () => {
    const { one } = make()
    expect(signals(one.frame(current(['Send: N31 M117 Layer 3/40*63', 'Send: M118 E1 hello', 'Send: N32 M118 A1 action:pause*63']), AT))).toEqual([
      { type: 'message', text: 'Layer 3/40', for: 'display' }, { type: 'message', text: 'hello', for: 'user' },
    ])
  })
})

describe('polling', () => {
  const body = { job: { file: { name: 'vase.gcode', display: 'Vase.gcode', path: 'art/vase.gcode', origin: 'local', size: 1000 }, user: 'ann' }, progress: { completion: 32.7, printTime: 7, printTimeLeft: 19 }, state: 'Printing' }
  it('GET /api/job tells phase, file and progress by the text', () => {
    expect(make().one.rest('job', body, AT)).toMatchObject([{ kind: 'state', full: false, state: { device: 'ready', job: 'printing', file, user: 'ann', progress: 0.327, elapsed: 7, remaining: 19 } }])
  })
  it('GET /api/printer tells phase by the flags, and heaters', () => {
    const printer = { state: { text: 'Paused', error: '', flags: flags('operational', 'paused') }, temperature: { bed: { actual: 21.3, offset: 0, target: 60 } } }
    expect(make().one.rest('printer', printer, AT)).toMatchObject([{ state: { job: 'paused', heaters: { bed: { actual: 21.3, target: 60 } } } }])
  })
  it('409 means off, or in error with the words of /api/job', () => {
    const { one } = make()
    expect(one.rest('job_offline', null, AT)).toMatchObject([{ state: { device: 'off', job: 'none' } }])
    expect(one.rest('job_offline', { state: 'Offline after error', error: 'SerialTimeoutException: ' }, AT)).toMatchObject([{ state: { device: 'error', error: 'SerialTimeoutException: ', deviceCause: 'connection_lost' } }])
    expect(one.rest('job_offline', { state: 'Connecting' }, AT)).toMatchObject([{ state: { device: 'starting' } }])
  })
  it('answers that are no objects are junk and say nothing', () => {
    const { one, junk } = make()
    expect(one.rest('job', '<html>', AT)).toEqual([])
    expect(one.rest('printer', null, AT)).toEqual([])
    expect(junk).toHaveLength(2)
  })
})

describe('junk', () => {
  it.each([null, 7, 'x', [], { event: 3 }, { event: { payload: 1 } }, { current: 'x' }, { history: [] }, { plugin: {} }, { plugin: { plugin: 'action_command_prompt', data: 7 } }, { event: { type: 'PrintStarted', payload: {} } }])(
    '%j is counted and never thrown', (frame) => {
      const { one, junk } = make()
      expect(one.frame(frame, AT).filter((o) => o.kind === 'state' && Object.keys(o.state).length > 0)).toEqual([])
      expect(junk).toHaveLength(1)
    },
  )
  it.each([{}, { connected: { version: '1.11.8' } }, { reauthRequired: { reason: 'stale' } }, { timelapse: null }, { renderProgress: {} }, { somethingNew: 1 }, { plugin: { plugin: 'firmware_check', data: 1 } }])(
    '%j is none of our business and no junk', (frame) => {
      const { one, junk } = make()
      expect(one.frame(frame, AT)).toEqual([])
      expect(junk).toEqual([])
    },
  )
  it('one field of a wrong type does not blind us for the others', () => {
    const { one } = make()
    const frame = { current: { state: { text: 5, error: [], flags: flags('operational', 'printing') }, progress: 'x', currentZ: 'high', temps: 'hot', logs: [1], job: { file: { path: 3 } } } }
    expect(state(one.frame(frame, AT))).toMatchObject({ device: 'ready', job: 'printing' })
  })
})
