/** The picture of a finished print, by the real engine and the real OctoPrint adapter at the simulated camera. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SCRIPTS, type Script } from '../../electron/engine/simulator/scripts.ts'
import { startSimulator, type Simulator } from '../../electron/engine/simulator/simulator.ts'
import { until } from '../support/adapter-kit.ts'
import { realDesk, type RealDesk, type RealEngine } from '../support/real-engine.ts'

/** Eight seconds of print, of which the head stands parked for the last three. */
const SHORT: Script = { ...SCRIPTS.demo, startsAfterMs: null, heatMs: 200, printMs: 8_000, layers: 10, parkMs: 3_000, steps: [] }

let simulator: Simulator
let desk: RealDesk
beforeEach(async () => {
  simulator = await startSimulator({ script: SHORT })
  desk = realDesk()
})
afterEach(async () => {
  await desk.close()
  await simulator.stop()
})

async function printed(more: Record<string, unknown> = {}, during = async (): Promise<void> => undefined): Promise<RealEngine> {
  const real = await desk.start([{ id: 'p1', server: { kind: 'octoprint', url: simulator.url }, secrets: { apiKey: simulator.apiKey }, more }], undefined, { pictures: true })
  await real.up('p1')
  simulator.control.wish({ do: 'start', user: 'demo' })
  await during()
  await real.wait('p1', 'job.done', 1, 30_000)
  await until('the end is delivered', () => real.received.some(({ message }) => message.type === 'job.done'), 20_000)
  return real
}

/** What the destination got, and how long before the end it was taken, s. */
function shown(real: RealEngine): { jpeg: Buffer; before: number } {
  const sending = real.received.find(({ message }) => message.type === 'job.done')
  const [picture, event] = [sending?.picture, sending?.message.event]
  if (!picture || !event) throw new Error('no picture came with the end')
  return { jpeg: Buffer.from(picture.jpeg), before: (event.occurredAt - picture.takenAt) / 1000 }
}

/** What the camera sees now that it is over: the head parked. */
const parked = async (real: RealEngine): Promise<Buffer> => Buffer.from((await real.engine.snapshot('p1', null, AbortSignal.timeout(5_000))).bytes)

describe('the picture of a finished print', () => {
  it('is from before the head parked, which the height told', async () => {
    const real = await printed()
    const { jpeg, before } = shown(real)
    // Parked for three seconds; stills every five; the state every two.
    expect(before).toBeGreaterThan(3)
    expect(before).toBeLessThan(9)
    expect(jpeg.equals(await parked(real))).toBe(false)
    const { id } = real.events('p1', 'job.done')[0] ?? { id: '' }
    expect(real.history.snapshot(id)).toMatchObject({ width: 640, height: 360, why: null })
  }, 60_000)

  it('is what the camera shows at the end where the settings want that', async () => {
    const real = await printed({ donePicture: { which: 'now' } })
    const { jpeg, before } = shown(real)
    expect(before).toBeLessThan(1)
    expect(jpeg.equals(await parked(real))).toBe(true)
  }, 60_000)

  it('is one of the end where the camera was dead in the last minutes, and the message is not late for it', async () => {
    simulator.control.webcam.mode = 'hang'
    const began = Date.now()
    const real = await printed({}, async () => {
      await new Promise((done) => setTimeout(done, 6_500))
      simulator.control.webcam.mode = 'picture'
    })
    expect(shown(real).before).toBeLessThan(1)
    expect(Date.now() - began).toBeLessThan(25_000)
  }, 60_000)
})
