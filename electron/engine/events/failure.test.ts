import { describe, expect, it } from 'vitest'
import type { JobFile } from './model.ts'
import { Rig, T0, type RigOptions } from './replay.support.ts'

const file: JobFile = { name: 'vase.gcode', path: 'vase.gcode', origin: 'local', size: 1000 }

function printing(options: RigOptions = {}): Rig {
  const rig = new Rig({ ...options, thresholds: { linkStale: 1e6, stalledAfter: 0, ...options.thresholds } })
  rig.link('up')
  rig.state({ device: 'ready', job: 'none', file: null }, true)
  rig.signal({ type: 'job_started', file, user: 'ann' })
  rig.state({ job: 'printing' })
  return rig
}

/** What can happen, by the words of the tables below. */
const DOES: Readonly<Record<string, (rig: Rig) => void>> = {
  suspected: (rig) => rig.signal({ type: 'failure_suspected', paused: false, score: 0.5 }),
  'suspected and paused': (rig) => rig.signal({ type: 'failure_suspected', paused: true }),
  certain: (rig) => rig.signal({ type: 'failure_detected', paused: false, score: 0.9 }),
  'certain and paused': (rig) => rig.signal({ type: 'failure_detected', paused: true, score: 0.9 }),
  acknowledged: (rig) => rig.feed({ kind: 'acknowledged', at: rig.now }),
  'another thing acknowledged': (rig) => rig.feed({ kind: 'acknowledged', at: rig.now, about: 'attention' }),
  'pauses': (rig) => {
    rig.signal({ type: 'job_paused' })
    rig.state({ job: 'paused' })
  },
  'paused by ann': (rig) => {
    rig.signal({ type: 'job_paused', user: 'ann' })
    rig.state({ job: 'paused' })
  },
  'goes on': (rig) => {
    rig.signal({ type: 'job_resumed' })
    rig.state({ job: 'printing' })
  },
  'resumed by ann': (rig) => {
    rig.signal({ type: 'job_resumed', user: 'ann' })
    rig.state({ job: 'printing' })
  },
  'resumed by us': (rig) => {
    rig.feed({ kind: 'command', at: rig.now, action: 'resume' })
    rig.signal({ type: 'job_resumed' })
    rig.state({ job: 'printing' })
  },
  done: (rig) => rig.signal({ type: 'job_done', file }),
  cancelled: (rig) => {
    rig.feed({ kind: 'command', at: rig.now, action: 'cancel' })
    rig.signal({ type: 'job_cancelling', file, user: 'ann' })
    rig.signal({ type: 'job_cancelled', file, user: 'ann' })
  },
  started: (rig) => {
    rig.signal({ type: 'job_started', file, user: 'ann' })
    rig.state({ job: 'printing' })
  },
}

type Steps = readonly (readonly [second: number, does: string])[]

function play(steps: Steps, options: RigOptions = {}): Rig {
  const rig = printing(options)
  for (const [second, does] of steps) {
    rig.to(second)
    const step = DOES[does]
    if (!step) throw new Error(`nothing is called "${does}"`)
    step(rig)
  }
  return rig
}

/** What was told of failures and pauses, without the start. */
const told = (rig: Rig): string[] => rig.told.filter((one) => /^(failure|job\.(paused|resumed))/.test(one))
const kept = (rig: Rig): string[] => rig.swallowed.filter((one) => /^(failure|job\.paused)/.test(one))

describe('a failure alert', () => {
  it('R08: says whether it is suspected or certain, and whether the print was paused for it', () => {
    const rig = play([[100, 'suspected'], [101, 'acknowledged'], [300, 'suspected and paused'], [301, 'acknowledged'], [500, 'certain'], [501, 'acknowledged'], [700, 'certain and paused']])
    expect(told(rig)).toEqual(['failure.warning', 'failure.warning paused', 'failure.detected', 'failure.detected paused'])
    expect(rig.events.filter(({ type }) => type.startsWith('failure.')).map(({ severity, snapshot, job, occurredAt }) => [severity, snapshot, job?.file.name, occurredAt - T0])).toEqual([
      ['warning', 'now', 'vase.gcode', 100_000], ['warning', 'now', 'vase.gcode', 300_000], ['critical', 'now', 'vase.gcode', 500_000], ['critical', 'now', 'vase.gcode', 700_000],
    ])
  })

  it('carries how sure the detector is, its words and the picture it judged', () => {
    const rig = printing()
    rig.to(100)
    rig.signal({ type: 'failure_suspected', paused: false, score: 0.47, text: 'Spaghetti at the back', picture: '/pics/7.jpg' }, { name: 'plugin:failure_detector', payload: {} })
    expect(rig.events.at(-1)).toMatchObject({ type: 'failure.warning', text: 'Spaghetti at the back', context: { score: 0.47, picture: '/pics/7.jpg' }, native: { name: 'plugin:failure_detector' } })
    rig.to(300)
    rig.feed({ kind: 'acknowledged', at: rig.now })
    rig.to(500)
    rig.signal({ type: 'failure_suspected', paused: false })
    expect(rig.events.at(-1)).not.toHaveProperty('context')
    expect(rig.events.at(-1)).not.toHaveProperty('reason')
  })
})

describe('how often', () => {
  type Case = [name: string, steps: Steps, told: string[], swallowed: string[]]
  function expectTold(steps: Steps, expected: string[], swallowed: string[]): void {
    const rig = play(steps)
    expect(told(rig)).toEqual(expected)
    expect(kept(rig)).toEqual(swallowed)
  }

  it.each<Case>([
    ['a second suspicion within 90 s is not told', [[100, 'suspected'], [101, 'acknowledged'], [189, 'suspected']], ['failure.warning'], ['failure.warning failure_answered']],
    ['90 s after the answer it is', [[100, 'suspected'], [101, 'acknowledged'], [191, 'suspected']], ['failure.warning', 'failure.warning'], []],
    ['while nobody answers, it is not told however late it is', [[100, 'suspected'], [150, 'suspected'], [190, 'suspected'], [3_600, 'suspected']], ['failure.warning'], ['failure.warning failure_too_soon', 'failure.warning failure_unanswered', 'failure.warning failure_unanswered']],
    ['within 90 s of "not a failure" nothing is told, certain or not, paused or not', [[100, 'suspected'], [400, 'acknowledged'], [450, 'certain'], [480, 'certain and paused']], ['failure.warning'], ['failure.detected failure_answered', 'failure.detected failure_answered']],
    ['acknowledging something else answers nothing', [[100, 'suspected'], [150, 'another thing acknowledged'], [300, 'suspected']], ['failure.warning'], ['failure.warning failure_unanswered']],
    ['a second certainty waits for the answer to the first', [[100, 'certain'], [300, 'certain'], [301, 'acknowledged'], [400, 'certain']], ['failure.detected', 'failure.detected'], ['failure.detected failure_unanswered']],
  ])('R09: %s', (_name, steps, expected, swallowed) => expectTold(steps, expected, swallowed))

  it.each<Case>([
    ['certainty is told although nobody answered the suspicion before it', [[100, 'suspected'], [110, 'certain']], ['failure.warning', 'failure.detected'], []],
    ['and so is one that paused the print', [[100, 'suspected'], [500, 'certain and paused']], ['failure.warning', 'failure.detected paused'], []],
    ['the first pause of a print is told although nobody answered the certainty before it', [[100, 'certain'], [110, 'certain and paused']], ['failure.detected', 'failure.detected paused'], []],
    ['but a print is paused only once beside those rules', [[100, 'certain and paused'], [500, 'certain and paused']], ['failure.detected paused'], ['failure.detected failure_unanswered']],
  ])('R10: %s', (_name, steps, expected, swallowed) => expectTold(steps, expected, swallowed))

  it.each<Case>([
    ['a suspicion after certainty says less than was told', [[100, 'certain'], [500, 'suspected']], ['failure.detected'], ['failure.warning failure_unanswered']],
  ])('%s', (_name, steps, expected, swallowed) => expectTold(steps, expected, swallowed))

  it('R09: the 90 s are a setting', () => {
    expect(told(play([[100, 'suspected'], [101, 'acknowledged'], [115, 'suspected']], { thresholds: { failureRepeat: 10 } }))).toEqual(['failure.warning', 'failure.warning'])
  })

  it('what is swallowed is on record with what it said', () => {
    const rig = play([[100, 'certain'], [300, 'certain']])
    expect(rig.suppressed.at(-1)).toEqual({
      at: T0 + 300_000, printerId: 'p1', type: 'failure.detected', reason: 'failure_unanswered', detail: '90 %', dedupeKey: `p1|vase.gcode|local|${T0}|failure.detected|${T0 + 300_000}`,
    })
  })

  it('is counted print by print: the next one starts anew', () => {
    expect(told(play([[100, 'suspected'], [200, 'done'], [230, 'started'], [240, 'suspected']]))).toEqual(['failure.warning', 'failure.warning'])
    expect(told(play([[100, 'certain and paused'], [110, 'cancelled'], [140, 'started'], [150, 'certain and paused']]))).toEqual(['failure.detected paused', 'failure.detected paused'])
  })

  it('is remembered over a restart', () => {
    expect(kept(play([[100, 'suspected'], [300, 'suspected']], { reload: true }))).toEqual(['failure.warning failure_unanswered'])
  })

  it('of a detector that looks at an idle printer is nothing to tell', () => {
    const rig = play([[100, 'done'], [110, 'certain']])
    expect(told(rig)).toEqual([])
    expect(kept(rig)).toEqual(['failure.detected no_job'])
  })

  it('at first sight is a baseline', () => {
    const rig = new Rig()
    rig.link('up')
    rig.signal({ type: 'failure_detected', paused: false })
    expect(rig.events).toEqual([])
    expect(rig.swallowed).toEqual(['failure.detected baseline'])
  })

  it('is not held back by a full minute of other messages', () => {
    const rig = printing({ thresholds: { capPerMinute: 1 } })
    rig.to(100)
    rig.signal({ type: 'message', text: 'one', for: 'user' })
    rig.signal({ type: 'device_fault', text: 'a fault' })
    DOES['suspected']?.(rig)
    expect(told(rig)).toEqual(['failure.warning'])
  })
})

describe('the pause that a detector makes', () => {
  it.each<[string, Steps, string[], string[]]>([
    ['is told by its alert alone, and its end as any', [[100, 'certain and paused'], [101, 'pauses'], [200, 'resumed by ann']], ['failure.detected paused', 'job.resumed user'], ['job.paused same_job']],
    ['also where the pause shows first', [[100, 'pauses'], [102, 'certain and paused'], [200, 'resumed by ann']], ['failure.detected paused', 'job.resumed user'], ['job.paused same_job']],
    ['is told as the detector’s where the alert was swallowed', [[100, 'certain and paused'], [101, 'pauses'], [110, 'resumed by ann'], [150, 'certain and paused'], [151, 'pauses'], [160, 'suspected']], ['failure.detected paused', 'job.resumed user', 'job.paused failure'], ['job.paused same_job', 'failure.detected failure_answered', 'failure.warning failure_answered']],
    ['is not taken for one that a person made later', [[100, 'certain and paused'], [101, 'pauses'], [104, 'resumed by ann'], [107, 'paused by ann'], [120, 'resumed by ann']], ['failure.detected paused', 'job.resumed user', 'job.paused user', 'job.resumed user'], ['job.paused same_job']],
  ])('%s', (_name, steps, expected, swallowed) => {
    const rig = play(steps)
    rig.to(1_000)
    expect(told(rig)).toEqual(expected)
    expect(kept(rig)).toEqual(swallowed)
  })
})

describe('an alert is answered', () => {
  it.each<[string, Steps, boolean]>([
    ['by acknowledging it', [[110, 'acknowledged']], true],
    ['by a person who resumes the print: it does not fail', [[110, 'paused by ann'], [130, 'resumed by ann']], true],
    ['by resuming it from here', [[110, 'pauses'], [130, 'resumed by us']], true],
    ['not by a timelapse that parks the head', [[110, 'pauses'], [112, 'goes on']], false],
    ['not by pausing to have a look', [[110, 'paused by ann']], false],
    ['by the end of the print: cancelling says that it failed', [[110, 'cancelled']], true],
  ])('%s', (_name, steps, answered) => {
    const rig = play([[100, 'suspected'], ...steps])
    expect(rig.memory.state.failure).toEqual(answered ? null : { since: T0 + 100_000, sure: false, paused: false })
  })

  it('by whoever lets a print go on that the detector paused', () => {
    expect(play([[100, 'certain and paused'], [101, 'pauses'], [300, 'goes on']]).memory.state.failure).toBeNull()
  })

  it('and shows as the one that is open until then, certain ones in place of suspicions', () => {
    expect(play([[100, 'suspected'], [110, 'certain and paused']]).memory.state.failure).toEqual({ since: T0 + 110_000, sure: true, paused: true })
    expect(printing().memory.state).not.toHaveProperty('failure')
  })
})
