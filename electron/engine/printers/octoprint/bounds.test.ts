import { describe, expect, it } from 'vitest'
import type { Observation } from '../../events/model.ts'
import { createInterpreter } from './interpret.ts'

const AT = Date.UTC(2026, 0, 15, 12)
const LONG = 'x'.repeat(50_000)
const make = () => {
  const junk: string[] = []
  return { one: createInterpreter({ sourceId: 's', junk: (what) => junk.push(what) }), junk }
}
const event = (type: string, payload: unknown): unknown => ({ event: { type, payload } })
const signalOf = (all: Observation[], type: string) => {
  const found = all.find((o) => o.kind === 'signal' && o.signal.type === type)
  return found?.kind === 'signal' ? found : undefined
}
const stateOf = (all: Observation[]) => {
  const found = all.find((o) => o.kind === 'state')
  return found?.kind === 'state' ? found.state : {}
}

describe('a server that says too much', () => {
  it('is heard with texts of 2000 and names of 200 characters', () => {
    const { one } = make()
    const state = stateOf(one.frame({ current: { state: { text: 'Offline after error', error: LONG }, job: { file: { name: LONG, display: LONG, path: LONG, origin: LONG }, user: LONG } } }, AT))
    expect([state.error?.length, state.file?.name.length, state.file?.path.length, state.file?.origin.length, state.user?.length]).toEqual([2_000, 200, 2_000, 200, 200])
    const error = signalOf(one.frame(event('Error', { error: LONG, reason: LONG }), AT), 'device_error')
    expect(error?.signal).toMatchObject({ text: 'x'.repeat(2_000), code: 'x'.repeat(200) })
    const failed = signalOf(one.frame(event('PrintFailed', { name: LONG, path: 'a.gcode', user: LONG, reason: 'error', error: LONG }), AT), 'job_failed')
    expect(failed?.signal).toMatchObject({ file: { name: 'x'.repeat(200) }, user: 'x'.repeat(200), text: 'x'.repeat(2_000) })
    const message = signalOf(one.frame({ current: { logs: [`Send: M117 ${LONG}`] } }, AT), 'message')
    expect(message?.signal.type === 'message' && message.signal.text.length).toBeLessThanOrEqual(2_000)
    const note = signalOf(one.frame({ plugin: { plugin: 'action_command_notification', data: { message: LONG } } }, AT), 'message')
    expect(note?.signal).toMatchObject({ text: 'x'.repeat(2_000) })
  })

  it('is heard with whole characters: none is cut in two', () => {
    const error = stateOf(make().one.frame({ current: { state: { text: 'Offline after error', error: `${'x'.repeat(1_999)}😀` } } }, AT)).error
    expect(error).toBe('x'.repeat(1_999))
  })

  it('may offer 20 answers of 200 characters', () => {
    const choices = Array.from({ length: 500 }, (_, n) => `${n} ${LONG}`)
    const prompt = signalOf(make().one.frame({ plugin: { plugin: 'action_command_prompt', data: { action: 'show', text: LONG, choices } } }, AT), 'attention')
    expect(prompt?.signal).toMatchObject({ text: 'x'.repeat(2_000) })
    const given = prompt?.signal.type === 'attention' ? (prompt.signal.choices ?? []) : []
    expect([given.length, ...new Set(given.map((choice) => choice.length))]).toEqual([20, 200])
  })

  it('may have 32 heaters with names of 32 characters, and the rest is told', () => {
    const { one, junk } = make()
    const temps = JSON.parse(`{"time":1,"__proto__":{"actual":1},"${'h'.repeat(33)}":{"actual":1},"${'i'.repeat(32)}":{"actual":2},${Array.from({ length: 100 }, (_, n) => `"tool${n}":{"actual":${n}}`).join()}}`) as unknown
    const { heaters } = stateOf(one.frame({ current: { temps: [temps] } }, AT))
    const names = Object.keys(heaters ?? {})
    expect(names).toHaveLength(32)
    expect(names.slice(0, 3)).toEqual(['i'.repeat(32), 'tool0', 'tool1'])
    expect(names.at(-1)).toBe('tool30')
    expect(junk).toEqual(['heaters that are too many, or have names that are too long'])
    const polled = stateOf(one.rest('printer', { temperature: temps }, AT))
    expect(Object.keys(polled.heaters ?? {})).toHaveLength(32)
  })

  it('is kept with native payloads of 16 kB, larger ones with a note of their size', () => {
    const { one } = make()
    const fits = { text: 'x'.repeat(16_000) }
    expect(one.frame(event('Upload', fits), AT)).toMatchObject([{ native: { name: 'Upload', payload: fits } }])
    // {"text":"..."} is 11 characters around it.
    expect(one.frame(event('Upload', { text: LONG }), AT)).toMatchObject([{ native: { name: 'Upload', payload: { note: 'left out: 50011 bytes of JSON, more than 16384' } } }])
    expect(one.frame(event('Upload', { text: 'ü'.repeat(10_000) }), AT)).toMatchObject([{ native: { payload: { note: 'left out: 20011 bytes of JSON, more than 16384' } } }])
    const done = signalOf(one.frame(event('PrintDone', { name: 'a', path: 'a', time: 7, more: LONG }), AT), 'job_done')
    expect(done).toMatchObject({ signal: { printTime: 7 }, native: { payload: { note: expect.stringContaining('left out') as string } } })
  })

  it('is kept though its payload is nested deeper than JSON can be written', () => {
    const deep = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`) as unknown
    expect(make().one.frame(event('Upload', { deep }), AT)).toMatchObject([{ native: { payload: { note: 'left out: nested too deep' } } }])
  })

  it('has names of events and plugins of 200 characters', () => {
    const [seen] = make().one.frame(event(LONG, null), AT)
    expect(seen).toMatchObject({ native: { name: 'x'.repeat(200) } })
  })

  it('can not choose the words under which its junk is counted', () => {
    const { one, junk } = make()
    for (let n = 0; n < 50; n++) one.frame(event(`Evil${n}`, 'no object'), AT)
    expect([...new Set(junk)]).toEqual(['event with a payload that is no object'])
  })
})

describe('a field of a wrong type', () => {
  it.each<[unknown, string[]]>([
    [{ current: { state: { text: 7, error: [], flags: 'x' } } }, ['state.text of a wrong type', 'state.error of a wrong type', 'state.flags of a wrong type']],
    [{ current: { state: { flags: { printing: 'yes', ready: true } } } }, ['state.flags.printing of a wrong type']],
    [{ current: { state: 'x', job: [], progress: 5, currentZ: 'high', temps: {}, logs: 'x' } }, ['state of a wrong type', 'job of a wrong type', 'progress of a wrong type', 'currentZ of a wrong type', 'temps of a wrong type', 'logs of a wrong type']],
    [{ current: { job: { user: 1, file: { name: 1, path: 'a' } }, progress: { completion: '5' } } }, ['job.file.name of a wrong type', 'job.user of a wrong type', 'progress.completion of a wrong type']],
    [event('PrintDone', { name: 'a', path: 'a', time: '7' }), ['payload.time of a wrong type']],
    [event('Error', { error: {} }), ['payload.error of a wrong type']],
    [{ plugin: { plugin: 'action_command_prompt', data: { action: 'show', text: 5, choices: 'a' } } }, ['prompt.text of a wrong type', 'prompt.choices of a wrong type']],
    [{ plugin: { plugin: 'action_command_notification', data: { message: 5 } } }, ['notification.message of a wrong type']],
  ])('%j is counted by its name', (frame, expected) => {
    const { one, junk } = make()
    one.frame(frame, AT)
    expect(junk).toEqual(expected)
  })

  it('in an answer of REST is counted, too', () => {
    const { one, junk } = make()
    one.rest('job', { state: 5, progress: { printTime: 'x' } }, AT)
    one.rest('printer', { state: { text: 1 }, temperature: 5 }, AT)
    expect(junk).toEqual(['progress.printTime of a wrong type', 'state of a wrong type', 'state.text of a wrong type', 'temperature of a wrong type'])
  })

  it.each<unknown>([
    { current: { state: { text: 'Operational', error: null }, job: null, progress: null, currentZ: null, temps: null, logs: null, surprise: {} } },
    // Other events may mean something else by the same words.
    event('plugin_foo_bar', { name: { first: 'x' }, size: 'big', new: true }),
  ])('is not seen in %j', (frame) => {
    const { one, junk } = make()
    one.frame(frame, AT)
    expect(junk).toEqual([])
  })
})
