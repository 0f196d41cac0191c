/** A failure detector inside a simulated OctoPrint, by the real engine and the real adapter, from its verdict to what a destination gets. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Verdict } from '../../electron/engine/simulator/scripts.ts'
import { SCRIPTS } from '../../electron/engine/simulator/scripts.ts'
import { startSimulator, type Simulator } from '../../electron/engine/simulator/simulator.ts'
import { until } from '../support/adapter-kit.ts'
import { realDesk, type RealDesk, type RealEngine } from '../support/real-engine.ts'

let simulator: Simulator
let desk: RealDesk
let real: RealEngine

const SUSPECTED: Verdict = { sure: false, score: 0.46, pauses: false, resumesAfterMs: null }
const CERTAIN: Verdict = { sure: true, score: 0.91, pauses: true, resumesAfterMs: null }
const judge = (verdict: Verdict): void => expect(simulator.control.wish({ do: 'judge', ...verdict })).toBe(true)
const alerts = (): string[] => real.told('p1').filter((one) => one.startsWith('failure.'))
const sent = (type: string) => real.received.filter(({ message }) => message.type === type)

beforeEach(async () => {
  simulator = await startSimulator({ script: { ...SCRIPTS.steady, startsAfterMs: null, heatMs: 200 } })
  desk = realDesk()
  real = await desk.start([{ id: 'p1', server: { kind: 'octoprint', url: simulator.url }, secrets: { apiKey: simulator.apiKey } }], undefined, { pictures: true })
  await real.up('p1')
  simulator.control.wish({ do: 'start', user: 'demo' })
  await real.wait('p1', 'job.started')
  await until('it prints', () => simulator.control.state().phase === 'printing', 5_000)
})
afterEach(async () => {
  await desk.close()
  await simulator.stop()
})

describe('a failure detector', () => {
  it('suspects, and the message shows what it judged', async () => {
    judge(SUSPECTED)
    await until('the alert is delivered', () => sent('failure.warning').length === 1, 10_000)
    const [{ message, picture } = { message: null, picture: null }] = sent('failure.warning')
    expect(message).toMatchObject({ title: 'p1: print may be failing', isWarning: true, isPaused: false, event: { context: { score: 0.46 } } })
    expect(message?.actions.map(({ id }) => id)).toEqual(['open', 'pause', 'cancel', 'acknowledge'])
    const judged = await fetch(`${simulator.url}/plugin/failure_detector/1.jpg`, { headers: { 'x-api-key': simulator.apiKey } })
    expect(Buffer.from(picture?.jpeg ?? []).equals(Buffer.from(await judged.arrayBuffer()))).toBe(true)
  }, 30_000)

  it('that goes on suspecting rings once; certainty rings again, and its pause not a second time', async () => {
    judge(SUSPECTED)
    judge(SUSPECTED)
    judge(CERTAIN)
    await real.wait('p1', 'failure.detected')
    await real.waitState('p1', 'the print is paused', ({ job }) => job === 'paused')
    // A pause is told a second after it began.
    await new Promise((done) => setTimeout(done, 1_500))
    expect(alerts()).toEqual(['failure.warning', 'failure.detected paused'])
    expect(real.events('p1', 'job.paused')).toEqual([])
    expect(real.state('p1').failure).toMatchObject({ sure: true, paused: true })
    expect(real.news.flatMap((one) => (one.line === 'suppressed' && one.type.startsWith('failure.') ? [`${one.type} ${one.reason}`] : []))).toEqual(['failure.warning failure_too_soon'])
  }, 30_000)

  it('R11: is heard no more of a print that was resumed and muted, and heard again of the next', async () => {
    judge(CERTAIN)
    const alert = await real.wait('p1', 'failure.detected')
    await real.waitState('p1', 'the print is paused', ({ job }) => job === 'paused')
    const now = Date.now()
    const outcome = await real.engine.handle({ printerId: 'p1', jobKey: alert.job?.key ?? null, action: { name: 'resume' }, thenMute: true, from: 'toast', madeAt: now, expiresAt: now + 60_000, confirmed: false, eventId: alert.id })
    expect(outcome).toEqual({ result: 'done', detail: 'Printing again. No more failure alerts of this print.' })
    expect(real.history.event(alert.id)?.acknowledgedAt).not.toBeNull()
    expect(real.engine.silences().map(({ match }) => match.types)).toEqual([['failure.warning', 'failure.detected']])

    simulator.control.wish({ do: 'cancel', user: 'demo' })
    await real.wait('p1', 'job.cancelled')
    await until('the mute is over with its print', () => real.engine.silences().length === 0, 5_000)
    simulator.control.wish({ do: 'start', user: 'demo' })
    await real.wait('p1', 'job.started', 2)
    await until('it prints', () => simulator.control.state().phase === 'printing', 10_000)
    judge(SUSPECTED)
    await until('the alert is delivered', () => sent('failure.warning').length === 1, 10_000)
  }, 60_000)
})
