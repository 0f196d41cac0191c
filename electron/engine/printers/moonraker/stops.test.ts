/** What a printer needs somebody for: prompts of macros, sensors, changes of filament. */
import { describe, expect, it } from 'vitest'
import { Bench, withObjects } from './bench.support.ts'

const idle = (): Bench => new Bench().connect().to(10)
const printing = (): Bench => idle().prints('vase.gcode', '00000A').to(12)
const after = (bench: Bench): string[] => bench.told.slice(1)

describe('prompts of macros', () => {
  const shown = ['// action:prompt_begin Load', '// action:prompt_text Put filament in', '// action:prompt_button_group_start', '// action:prompt_button Done|RESUME|primary',
    '// action:prompt_button Purge|M83 G1 E20', '// action:prompt_button CANCEL_PRINT', '// action:prompt_button_group_end', '// action:prompt_footer_button Close|RESPOND TYPE=command MSG=x|secondary']

  it('are told when they are shown, with their choices, and can be answered', () => {
    const bench = idle().says(...shown)
    expect(bench.told).toEqual([])
    expect(bench.interpreter.answer(0)).toBeNull()
    bench.says('// action:prompt_show')
    expect(bench.told).toEqual(['attention.user_input'])
    expect(bench.rig.memory.state.attentions).toMatchObject([{ text: 'Load\nPut filament in', choices: ['Done', 'Purge', 'CANCEL_PRINT', 'Close'] }])
    expect([0, 1, 2, 3, 4, -1].map((choice) => bench.interpreter.answer(choice))).toEqual(['RESUME', 'M83 G1 E20', 'CANCEL_PRINT', 'RESPOND TYPE=command MSG=x', null, null])
    bench.says('// action:prompt_end')
    expect(bench.told).toEqual(['attention.user_input', 'attention.cleared'])
    expect(bench.interpreter.answer(0)).toBeNull()
  })

  it('another one ends the one before; an empty one is one', () => {
    const bench = idle().says(...shown, '// action:prompt_show').to(20).says('// action:prompt_begin', '// action:prompt_show')
    expect(bench.told).toEqual(['attention.user_input', 'attention.cleared', 'attention.user_input'])
    expect(bench.rig.events[2]?.attention).toMatchObject({ text: null, choices: [] })
  })

  it('cover the pause they came with', () => {
    const bench = printing().delta({ print_stats: { state: 'paused' }, pause_resume: { is_paused: true } }).says(...shown, '// action:prompt_show').to(60)
    expect(after(bench)).toEqual(['attention.user_input'])
  })

  it('go with Klipper', () => {
    const bench = idle().says(...shown, '// action:prompt_show').notify('notify_klippy_disconnected')
    expect(bench.told).toEqual(['attention.user_input', 'attention.cleared'])
  })

  it('that nobody answered before we looked are there, and no news', () => {
    const bench = new Bench()
    const store = [...shown, '// action:prompt_show', 'ok'].map((message) => ({ message, time: 1, type: 'response' }))
    bench.take(bench.interpreter.console([{ message: 'M117 x', type: 'command', time: 1 }, ...store, 7, null], bench.rig.now))
    bench.connect()
    expect(bench.told).toEqual([])
    expect(bench.rig.memory.state.attentions).toMatchObject([{ kind: 'user_input', choices: ['Done', 'Purge', 'CANCEL_PRINT', 'Close'] }])
    expect(bench.interpreter.answer(1)).toBe('M83 G1 E20')
  })

  it('that were answered while we were away are over', () => {
    const bench = idle().says(...shown, '// action:prompt_show').lose().to(20)
    const store = [...shown, '// action:prompt_show', '// action:prompt_end'].map((message) => ({ message, time: 1, type: 'response' }))
    bench.take(bench.interpreter.console(store, bench.rig.now))
    expect(bench.told).toEqual(['attention.user_input', 'attention.cleared'])
    bench.take(bench.interpreter.console('nonsense', bench.rig.now))
    expect(bench.told).toHaveLength(2)
  })

  it('are bounded', () => {
    const bench = idle().says('// action:prompt_begin x')
    for (let i = 0; i < 1_000; i += 1) bench.says(`// action:prompt_text ${'y'.repeat(500)}`, `// action:prompt_button b${i}|g`)
    bench.says('// action:prompt_show')
    const attention = bench.rig.memory.state.attentions[0]
    expect(attention?.choices).toHaveLength(20)
    expect(attention?.text?.length).toBeLessThanOrEqual(2_000)
  })
})

describe('why a print waits', () => {
  const pause = { print_stats: { state: 'paused' }, pause_resume: { is_paused: true } }
  const resume = { print_stats: { state: 'printing' }, pause_resume: { is_paused: false } }
  const empty = { 'filament_switch_sensor runout': { filament_detected: false } }
  const full = { 'filament_switch_sensor runout': { filament_detected: true } }

  it('a runout in the first moments of watching is told: the sensor was seen full, so it is not one that does not see yet', () => {
    const bench = new Bench().connect().to(0.5).prints('vase.gcode', '00000A').to(1).delta({ ...empty, ...pause })
    expect(after(bench)).toEqual(['attention.filament_runout'])
  })

  it('a sensor that was full before Klipper started anew does not see for two seconds', () => {
    const bench = new Bench().connect().to(10).delta({ webhooks: { state: 'shutdown', state_message: 'x' } }).delta({ webhooks: { state: 'ready', state_message: 'Printer is ready' } })
      .to(10.2).full(withObjects(empty)).to(10.5).prints('vase.gcode', '00000A').to(11)
    const before = bench.told.length
    bench.delta({ display_status: { progress: 0.01 } }).to(13)
    expect(bench.told.slice(before)).toEqual([])
  })

  it.each([['echo: M600: change the filament'], ['// Filament change requested']])('words of a filament change around a pause: %s', (line) => {
    const bench = printing().says(line).to(13).delta(pause).to(40).delta(resume)
    expect(after(bench)).toEqual(['attention.filament_change', 'attention.cleared'])
    expect(bench.rig.swallowed).toEqual(['job.paused same_job', 'job.resumed same_job'])
    const later = printing().delta(pause).to(14).says(line).delta({ print_stats: { total_duration: 5 } }).to(40)
    expect(after(later)).toEqual(['attention.filament_change'])
  })

  it('such words long before the pause explain nothing', () => {
    expect(after(printing().says('echo: filament change in layer 30').to(60).delta(pause).to(70))).toEqual(['job.paused unknown'])
  })

  it('a sensor that runs empty without a pause, and is filled again', () => {
    const bench = printing().delta(empty).to(20).delta(full)
    expect(after(bench)).toEqual(['attention.filament_runout', 'attention.cleared'])
  })

  it('a sensor that is switched off, one that was empty before, and one that nobody prints with say nothing', () => {
    const off = printing().delta({ 'filament_switch_sensor runout': { enabled: false } }).delta(empty).to(30)
    expect(after(off)).toEqual([])
    const before = idle().delta(empty).to(12).prints('vase.gcode', '00000A').to(30)
    expect(after(before)).toEqual([])
    expect(idle().delta(empty).to(30).told).toEqual([])
  })

  it('the first two seconds after Klipper\'s start say nothing', () => {
    const bench = new Bench().connect(withObjects(empty))
    bench.prints('vase.gcode', '00000A').to(0.8).delta(full).to(1.2).delta(empty).to(1.5).delta(full).to(30)
    expect(after(bench)).toEqual([])
  })

  it('a filled sensor ends nothing while the print is still paused', () => {
    const bench = printing().delta({ ...pause, ...empty }).to(20).delta(full).to(1_000)
    expect(after(bench)).toEqual(['attention.filament_runout', 'attention.reminder'])
    bench.delta(resume)
    expect(after(bench).at(-1)).toBe('attention.cleared')
  })

  it('the end of the job ends it in silence', () => {
    const bench = printing().delta({ ...pause, ...empty }).to(20).delta({ print_stats: { state: 'cancelled' } })
    expect(after(bench)).toEqual(['attention.filament_runout', 'job.cancelled unknown'])
  })

  it('a runout that is there at first sight is shown and no news, after a restart of ours it is news once', () => {
    const status = withObjects({ print_stats: { filename: 'vase.gcode', state: 'paused', total_duration: 50 }, pause_resume: { is_paused: true }, ...empty })
    const first = new Bench().connect(status).to(30)
    expect(first.told).toEqual([])
    expect(first.rig.memory.state.attentions).toMatchObject([{ kind: 'filament_runout' }])
    first.delta({ ...resume, ...full })
    expect(first.rig.memory.state.attentions).toEqual([])
    const later = printing()
    const rows = [later.row('00000A', 'vase.gcode', 'in_progress', 9.8)]
    later.restart(60).connect(status, rows).to(70).restart(80).connect(status, rows).to(90)
    expect(after(later)).toEqual(['attention.filament_runout'])
    later.delta({ ...resume, ...full })
    expect(after(later)).toEqual(['attention.filament_runout', 'attention.cleared'])
  })

  it('chatter: the macro\'s flag two samples behind the pause is a sensor\'s work, with the pause it is a person\'s', () => {
    const bench = printing().delta({ print_stats: { state: 'paused' } }).to(12.5).delta({ pause_resume: { is_paused: true } }).to(30)
    expect(after(bench)).toEqual(['attention.filament_runout'])
    const without = printing().delta({ 'filament_switch_sensor runout': { enabled: false } }).delta({ print_stats: { state: 'paused' } }).to(12.5).delta({ pause_resume: { is_paused: true } }).to(30)
    expect(after(without)).toEqual(['job.paused unknown'])
    expect(after(printing().delta(pause).to(30))).toEqual(['job.paused unknown'])
    const leftOver = new Bench().connect(withObjects({ pause_resume: { is_paused: true } })).to(10).prints('vase.gcode', '00000A').to(12)
    leftOver.delta({ print_stats: { state: 'paused' } }).to(12.5).delta({ print_stats: { total_duration: 2 } }).to(30)
    expect(after(leftOver)).toEqual(['job.paused unknown'])
  })

  it('a filament changer that stops, with its reason', () => {
    const bench = printing().delta({ ...pause, mmu: { is_paused: true, reason_for_pause: 'Gate 3 is empty\nmore' } }).to(30).delta({ ...resume, mmu: { is_paused: false } })
    expect(after(bench)).toEqual(['attention.user_input', 'attention.cleared'])
    expect(bench.rig.events[1]?.text).toBe('Gate 3 is empty')
    const afc = printing().delta({ AFC: { error_state: true, message: { message: 'Lane 2 failed', type: 'error' } } })
    expect(afc.rig.events[1]).toMatchObject({ type: 'attention.user_input', text: 'Lane 2 failed' })
  })
})
