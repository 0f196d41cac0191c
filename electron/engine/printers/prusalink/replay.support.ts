/** Test support: plays a recorded PrusaLink to interpreter and reducer, at the adapter's own pace. */
import { readFileSync } from 'node:fs'
import { Rig, T0, type RigOptions } from '../../events/replay.support.ts'
import { createInterpreter, type Former, type Interpreter } from './interpret.ts'
import { jobSchema, statusSchema } from './payloads.ts'
import { outcomeOf } from './reconcile.ts'

interface Answer {
  t: number
  path: string
  reply: unknown
}

/** The polls of a recording, in order. */
export function polls(name: string): Answer[] {
  const text = readFileSync(new URL(`../../../../test/recordings/prusalink/${name}.jsonl`, import.meta.url), 'utf8')
  return text.trim().split('\n').map((line) => JSON.parse(line) as { t: number; dir: string; data: { path: string; reply: unknown } })
    .filter((line) => line.dir === 'poll').map(({ t, data }) => ({ t, path: data.path, reply: data.reply }))
}

export interface Player {
  rig: Rig
  interpreter: Interpreter
  junk: string[]
  /** The first poll of a period, as poll.ts does it. */
  begin(status: unknown, job: unknown, former?: Former | null): void
  poll(status: unknown, job: unknown): void
}

export function player(options: RigOptions = {}): Player {
  const rig = new Rig(options)
  const junk: string[] = []
  const interpreter = createInterpreter({ sourceId: 's', junk: (what) => junk.push(what) })
  return {
    rig, interpreter, junk,
    begin(given, job, former = null) {
      const status = statusSchema.parse(given)
      const { fate, lastRun, observations } = interpreter.resync(status, job == null ? null : jobSchema.parse(job), rig.now, former)
      for (const one of outcomeOf({ sourceId: 's', at: rig.now, former, fate, lastRun, status })) rig.feed(one)
      rig.link('up')
      for (const one of observations) rig.feed(one)
    },
    poll(given, job) {
      const status = statusSchema.parse(given)
      const asked = interpreter.wantsJob(status, rig.now)
      for (const one of interpreter.round(status, asked ? (job == null ? null : jobSchema.parse(job)) : undefined, rig.now)) rig.feed(one)
    },
  }
}

/** @param firstAt seconds into the recording until the first poll: where in a round it begins */
export function replayPolls(names: readonly string[], firstAt: number, options: RigOptions = {}): Player {
  const one = player(options)
  const answers: Answer[] = []
  let from = 0
  for (const name of names) {
    const own = polls(name)
    answers.push(...own.map((answer) => ({ ...answer, t: from + answer.t })))
    from += (own.at(-1)?.t ?? 0) + 10
  }
  let begun = false
  for (let t = firstAt; t < from + 20;) {
    one.rig.to(t)
    const latest = (path: string): unknown => answers.findLast((answer) => answer.path === path && answer.t <= t)?.reply
    if (!begun) one.begin(latest('/api/v1/status'), latest('/api/v1/job'))
    else one.poll(latest('/api/v1/status'), latest('/api/v1/job'))
    begun = true
    t += one.interpreter.lively() ? 2 : 4.5
  }
  return one
}

export { T0 }
