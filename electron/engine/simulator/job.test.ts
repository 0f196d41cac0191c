import { describe, expect, it } from 'vitest'
import { advance, due, machine, view, wish, type Machine, type Said } from './job.ts'
import { SCRIPTS, type Script } from './scripts.ts'

/** Runs a script to `until` ms, waking only when the machine asks for it. */
function play(script: Script, until: number, from: Machine = machine(script)): { machine: Machine; heard: { at: number; what: string; said: Said }[] } {
  let m = from
  const heard: { at: number; what: string; said: Said }[] = []
  for (let at = due(m, script); at !== null && at <= until; at = due(m, script)) {
    const moved = advance(m, at, script)
    m = moved.machine
    for (const said of moved.said) heard.push({ at: Math.round(at), what: word(said), said })
  }
  return { machine: m, heard }
}

function word(said: Said): string {
  if ('log' in said) return 'log'
  if ('plugin' in said) return `<${said.plugin.plugin} ${String(said.plugin.data['action'] ?? said.plugin.data['verdict'] ?? said.plugin.data['message'] ?? '{}')}>`
  const state = said.event.payload?.['state_id']
  return typeof state === 'string' ? `S(${state})` : said.event.type
}

const notLayers = (entry: { what: string }): boolean => entry.what !== 'ZChange'

describe('the default script', () => {
  it('tells a whole print with a filament change in the order and at the times it was written for', () => {
    const { heard } = play(SCRIPTS.demo, 60_000)
    expect(heard.filter(notLayers).map(({ at, what }) => `${at} ${what}`)).toEqual([
      '1500 S(STARTING)',
      '1500 PrintStarted',
      '1500 S(PRINTING)',
      '17400 FilamentChange',
      '17400 S(PAUSING)',
      '17400 PrintPaused',
      '17400 <action_command_prompt show>',
      '17400 log',
      '25400 <action_command_prompt close>',
      '25400 S(PAUSED)',
      '26400 S(RESUMING)',
      '26400 PrintResumed',
      '26400 S(PRINTING)',
      '38500 S(FINISHING)',
      '38500 PrintDone',
      '38500 S(OPERATIONAL)',
    ])
  })

  it('lays 48 layers, each told once, 0.2 mm apart', () => {
    const z = play(SCRIPTS.demo, 60_000).heard.flatMap(({ said }) => ('event' in said && said.event.type === 'ZChange' ? [said.event.payload] : []))
    expect(z).toHaveLength(48)
    expect(z[0]).toEqual({ new: 0.2, old: null })
    expect(z[1]).toEqual({ new: 0.4, old: 0.2 })
    expect(z[47]).toEqual({ new: 9.6, old: 9.4 })
  })

  it('reaches 215 and 60 degrees six seconds after the start and cools afterwards', () => {
    const { machine: heating } = play(SCRIPTS.demo, 2000)
    expect(view(heating, 1500, SCRIPTS.demo).tool).toEqual({ actual: 21.3, target: 215 })
    expect(view(heating, 4500, SCRIPTS.demo).tool).toEqual({ actual: 118.15, target: 215 })
    expect(view(heating, 7500, SCRIPTS.demo)).toMatchObject({ tool: { actual: 215, target: 215 }, bed: { actual: 60, target: 60 } })
    const { machine: over } = play(SCRIPTS.demo, 60_000)
    expect(view(over, 48_500, SCRIPTS.demo).tool).toEqual({ actual: 175, target: 0 })
    expect(view(over, 600_000, SCRIPTS.demo).tool).toEqual({ actual: 21.3, target: 0 })
  })

  it('stands still while it waits for filament and leaves the pause out of the print time', () => {
    const { machine: waiting, heard } = play(SCRIPTS.demo, 18_000)
    expect(view(waiting, 18_000, SCRIPTS.demo)).toMatchObject({ phase: 'pausing', progress: 0.45, printTime: 15, layer: 23 })
    expect(view(waiting, 25_000, SCRIPTS.demo)).toMatchObject({ progress: 0.45, printTime: 15 })
    const paused = heard.find(({ what }) => what === 'PrintPaused')
    expect(paused?.said).toEqual({
      event: { type: 'PrintPaused', payload: { name: 'demo boat.gcode', path: 'demo boat.gcode', origin: 'local', size: 1_482_211, owner: 'demo', fileposition: 666_994, progress: 45 } },
    })
    const done = play(SCRIPTS.demo, 60_000).heard.find(({ what }) => what === 'PrintDone')
    expect(done?.said).toMatchObject({ event: { payload: { time: expect.closeTo(28, 3) } } })
  })

  it('never runs backwards', () => {
    let m = machine(SCRIPTS.demo)
    let last = 0
    for (let now = 0; now < 45_000; now += 100) {
      m = advance(m, now, SCRIPTS.demo).machine
      const { progress } = view(m, now, SCRIPTS.demo)
      expect(progress ?? 0).toBeGreaterThanOrEqual(last)
      last = progress ?? 0
    }
    expect(last).toBe(1)
  })

  it('does all that was missed when it wakes late', () => {
    const late = advance(machine(SCRIPTS.demo), 60_000, SCRIPTS.demo)
    expect(late.said.map(word).filter((what) => what !== 'ZChange').at(-2)).toBe('PrintDone')
    expect(late.machine).toMatchObject({ phase: 'idle', successes: 1, failures: 0, last: { success: true, at: expect.closeTo(38_500, 1) } })
  })
})

describe('the other scripts', () => {
  it('failing ends like a thermal runaway and connects again', () => {
    const { heard, machine: after } = play(SCRIPTS.failing, 60_000)
    expect(heard.filter(notLayers).slice(3).map(({ at, what }) => `${at} ${what}`)).toEqual([
      '13500 S(ERROR)', '13500 Error', '13500 PrintFailed', '13500 EStop', '13500 Disconnected',
      '13500 <action_command_notification {}>', '13500 <action_command_prompt close>', '13500 S(OFFLINE)',
      '18500 Connecting', '18500 S(OPEN_SERIAL)', '18500 S(CONNECTING)', '18500 S(OPERATIONAL)', '18500 Connected',
    ])
    expect(after).toMatchObject({ phase: 'idle', successes: 0, failures: 1 })
  })

  it('cancelled says the three events of a cancel', () => {
    const { heard } = play(SCRIPTS.cancelled, 60_000)
    expect(heard.filter(notLayers).slice(3).map(({ what }) => what)).toEqual(['PrintCancelling', 'S(CANCELLING)', 'PrintCancelled', 'PrintFailed', 'S(OPERATIONAL)'])
  })

  it('spaghetti has a failure detector that suspects, then is sure and pauses the print by itself', () => {
    const { heard } = play(SCRIPTS.spaghetti, 60_000)
    const said = heard.filter(notLayers).slice(3)
    expect(said.map(({ at, what }) => `${at} ${what}`)).toEqual([
      '14100 <failure_detector suspected>', '20700 <failure_detector detected>', '20700 S(PAUSING)', '20700 PrintPaused', '20900 S(PAUSED)',
      '35700 S(RESUMING)', '35700 PrintResumed', '35700 S(PRINTING)', '44500 S(FINISHING)', '44500 PrintDone', '44500 S(OPERATIONAL)',
    ])
    expect(said.slice(0, 2).map((one) => one.said)).toEqual([
      { plugin: { plugin: 'failure_detector', data: { verdict: 'suspected', score: 0.46, paused: false, picture: '/plugin/failure_detector/1.jpg' } } },
      { plugin: { plugin: 'failure_detector', data: { verdict: 'detected', score: 0.91, paused: true, picture: '/plugin/failure_detector/2.jpg' } } },
    ])
  })

  it('the detector speaks of what prints only', () => {
    const verdict = { do: 'judge', sure: true, score: 0.9, pauses: false, resumesAfterMs: null } as const
    expect(wish(machine(SCRIPTS.idle), 1_000, SCRIPTS.idle, verdict)).toBeNull()
    expect(wish(advance(machine(SCRIPTS.steady), 10_000, SCRIPTS.steady).machine, 10_000, SCRIPTS.steady, verdict)?.said).toHaveLength(1)
  })

  it('the head parks two seconds before the demo is done', () => {
    const at = (now: number) => view(advance(machine(SCRIPTS.demo), now, SCRIPTS.demo).machine, now, SCRIPTS.demo).z
    expect([36_400, 36_500, 38_400].map(at)).toEqual([9.6, 29.6, 29.6])
  })

  it('steady prints for ten hours', () => {
    const { machine: m } = play(SCRIPTS.steady, 18_005_000)
    expect(view(m, 18_005_000, SCRIPTS.steady)).toMatchObject({ phase: 'printing', progress: 0.5, printTimeLeft: 18_000 })
  })

  it('flood says something ten times a second and still moves on', () => {
    const { heard, machine: m } = play(SCRIPTS.flood, 11_000)
    expect(heard.filter(({ what }) => what === 'PrintPaused').length).toBeGreaterThan(20)
    expect(heard.length).toBeGreaterThan(200)
    expect(m.printed).toBeGreaterThan(5000)
  })

  it('idle starts only when told, and a repeat starts again by itself', () => {
    expect(play(SCRIPTS.idle, 10_000_000).heard).toEqual([])
    const again = play({ ...SCRIPTS.demo, repeatsAfterMs: 5000 }, 90_000)
    expect(again.heard.filter(({ what }) => what === 'PrintStarted').map(({ at }) => at)).toEqual([1500, 43_500, 85_500])
  })
})

describe('wishes', () => {
  const printing = play(SCRIPTS.demo, 10_000).machine

  it('pauses and resumes with the name of who asked', () => {
    const paused = wish(printing, 10_000, SCRIPTS.demo, { do: 'pause', user: 'anna' })
    expect(paused?.said.map(word)).toEqual(['S(PAUSING)', 'PrintPaused'])
    expect(paused?.said[1]).toMatchObject({ event: { payload: { user: 'anna', progress: 11 } } })
    const { machine: standing, heard } = play(SCRIPTS.demo, 100_000, paused?.machine)
    expect(heard.map(({ at, what }) => `${at} ${what}`)).toEqual(['10200 S(PAUSED)'])
    const resumed = wish(standing, 100_000, SCRIPTS.demo, { do: 'resume', user: 'anna' })
    expect(resumed?.said.map(word)).toEqual(['S(RESUMING)', 'PrintResumed', 'S(PRINTING)'])
    expect(play(SCRIPTS.demo, 200_000, resumed?.machine).heard.at(-2)).toMatchObject({ what: 'PrintDone', at: 128_500 })
  })

  it('goes on a second after the prompt is answered', () => {
    const waiting = play(SCRIPTS.demo, 18_000).machine
    const answered = wish(waiting, 18_000, SCRIPTS.demo, { do: 'answer', choice: 0 })
    expect(answered?.said.map(word)).toEqual(['<action_command_prompt close>', 'S(PAUSED)'])
    expect(play(SCRIPTS.demo, 19_000, answered?.machine).heard.map(({ at, what }) => `${at} ${what}`)).toEqual(['19000 S(RESUMING)', '19000 PrintResumed', '19000 S(PRINTING)'])
  })

  it('takes a resume during the filament change for the answer', () => {
    const waiting = play(SCRIPTS.demo, 18_000).machine
    expect(wish(waiting, 18_000, SCRIPTS.demo, { do: 'resume', user: 'anna' })?.said.map(word)).toEqual([
      '<action_command_prompt close>', 'S(PAUSED)', 'S(RESUMING)', 'PrintResumed', 'S(PRINTING)',
    ])
  })

  it('cancels a paused print, closing its prompt', () => {
    const waiting = play(SCRIPTS.demo, 18_000).machine
    const cancelled = wish(waiting, 18_000, SCRIPTS.demo, { do: 'cancel', user: 'anna' })
    expect(cancelled?.said.map(word)).toEqual(['PrintCancelling', 'S(CANCELLING)', '<action_command_prompt close>', 'PrintCancelled', 'PrintFailed', 'S(OPERATIONAL)'])
    expect(cancelled?.said[3]).toMatchObject({ event: { payload: { user: 'anna', reason: 'cancelled', time: 15.9, progress: 45 } } })
  })

  it('refuses what the state does not allow', () => {
    const idle = machine(SCRIPTS.demo)
    for (const what of ['pause', 'resume', 'cancel', 'restart'] as const) expect(wish(idle, 0, SCRIPTS.demo, { do: what, user: 'anna' })).toBeNull()
    expect(wish(idle, 0, SCRIPTS.demo, { do: 'answer', choice: 0 })).toBeNull()
    expect(wish(printing, 10_000, SCRIPTS.demo, { do: 'start', user: 'anna' })).toBeNull()
  })

  it('does not change the machine it was given', () => {
    const before = structuredClone(printing)
    wish(printing, 12_000, SCRIPTS.demo, { do: 'cancel', user: 'anna' })
    expect(printing).toEqual(before)
  })
})
