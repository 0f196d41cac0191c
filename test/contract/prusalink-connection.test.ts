import { describe, expect, it } from 'vitest'
import { Secret } from '../../electron/engine/settings/secret.ts'
import { firstTime, recordingSink, rememberingSink, until, untilOn } from '../support/adapter-kit.ts'
import { FAKE_KEY, FAKE_PASSWORD, type Flavour } from '../support/fake-prusalink.ts'
import { closeAfterEach, connect, fakeWith } from '../support/prusalink-rig.ts'

closeAfterEach()

const JOB = { id: 7, file: 'Lamp foot.gcode', progress: 10, remaining: 600, printing: 60 }
const count = (list: readonly unknown[], what: unknown): number => list.filter((one) => one === what).length
const KEYS: Record<Flavour, string> = { pi: FAKE_KEY, buddy: FAKE_PASSWORD }

describe.each<Flavour>(['pi', 'buddy'])('a connection to a PrusaLink (%s)', (flavour) => {
  it('tells the link first, then one full state with what can be done', async () => {
    const fake = await fakeWith({ flavour })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), { secrets: { apiKey: KEYS[flavour] } })
    await untilOn(clock, 'the full state', () => sink.order.includes('full state'))
    expect(sink.order.slice(0, 3)).toEqual(['link connecting', 'link up', 'full state'])
    expect(sink.observations[0]).toMatchObject({ kind: 'state', full: true, sourceId: 'printer', state: { device: 'ready', job: 'none', attentions: [], heaters: { tool0: { actual: 21, target: 0 }, bed: { actual: 21, target: 0 } }, capabilities: { pause: true, resume: true, cancel: true, gcode: false, answer: false, snapshot: false } } })
    expect(fake.requests.slice(0, 3)).toEqual(['GET /api/version', 'GET /api/v1/info', 'GET /api/v1/status'])
  })

  it('sees a print begin, pause, go on and end', async () => {
    const fake = await fakeWith({ flavour })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), { secrets: { apiKey: KEYS[flavour] } })
    await untilOn(clock, 'the link', () => sink.lastLink() === 'up')
    const lastJob = () => sink.observations.findLast((one) => one.kind === 'state' && one.state.job !== undefined)
    fake.state = 'PRINTING'
    fake.job = JOB
    await untilOn(clock, 'the start', () => sink.signalTypes().includes('job_started'))
    expect(sink.signals()[0]).toMatchObject({ type: 'job_started', file: { name: 'Lamp foot.gcode', path: flavour === 'pi' ? '/gcodes/Lamp foot.gcode' : '/usb/LAMP F~1.GCO', origin: flavour === 'pi' ? 'local' : 'usb' } })
    fake.state = 'PAUSED'
    await untilOn(clock, 'the pause', () => { const one = lastJob(); return one?.kind === 'state' && one.state.job === 'paused' })
    fake.state = 'PRINTING'
    await untilOn(clock, 'the end of the pause', () => { const one = lastJob(); return one?.kind === 'state' && one.state.job === 'printing' })
    fake.state = 'FINISHED'
    fake.job = null
    await untilOn(clock, 'the end', () => sink.signalTypes().includes('job_done'))
    const asked = count(fake.requests, 'GET /api/v1/job')
    const times = sink.observations.length
    await untilOn(clock, 'some more polls', () => sink.observations.length > times + 5)
    expect(sink.signalTypes()).toEqual(['job_started', 'job_done'])
    // There is none to be asked for.
    expect(count(fake.requests, 'GET /api/v1/job')).toBe(asked)
  })

  it('polls every 2 s while it prints, every 4.5 s while nothing goes on, and asks for the job every 10 s', async () => {
    const fake = await fakeWith({ flavour })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), { secrets: { apiKey: KEYS[flavour] } })
    await untilOn(clock, 'the link', () => sink.lastLink() === 'up')
    const within = async (ms: number): Promise<{ status: number; job: number }> => {
      const before = fake.requests.length
      const end = clock.monotonic() + ms
      await untilOn(clock, 'the time', () => clock.monotonic() >= end, 300_000, 100)
      const since = fake.requests.slice(before)
      return { status: count(since, 'GET /api/v1/status'), job: count(since, 'GET /api/v1/job') }
    }
    const idle = await within(45_000)
    expect(idle.status).toBeGreaterThanOrEqual(8)
    expect(idle.status).toBeLessThanOrEqual(10)
    expect(idle.job).toBe(0)
    fake.state = 'PRINTING'
    fake.job = JOB
    await untilOn(clock, 'the start', () => sink.signalTypes().includes('job_started'))
    const busy = await within(40_000)
    expect(busy.status).toBeGreaterThanOrEqual(17)
    expect(busy.status).toBeLessThanOrEqual(20)
    expect(busy.job).toBeGreaterThanOrEqual(3)
    expect(busy.job).toBeLessThanOrEqual(4)
    expect(fake.mostAtOnce).toBe(1)
  })

  it('logs in with user and password too, by its own kind of Digest, and signs in advance', async () => {
    const fake = await fakeWith({ flavour, user: 'marta' })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), { user: 'marta', secrets: { password: FAKE_PASSWORD } })
    await untilOn(clock, 'five polls', () => count(fake.requests, 'GET /api/v1/status') >= 5)
    expect(sink.lastLink()).toBe('up')
    expect(count(fake.statuses, 401)).toBe(1)
    expect(new Set(fake.headers.map((one) => one['user-agent']))).toEqual(new Set(['Printbell']))
    expect(JSON.stringify(fake.headers)).not.toContain(FAKE_PASSWORD)
  })

  it('case 18: a nonce that expired costs one transparent retry and no loss of the link', async () => {
    const fake = await fakeWith({ flavour })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), { secrets: { password: FAKE_PASSWORD } })
    await untilOn(clock, 'the link', () => sink.lastLink() === 'up')
    for (let round = 1; round <= 3; round += 1) {
      fake.expireNonces()
      // What it observes may still be of the poll before: on a Pi the cameras come behind.
      const before = fake.statuses.length
      await untilOn(clock, 'an answer to the retry', () => fake.statuses.slice(before).indexOf(401) >= 0 && fake.statuses.at(-1) === 200)
      expect(count(fake.statuses, 401)).toBe(1 + round)
    }
    expect(sink.links.map((one) => one.link).filter((link) => link !== 'up')).toEqual(['connecting'])
  })

  it('case 18: a wrong password is one auth_failed, and the polling stops for ten minutes', async () => {
    const fake = await fakeWith({ flavour })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), { secrets: { password: 'CANARY-WRONG' } })
    await untilOn(clock, 'the refusal', () => sink.lastLink() === 'auth_failed')
    // The challenge and the one answer to it.
    expect(fake.requests).toEqual(['GET /api/version', 'GET /api/version'])
    const end = clock.monotonic() + 590_000
    await untilOn(clock, 'nearly ten minutes', () => clock.monotonic() >= end, 700_000, 5_000)
    expect(fake.requests).toHaveLength(2)
    expect(count(sink.order, 'link auth_failed')).toBe(1)
    expect(JSON.stringify(sink.links)).not.toContain('CANARY')
  })

  it('case 18: a password that is changed while it polls stops it, and fresh secrets bring it back', async () => {
    const fake = await fakeWith({ flavour })
    const sink = recordingSink()
    let asked = 0
    const options = { ...firstTime(), refreshSecrets: async () => {
      asked += 1
      return { password: new Secret('the new password') }
    } }
    const { clock } = connect(fake, sink, options, { secrets: { password: FAKE_PASSWORD } })
    await untilOn(clock, 'the link', () => sink.lastLink() === 'up')
    fake.password = 'the new password'
    await untilOn(clock, 'the refusal', () => sink.lastLink() === 'auth_failed')
    expect(asked).toBe(0)
    await untilOn(clock, 'the link again', () => sink.lastLink() === 'up', 700_000, 2_000)
    expect(asked).toBe(1)
  })

  it('a wrong key is auth_failed by its own status, and nothing is asked twice', async () => {
    const fake = await fakeWith({ flavour })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), { secrets: { apiKey: 'CANARY-WRONG-KEY' } })
    await untilOn(clock, 'the refusal', () => sink.lastLink() === 'auth_failed')
    expect(fake.statuses).toEqual([flavour === 'pi' ? 403 : 401])
    expect(sink.links.at(-1)).toMatchObject({ cause: 'key_invalid' })
    expect(JSON.stringify(sink.links)).not.toContain('CANARY')
  })

  it('without any secret says what is missing, without a request', async () => {
    const fake = await fakeWith({ flavour })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), { secrets: {} })
    await untilOn(clock, 'the refusal', () => sink.lastLink() === 'auth_failed')
    expect(sink.links.at(-1)).toMatchObject({ cause: 'key_missing' })
    expect(fake.requests).toEqual([])
  })

  it('finds the outcome of a job that ended while the line was down, before it says that it is up', async () => {
    const fake = await fakeWith({ flavour })
    fake.state = 'PRINTING'
    fake.job = JOB
    const sink = rememberingSink()
    const { clock } = connect(fake, sink, sink.options(), { secrets: { apiKey: KEYS[flavour] } })
    await untilOn(clock, 'the link', () => sink.lastLink() === 'up')
    fake.wire = 'close'
    fake.drop()
    await untilOn(clock, 'the loss', () => sink.lastLink() === 'down')
    fake.state = 'FINISHED'
    fake.job = null
    fake.wire = null
    sink.order.length = 0
    await untilOn(clock, 'the link again', () => sink.lastLink() === 'up')
    expect(sink.order.slice(0, 2)).toEqual(['outcome', 'link up'])
    expect(sink.signals()).toMatchObject([{ type: 'outcome', success: true, file: { name: 'Lamp foot.gcode' } }])
  })

  it('closes the old job and takes the new one when another number is there after a loss', async () => {
    const fake = await fakeWith({ flavour })
    fake.state = 'PRINTING'
    fake.job = JOB
    const sink = rememberingSink()
    const { clock } = connect(fake, sink, sink.options(), { secrets: { apiKey: KEYS[flavour] } })
    await untilOn(clock, 'the link', () => sink.lastLink() === 'up')
    fake.wire = 'close'
    fake.drop()
    await untilOn(clock, 'the loss', () => sink.lastLink() === 'down')
    fake.job = { ...JOB, id: 8, file: 'Hook.gcode', printing: 5 }
    fake.wire = null
    await untilOn(clock, 'the link again', () => sink.order.filter((one) => one === 'full state').length === 2)
    expect(sink.signals()).toMatchObject([{ type: 'outcome', success: null, file: { name: 'Lamp foot.gcode' } }])
    expect(sink.observations.findLast((one) => one.kind === 'state' && one.full)).toMatchObject({ state: { job: 'printing', file: { name: 'Hook.gcode' } } })
  })

  it('passes a short loss over: a board drops a connection now and then', async () => {
    const fake = await fakeWith({ flavour })
    fake.state = 'PRINTING'
    fake.job = JOB
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), { secrets: { apiKey: KEYS[flavour] } })
    await untilOn(clock, 'the link', () => sink.lastLink() === 'up')
    fake.wire = 'close'
    fake.drop()
    const until6s = clock.monotonic() + 6_000
    await untilOn(clock, 'six seconds', () => clock.monotonic() >= until6s)
    fake.wire = null
    const before = sink.observations.length
    await untilOn(clock, 'the next poll', () => sink.observations.length > before)
    expect(sink.links.map((one) => one.link).filter((link) => link !== 'up')).toEqual(['connecting'])
  })
})

describe('a Pi', () => {
  it('that waits for its printer is booting, and is asked again soon', async () => {
    const fake = await fakeWith()
    fake.booting = true
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'the loss', () => sink.lastLink() === 'down')
    expect(sink.links.at(-1)).toMatchObject({ cause: 'booting' })
    await untilOn(clock, 'five tries', () => fake.requests.length >= 5, 10_000)
    fake.booting = false
    await untilOn(clock, 'the link', () => sink.lastLink() === 'up', 5_000)
  })

  it('tells its cameras, and says which is plugged in', async () => {
    const fake = await fakeWith()
    fake.cameras = [{ id: 'c1', name: 'Front', connected: true }, { id: 'c2', name: 'Top', connected: false }]
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'the cameras', () => sink.observations.some((one) => one.kind === 'state' && one.state.cameras !== undefined))
    const told = sink.observations.findLast((one) => one.kind === 'state' && one.state.cameras !== undefined)
    expect(told).toMatchObject({ state: { cameras: [{ id: 'c1', name: 'Front', canSnapshot: true }, { id: 'c2', name: 'Top', canSnapshot: false }], capabilities: { snapshot: true } } })
  })
})

describe('recheck', () => {
  it('polls at once, and tries at once when the line is down', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock, connection } = connect(fake, sink)
    await untilOn(clock, 'the link', () => sink.lastLink() === 'up')
    await until('the cameras', () => fake.requests.includes('GET /api/v1/cameras'))
    const before = count(fake.requests, 'GET /api/v1/status')
    connection.recheck()
    await until('a poll without time', () => count(fake.requests, 'GET /api/v1/status') > before)
    fake.wire = 'close'
    fake.drop()
    await untilOn(clock, 'the loss', () => sink.lastLink() === 'down')
    fake.wire = null
    await until('a try without time', () => {
      connection.recheck()
      return sink.lastLink() === 'up'
    })
  })
})
