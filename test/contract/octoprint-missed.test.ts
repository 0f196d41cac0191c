import { describe, expect, it } from 'vitest'
import { firstTime, recordingSink, rememberingSink, untilOn } from '../support/adapter-kit.ts'
import { TestClock } from '../support/clock.ts'
import { closeAfterEach, connect, count, fakeWith } from '../support/octoprint-rig.ts'

const never = () => new AbortController().signal
closeAfterEach()

describe('without a websocket', () => {
  it('polls steadily, then goes back to push, and the link never drops', async () => {
    const fake = await fakeWith()
    fake.websocket = 426
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(sink.order.slice(0, 3)).toEqual(['link connecting', 'link up', 'full state'])
    fake.setJob('Printing', 'poll.gcode', 12)
    await untilOn(clock, 'printing', () => sink.observations.some((one) => one.kind === 'state' && one.state.job === 'printing'))
    const asked = count(fake.requests, 'GET /api/job')
    const from = clock.now()
    await untilOn(clock, '20 s', () => clock.now() - from > 20_000)
    const rounds = count(fake.requests, 'GET /api/job') - asked
    expect(rounds).toBeGreaterThanOrEqual(7)
    expect(rounds).toBeLessThanOrEqual(11)
    fake.websocket = 'ok'
    await untilOn(clock, 'push', () => fake.messages.some((one) => 'auth' in one))
    await untilOn(clock, 'second full state', () => count(sink.order, 'full state') === 2)
    expect(sink.links.slice(1).every((one) => one.link === 'up')).toBe(true)
    const polls = count(fake.requests, 'GET /api/job')
    await clock.advance(10_000)
    expect(count(fake.requests, 'GET /api/job')).toBe(polls)
  }, 60_000)

  it('never runs two rounds at once, however slow the server', async () => {
    const fake = await fakeWith()
    fake.websocket = 502
    let running = 0
    let most = 0
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.routes.set('GET /api/job', (_request, response) => {
      running++
      most = Math.max(most, running)
      setTimeout(() => {
        running--
        response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"state":"Operational","job":{},"progress":{}}')
      }, 100)
    })
    const from = clock.now()
    await untilOn(clock, '20 s', () => clock.now() - from > 20_000)
    expect(most).toBe(1)
  })

  it('looks into the file\'s record when a job ends between two rounds, and tells it before the empty state', async () => {
    const fake = await fakeWith()
    fake.websocket = 426
    const sink = recordingSink()
    const file = { name: 'poll.gcode', path: 'poll.gcode', origin: 'local', size: 1000 }
    const clock = new TestClock()
    const began = clock.now()
    const { clock: time } = connect(fake, sink, { ...firstTime(), remembered: { lastSeenAt: () => clock.now(), activeJob: () => (sink.observations.some((one) => one.kind === 'state' && one.state.job === 'printing') ? { file, startedAt: began, jobId: null } : null) } })
    await untilOn(time, 'link up', () => sink.lastLink() === 'up')
    fake.setJob('Printing', 'poll.gcode', 12)
    await untilOn(time, 'printing', () => sink.observations.some((one) => one.kind === 'state' && one.state.job === 'printing'))
    fake.files.set('poll.gcode', { name: 'poll.gcode', path: 'poll.gcode', origin: 'local', size: 1000, prints: { success: 0, failure: 1, last: { date: Date.now() / 1000 + 3600, success: false, printTime: 20 } } })
    fake.setJob('Operational', null)
    await untilOn(time, 'the outcome', () => sink.observations.some((one) => one.kind === 'signal' && one.signal.type === 'outcome'))
    const at = sink.observations.findIndex((one) => one.kind === 'signal' && one.signal.type === 'outcome')
    expect(sink.observations[at]).toMatchObject({ signal: { success: false, file: { path: 'poll.gcode' } } })
    const lastPrinting = sink.observations.findLastIndex((one) => one.kind === 'state' && one.state.job === 'printing')
    expect(sink.observations.slice(lastPrinting + 1, at).filter((one) => one.kind === 'state' && one.state.job === 'none')).toEqual([])
  })

  it('becomes auth_failed, not refused, when the key is revoked while it polls', async () => {
    const fake = await fakeWith()
    fake.websocket = 404
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.keys.clear()
    await untilOn(clock, 'link not up', () => sink.lastLink() !== 'up')
    expect(sink.lastLink()).toBe('auth_failed')
  })

  it('polls for a user whose name holds a colon, because the socket can never take it', async () => {
    const fake = await fakeWith()
    fake.routes.set('POST /api/login', (_request, response) => void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"name":"a:b","session":"s"}'))
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(fake.requests).toContain('GET /api/job')
    expect(fake.messages.some((one) => 'auth' in one)).toBe(false)
  })

  it('polls too where the socket opens and stays mute', async () => {
    const fake = await fakeWith()
    fake.websocket = 'mute'
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(fake.requests).toContain('GET /api/job')
  })

  it('tells the printer that is off from the server that is', async () => {
    const fake = await fakeWith()
    fake.websocket = 404
    fake.setJob('Offline')
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(sink.observations[0]).toMatchObject({ kind: 'state', full: true, state: { device: 'off', job: 'none' } })
  })
})

describe('what was missed', () => {
  const file = { name: 'a.gcode', path: 'dir/a.gcode', origin: 'local', size: 10 }
  const record = (path: string, last: Record<string, unknown>) => ({ name: path, path, origin: 'local', size: 10, prints: { success: 1, failure: 0, last } })

  it('asks nothing and tells nothing at the very first sight', async () => {
    const fake = await fakeWith()
    fake.files.set('a.gcode', record('a.gcode', { date: Date.now() / 1000, success: true, printTime: 5 }))
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(sink.signalTypes()).not.toContain('outcome')
    expect(fake.requests).not.toContain('GET /api/files')
  })

  it('tells outcomes in the order of their ends, before the link is up and before the first full state', async () => {
    const fake = await fakeWith()
    const now = Date.now()
    const seen = now - 600_000
    fake.files.set('b.gcode', record('b.gcode', { date: (now - 100_000) / 1000, success: false }))
    fake.files.set('dir/a.gcode', record('dir/a.gcode', { date: (now - 300_000) / 1000, success: true, printTime: 123.5 }))
    fake.files.set('old.gcode', record('old.gcode', { date: (seen - 50_000) / 1000, success: true, printTime: 9 }))
    const sink = rememberingSink({ lastSeenAt: seen, job: { file, startedAt: seen - 1_000_000, jobId: null } })
    const { clock } = connect(fake, sink, sink.options())
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(sink.order.filter((one) => one === 'outcome' || one === 'link up' || one === 'full state').slice(0, 4)).toEqual(['outcome', 'outcome', 'link up', 'full state'])
    const outcomes = sink.signals().filter((one) => one.type === 'outcome')
    expect(outcomes.map((one) => [one.file.path, one.success, one.printTime])).toEqual([['dir/a.gcode', true, 123.5], ['b.gcode', false, null]])
    // The Date header counts whole seconds.
    expect(Math.abs((outcomes[0]?.endedAt ?? 0) - (now - 300_000))).toBeLessThan(2_500)
  })

  it('does not take an earlier print of the same file for the remembered one', async () => {
    const fake = await fakeWith()
    const now = Date.now()
    fake.files.set('dir/a.gcode', record('dir/a.gcode', { date: (now - 500_000) / 1000, success: true, printTime: 50 }))
    fake.temps = [{ time: now / 1000 - 1_000 }]
    const sink = rememberingSink({ lastSeenAt: now - 200_000, job: { file, startedAt: now - 400_000, jobId: null } })
    const { clock } = connect(fake, sink, sink.options())
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(sink.signals().filter((one) => one.type === 'outcome')).toEqual([{ type: 'outcome', file, success: null, endedAt: null, printTime: null, restarted: false, text: 'OctoPrint has no record of how the print ended.' }])
  })

  it('measures the difference of the clocks: a server an hour ahead ends its prints at our time', async () => {
    const fake = await fakeWith()
    const now = Date.now()
    const hour = 3_600_000
    fake.routes.set('GET /api/version', (_request, response) => void response.writeHead(200, { 'Content-Type': 'application/json', Date: new Date(now + hour).toUTCString() }).end('{"server":"1.11.8","text":"OctoPrint 1.11.8"}'))
    fake.files.set('dir/a.gcode', record('dir/a.gcode', { date: (now + hour - 100_000) / 1000, success: true, printTime: 50 }))
    // By the server's own clock this one ended after we looked; by ours it is old news.
    fake.files.set('old.gcode', record('old.gcode', { date: (now + hour - 900_000) / 1000, success: true, printTime: 9 }))
    const sink = rememberingSink({ lastSeenAt: now - 600_000, job: { file, startedAt: now - 700_000, jobId: null } })
    const { clock } = connect(fake, sink, sink.options())
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    const outcomes = sink.signals().filter((one) => one.type === 'outcome')
    expect(outcomes.map((one) => one.file.path)).toEqual(['dir/a.gcode'])
    expect(Math.abs((outcomes[0]?.endedAt ?? 0) - (now - 100_000))).toBeLessThan(3_000)
  })

  it('takes a run of the same file that goes on for the same job, and a newer record for its end', async () => {
    const now = Date.now()
    const memory = () => ({ lastSeenAt: now - 60_000, job: { file, startedAt: now - 300_000, jobId: null } })
    const fake = await fakeWith()
    fake.setJob('Printing', 'dir/a.gcode', 50)
    fake.temps = [{ time: now / 1000 - 200 }]
    fake.files.set('dir/a.gcode', record('dir/a.gcode', { date: (now - 400_000) / 1000, success: true, printTime: 50 }))
    const same = rememberingSink(memory())
    const first = connect(fake, same, same.options())
    await untilOn(first.clock, 'link up', () => same.lastLink() === 'up')
    expect(same.signalTypes()).not.toContain('outcome')
    fake.files.set('dir/a.gcode', record('dir/a.gcode', { date: (now - 30_000) / 1000, success: true, printTime: 250 }))
    const again = rememberingSink(memory())
    const second = connect(fake, again, again.options())
    await untilOn(second.clock, 'link up', () => again.lastLink() === 'up')
    expect(again.signals().filter((one) => one.type === 'outcome')).toMatchObject([{ success: true, printTime: 250 }])
  })

  it('says that the server was restarted when its memory begins after our last sight', async () => {
    const fake = await fakeWith()
    const now = Date.now()
    fake.temps = [{ time: now / 1000 - 30 }]
    fake.files.set('dir/a.gcode', { name: 'a.gcode', path: 'dir/a.gcode', origin: 'local' })
    const sink = rememberingSink({ lastSeenAt: now - 120_000, job: { file, startedAt: now - 300_000, jobId: null } })
    const { clock } = connect(fake, sink, sink.options())
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(sink.signals().filter((one) => one.type === 'outcome')).toMatchObject([{ success: null, restarted: true }])
  })

  it('proves by its old session that the server was not restarted', async () => {
    const fake = await fakeWith()
    const sink = rememberingSink()
    const { clock } = connect(fake, sink, sink.options())
    fake.setJob('Printing', 'dir/a.gcode', 50)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    sink.memory.job = { file, startedAt: clock.now() - 10_000, jobId: null }
    fake.setJob('Operational')
    for (const socket of fake.sockets) socket.terminate()
    await untilOn(clock, 'an outcome', () => sink.signalTypes().includes('outcome'))
    expect(sink.signals().find((one) => one.type === 'outcome')).toMatchObject({ success: null, restarted: false })
    expect(count(fake.requests, 'POST /api/login')).toBe(1)
  })

  it('says so when the key may not read files', async () => {
    const fake = await fakeWith({ permissions: ['STATUS'] })
    const forbid = (_request: unknown, response: import('node:http').ServerResponse) => void response.writeHead(403, { 'Content-Type': 'application/json' }).end('{"error":"no"}')
    fake.routes.set('GET /api/files', forbid)
    fake.routes.set('GET /api/files/local/dir/a.gcode', forbid)
    const now = Date.now()
    fake.temps = [{ time: now / 1000 - 500 }]
    const sink = rememberingSink({ lastSeenAt: now - 120_000, job: { file, startedAt: now - 300_000, jobId: null } })
    const { clock } = connect(fake, sink, sink.options())
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(sink.signals().filter((one) => one.type === 'outcome')).toMatchObject([{ success: null, text: expect.stringContaining('FILES_LIST') as string }])
  })
})

describe('a server that was switched off over night, met after its boot and with no job', () => {
  const minute = (at: number) => ({ time: at / 1000 })
  const mark = (at: number) => ({ type: 'connected', label: 'Connected', time: at / 1000 })
  async function night(evening: { temps: boolean; markings: boolean }, morning: { temps: boolean; markings: boolean }): Promise<string[]> {
    const fake = await fakeWith()
    const sink = rememberingSink()
    const now = Date.now()
    fake.temps = evening.temps ? [minute(now - 60_000)] : []
    fake.markings = evening.markings ? [mark(now - 60_000)] : []
    const { clock } = connect(fake, sink, sink.options({ natives: new Set(['Startup', 'Shutdown']) }))
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.wire = 'close'
    fake.drop()
    await untilOn(clock, 'link down', () => sink.lastLink() === 'down')
    const hours = 10 * 3_600_000
    clock.jump(hours)
    fake.forgetSessions()
    fake.temps = morning.temps ? [minute(now + hours - 120_000)] : []
    fake.markings = morning.markings ? [mark(now + hours - 120_000)] : []
    fake.wire = null
    await untilOn(clock, 'link up again', () => sink.lastLink() === 'up')
    await untilOn(clock, 'full state', () => count(sink.order, 'full state') === 2)
    return sink.observations.flatMap((one) => (one.kind === 'signal' && one.native?.synthesised ? [one.native.name] : []))
  }

  it.each([
    ['temperatures', { temps: true, markings: false }],
    ['chart markings', { temps: false, markings: true }],
  ])('is known as a new process when it had %s and remembers nothing now', async (_what, evening) => {
    expect(await night(evening, { temps: false, markings: false })).toEqual(['Shutdown', 'Startup'])
  })

  it.each([
    // A printer that was switched off and on again leaves the same young memory in the old process.
    ['its memory is only young', { temps: true, markings: true }, { temps: true, markings: true }],
    ['it never remembered anything', { temps: false, markings: false }, { temps: false, markings: false }],
  ])('is taken for the same when %s', async (_what, evening, morning) => {
    expect(await night(evening, morning)).toEqual([])
  })
})

describe('commands', () => {
  it.each([
    [403, '{"error":"no"}', 'forbidden', 'PRINT'],
    [409, '{"error":"Printer is not operational"}', 'refused', 'Printer is not operational'],
    [400, '{"error":"CSRF validation failed"}', 'forbidden', 'does not accept the API key'],
    [502, '<html></html>', 'unreachable', 'starting'],
    [500, 'oops', 'refused', '500'],
    [204, '', 'accepted', 'cancel'],
  ] as const)('answers status %i %s with %s', async (status, body, result, said) => {
    const fake = await fakeWith()
    fake.routes.set('POST /api/job', (_request, response) => void response.writeHead(status, { 'Content-Type': 'application/json' }).end(body))
    const { connection } = connect(fake, recordingSink())
    const answer = await connection.command('printer', { name: 'cancel' }, never())
    expect(answer.result).toBe(result)
    expect(answer.detail).toContain(said)
  })

  it('is unreachable where nothing answers', async () => {
    const fake = await fakeWith()
    fake.wire = 'close'
    const { connection } = connect(fake, recordingSink())
    expect((await connection.command('printer', { name: 'pause' }, never())).result).toBe('unreachable')
  })
})
