import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Connection, ConnectOptions, PairStep, Sink } from '../../electron/engine/printers/adapter.ts'
import { octoprint } from '../../electron/engine/printers/octoprint/index.ts'
import { firstTime, recordingSink, rememberingSink, serverConfig, testPorts, until } from '../support/adapter-kit.ts'
import { gcodeOf, octoprintMissing, startOctoPrint, TEST_JPEG, type OctoPrintServer } from '../support/octoprint-server.ts'

const missing = octoprintMissing()
const because = missing === null ? '' : ` (skipped: ${missing})`

const open: { stop: AbortController; connection: Connection }[] = []
function connect(url: string, apiKey: string, sink: Sink, options: ConnectOptions = firstTime()): { stop: AbortController; connection: Connection } {
  const stop = new AbortController()
  const one = { stop, connection: octoprint.connect(serverConfig('octoprint', { url }, { apiKey }), sink, stop.signal, testPorts(), options) }
  open.push(one)
  return one
}
afterEach(async () => {
  for (const { stop, connection } of open.splice(0)) {
    stop.abort()
    await connection.closed
  }
})
const never = () => new AbortController().signal

describe.skipIf(missing !== null)(`the OctoPrint adapter against a real server${because}`, () => {
  let server: OctoPrintServer
  beforeAll(async () => {
    server = await startOctoPrint({ camera: { flipH: true, rotate90: true } })
  })
  afterAll(async () => {
    await server?.close()
  })

  it.each(['adminKey', 'viewerKey'] as const)('sees a print from start to done with the %s', async (which) => {
    const sink = recordingSink()
    connect(server.url, server[which], sink)
    await until('link up', () => sink.lastLink() === 'up')
    expect(sink.order.slice(0, 3)).toEqual(['link connecting', 'link up', 'full state'])
    await server.print(`done-${which}.gcode`, gcodeOf(2))
    await until('job done', () => sink.signalTypes().includes('job_done'))
    expect(sink.signalTypes()).toEqual(['job_started', 'job_done'])
    expect(sink.signals().find((one) => one.type === 'job_started')).toMatchObject({ file: { name: `done-${which}.gcode`, path: `done-${which}.gcode`, origin: 'local' }, user: 'admin' })
    await server.waitFor('Operational')
  })

  it('says what the key may do and which cameras there are', async () => {
    const sink = recordingSink()
    connect(server.url, server.viewerKey, sink)
    const told = () => sink.observations.flatMap((one) => (one.kind === 'state' && one.state.cameras ? [one.state] : [])).at(-1)
    await until('cameras', () => told() !== undefined)
    expect(told()).toMatchObject({
      capabilities: { pause: false, resume: false, cancel: false, gcode: false, answer: false, snapshot: true },
      cameras: [{ id: 'classic', name: 'Classic Webcam', canSnapshot: true }],
    })
  })

  it('reports auth_failed for a wrong key and no state', async () => {
    const sink = recordingSink()
    connect(server.url, 'WRONG-KEY-0123456789', sink)
    await until('auth failed', () => sink.lastLink() === 'auth_failed')
    expect(sink.observations).toEqual([])
    expect(sink.links.at(-1)?.detail).toMatch(/does not accept the API key/)
    expect(JSON.stringify(sink.links)).not.toContain('WRONG-KEY')
  })

  it('names PRINT and CONTROL when the key may only look', async () => {
    const sink = recordingSink()
    const { connection } = connect(server.url, server.viewerKey, sink)
    await until('link up', () => sink.lastLink() === 'up')
    await expect(connection.command('printer', { name: 'cancel' }, never())).resolves.toEqual({ result: 'forbidden', detail: expect.stringContaining('PRINT') as string })
    await expect(connection.command('printer', { name: 'gcode', lines: ['M117 hi'] }, never())).resolves.toEqual({ result: 'forbidden', detail: expect.stringContaining('CONTROL') as string })
    await expect(connection.command('printer', { name: 'answer', choice: 0 }, never())).resolves.toEqual({ result: 'forbidden', detail: expect.stringContaining('PLUGIN_ACTION_COMMAND_PROMPT_INTERACT') as string })
  })

  it('pauses, resumes and cancels, and refuses to cancel what is not there', async () => {
    const sink = recordingSink()
    const { connection } = connect(server.url, server.adminKey, sink)
    await until('link up', () => sink.lastLink() === 'up')
    await expect(connection.command('printer', { name: 'cancel' }, never())).resolves.toMatchObject({ result: 'refused' })
    await server.print('commands.gcode', gcodeOf(20))
    await until('started', () => sink.signalTypes().includes('job_started'))
    await server.waitFor('Printing')
    await expect(connection.command('printer', { name: 'pause' }, never())).resolves.toMatchObject({ result: 'accepted' })
    await until('paused', () => sink.signalTypes().includes('job_paused'))
    await server.waitFor('Paused')
    await expect(connection.command('printer', { name: 'resume' }, never())).resolves.toMatchObject({ result: 'accepted' })
    await until('resumed', () => sink.signalTypes().includes('job_resumed'))
    await server.waitFor('Printing')
    await expect(connection.command('printer', { name: 'cancel' }, never())).resolves.toMatchObject({ result: 'accepted' })
    await until('cancelled', () => sink.signalTypes().includes('job_failed'))
    expect(sink.signalTypes().filter((type) => type !== 'attention_cleared')).toEqual(['job_started', 'job_paused', 'job_resumed', 'job_cancelling', 'job_cancelled', 'job_failed'])
    await server.waitFor('Operational')
  })

  it('answers the prompt of a filament change', async () => {
    await server.api('POST', '/api/settings', { plugins: { virtual_printer: { sendBusy: true } } })
    await server.api('POST', '/api/connection', { command: 'disconnect' })
    await server.api('POST', '/api/connection', { command: 'connect', port: 'VIRTUAL', baudrate: 115200 })
    await server.waitFor('Operational')
    const sink = recordingSink()
    const { connection } = connect(server.url, server.adminKey, sink)
    await until('link up', () => sink.lastLink() === 'up')
    await server.print('change.gcode', ['G28', 'G1 X10 F6000', 'G4 P300', 'M600', 'G4 P300', 'G1 X20', ''].join('\n'))
    const prompt = () => sink.signals().find((one) => one.type === 'attention' && (one.choices?.length ?? 0) > 0)
    await until('the prompt', () => prompt() !== undefined, 30_000)
    await expect(connection.command('printer', { name: 'answer', choice: 7 }, never())).resolves.toMatchObject({ result: 'refused' })
    await expect(connection.command('printer', { name: 'answer', choice: 0 }, never())).resolves.toMatchObject({ result: 'accepted' })
    await server.waitFor('Paused', 30_000)
    await expect(connection.command('printer', { name: 'resume' }, never())).resolves.toMatchObject({ result: 'accepted' })
    await until('done', () => sink.signalTypes().includes('job_done'), 30_000)
    await server.api('POST', '/api/settings', { plugins: { virtual_printer: { sendBusy: false } } })
    await server.api('POST', '/api/connection', { command: 'disconnect' })
    await server.api('POST', '/api/connection', { command: 'connect', port: 'VIRTUAL', baudrate: 115200 })
    await server.waitFor('Operational')
  })

  it('fetches the still unchanged and turns rotate90 into 270 degrees clockwise', async () => {
    const sink = recordingSink()
    const { connection } = connect(server.url, server.viewerKey, sink)
    const picture = await connection.snapshot('printer', null, AbortSignal.timeout(5_000))
    expect(Buffer.from(picture.bytes).equals(TEST_JPEG)).toBe(true)
    expect(picture.orientation).toEqual({ flipH: true, flipV: false, rotate: 270 })
  })

  it('re-reads the cameras when the settings change, and says that a page is no picture', async () => {
    const sink = recordingSink()
    const { connection } = connect(server.url, server.viewerKey, sink)
    await until('link up', () => sink.lastLink() === 'up')
    await connection.snapshot('printer', null, AbortSignal.timeout(5_000))
    await server.api('POST', '/api/settings', { plugins: { classicwebcam: { snapshot: `${server.camera?.url}/html`, stream: '' } } })
    await expect(until('the new settings', async () => connection.snapshot('printer', null, AbortSignal.timeout(5_000)).then(() => false, () => true))).resolves.toBeUndefined()
    await expect(connection.snapshot('printer', null, AbortSignal.timeout(5_000))).rejects.toMatchObject({ name: 'NoPicture' })
    await server.api('POST', '/api/settings', { plugins: { classicwebcam: { snapshot: `${server.camera?.url}/snap.jpg`, stream: `${server.camera?.url}/stream` } } })
  })

  it('survives a changed user: the burst of reauthRequired costs one login and the link stays up', async () => {
    const sink = recordingSink()
    connect(server.url, server.viewerKey, sink)
    await until('link up', () => sink.lastLink() === 'up')
    const fulls = () => sink.order.filter((one) => one === 'full state').length
    const before = fulls()
    await server.api('PUT', '/api/access/users/viewer', { active: true, admin: false, groups: ['readonly', 'users'], permissions: [] })
    await until('state read again', () => fulls() === before + 1)
    expect(sink.links.map((one) => one.link).filter((link) => link !== 'connecting' && link !== 'up')).toEqual([])
    expect(sink.observations.findLast((one) => one.kind === 'state' && one.full)).toMatchObject({ state: { capabilities: { pause: true, cancel: true } } })
    await server.print('after-reauth.gcode', gcodeOf(1))
    await until('events still come', () => sink.signalTypes().includes('job_done'))
    await server.api('PUT', '/api/access/users/viewer', { active: true, admin: false, groups: ['readonly'], permissions: [] })
  })

  it('tests a good connection: version, permissions, source and camera', async () => {
    const tested = await octoprint.test(serverConfig('octoprint', { url: `${server.url}/login/?redirect=/` }, { apiKey: server.viewerKey }), testPorts(), never())
    expect(tested).toMatchObject({ cause: 'ok', version: '1.11.8', fingerprint: null, sources: [{ sourceId: 'printer', name: '127.0.0.1' }], camera: { ok: true } })
    expect(tested.permissions).toContain('STATUS')
    expect(tested.permissions).not.toContain('PRINT')
  })

  it.each([
    ['a wrong key', { apiKey: 'WRONG-KEY-0123456789' }, '', 'key_invalid'],
    ['no key', {}, '', 'key_missing'],
    ['a prefix that is not there', { apiKey: 'x' }, '/octoprint', 'wrong_prefix'],
  ])('tests a connection with %s', async (_what, secrets: Record<string, string>, path, cause) => {
    const tested = await octoprint.test(serverConfig('octoprint', { url: server.url + path }, secrets), testPorts(), never())
    expect(tested.cause).toBe(cause)
    if (cause === 'wrong_prefix') expect(tested.detail).toContain(`${server.url}.`)
  })

  it('pairs while an admin confirms, and gives the key back', async () => {
    const config = serverConfig('octoprint', { url: server.url })
    const steps: PairStep[] = []
    for await (const step of octoprint.pair?.(config, testPorts(), never()) ?? []) {
      steps.push(step)
      if (step.step === 'confirm') await decide(server, true)
    }
    expect(steps.map((one) => one.step)).toEqual(['confirm', 'done'])
    expect(steps[0]).toMatchObject({ url: expect.stringContaining(`${server.url}/plugin/appkeys/auth/`) as string })
    const done = steps[1]
    if (done?.step !== 'done') throw new Error('no key')
    const key = done.secrets['apiKey']?.reveal() ?? ''
    expect(JSON.stringify(steps)).not.toContain(key)
    const paired = serverConfig('octoprint', { url: server.url }, { apiKey: key })
    expect((await octoprint.test(paired, testPorts(), never())).cause).toBe('ok')
    expect(await octoprint.unpair?.(paired, testPorts(), never())).toMatchObject({ revoked: true })
    expect((await octoprint.test(paired, testPorts(), never())).cause).toBe('key_invalid')
  })

  it('tells a denied pairing from others', async () => {
    const steps: PairStep[] = []
    for await (const step of octoprint.pair?.(serverConfig('octoprint', { url: server.url }), testPorts(), never()) ?? []) {
      steps.push(step)
      if (step.step === 'confirm') await decide(server, false)
    }
    expect(steps.at(-1)).toMatchObject({ step: 'failed', cause: 'denied' })
  })

  it('leaves a key alone that Printbell did not make', async () => {
    expect(await octoprint.unpair?.(serverConfig('octoprint', { url: server.url }, { apiKey: server.viewerKey }), testPorts(), never())).toMatchObject({ revoked: false })
    expect((await octoprint.test(serverConfig('octoprint', { url: server.url }, { apiKey: server.viewerKey }), testPorts(), never())).cause).toBe('ok')
  })
})

async function decide(server: OctoPrintServer, decision: boolean): Promise<void> {
  const { body } = await server.api('GET', '/api/plugin/appkeys')
  const [token] = Object.keys((body as { pending: Record<string, unknown> }).pending)
  const answer = await server.api('POST', `/plugin/appkeys/decision/${token}`, { decision })
  if (answer.status !== 204) throw new Error(`decision: ${answer.status}`)
}

describe.skipIf(missing !== null)(`what happened while nobody looked, on a real server${because}`, () => {
  let server: OctoPrintServer
  beforeAll(async () => {
    server = await startOctoPrint({ camera: false })
  })
  afterAll(async () => {
    await server?.close()
  })

  it.each(['stop', 'kill'] as const)('a %s of the server in the middle of a print leaves no result, and says so', async (how) => {
    const sink = rememberingSink()
    connect(server.url, server.viewerKey, sink, sink.options({ natives: new Set(['Startup', 'Shutdown']) }))
    await until('link up', () => sink.lastLink() === 'up')
    await server.print(`${how}.gcode`, gcodeOf(60))
    await until('printing', () => sink.memory.job !== null && sink.signalTypes().includes('job_started'))
    await server[how]()
    await until('link down', () => sink.lastLink() === 'down')
    await server.start(false)
    await until('link up again', () => sink.lastLink() === 'up', 60_000)
    const outcomes = sink.signals().filter((one) => one.type === 'outcome')
    expect(outcomes).toEqual([{ type: 'outcome', file: { name: `${how}.gcode`, path: `${how}.gcode`, origin: 'local', size: expect.any(Number) as number }, success: null, endedAt: null, printTime: null, restarted: true, text: expect.stringContaining('restarted') as string }])
    expect(sink.order.lastIndexOf('outcome')).toBeLessThan(sink.order.lastIndexOf('full state'))
    expect(sink.observations.flatMap((one) => (one.kind === 'signal' && one.native?.synthesised ? [one.native.name] : []))).toEqual(['Shutdown', 'Startup'])
    expect(sink.links.some((one) => one.link === 'auth_failed' || one.link === 'refused')).toBe(false)
    await server.ready()
  })

  it('finds how the remembered print ended while the engine was off', async () => {
    const sink = rememberingSink()
    const first = connect(server.url, server.viewerKey, sink, sink.options())
    await until('link up', () => sink.lastLink() === 'up')
    await server.print('away.gcode', gcodeOf(3))
    await until('printing', () => sink.memory.job !== null && sink.signalTypes().includes('job_started'))
    first.stop.abort()
    await first.connection.closed
    await server.waitFor('Operational')
    const later = rememberingSink(sink.memory)
    connect(server.url, server.viewerKey, later, later.options())
    await until('link up', () => later.lastLink() === 'up')
    const outcome = later.signals().find((one) => one.type === 'outcome')
    expect(outcome).toMatchObject({ file: { path: 'away.gcode' }, success: true, restarted: false })
    if (outcome?.type !== 'outcome') throw new Error('no outcome')
    expect(Math.abs((outcome.endedAt ?? 0) - Date.now())).toBeLessThan(15_000)
    expect(outcome.printTime ?? 0).toBeGreaterThan(2)
    expect(later.order.filter((one) => one === 'outcome' || one === 'link up' || one === 'full state').slice(0, 3)).toEqual(['outcome', 'link up', 'full state'])
  })

  it('goes on with the same job when it still runs', async () => {
    const sink = rememberingSink()
    const first = connect(server.url, server.viewerKey, sink, sink.options())
    await until('link up', () => sink.lastLink() === 'up')
    await server.print('still.gcode', gcodeOf(30))
    await until('printing', () => sink.memory.job !== null && sink.signalTypes().includes('job_started'))
    first.stop.abort()
    await first.connection.closed
    const later = rememberingSink(sink.memory)
    connect(server.url, server.viewerKey, later, later.options())
    await until('link up', () => later.lastLink() === 'up')
    expect(later.signalTypes()).not.toContain('outcome')
    await server.api('POST', '/api/job', { command: 'cancel' })
    await server.waitFor('Operational')
  })

  it('finds a print that began and ended unseen, and a cancelled one only as without success', async () => {
    const sink = rememberingSink()
    const first = connect(server.url, server.viewerKey, sink, sink.options())
    await until('link up', () => sink.lastLink() === 'up')
    first.stop.abort()
    await first.connection.closed
    await server.print('unseen.gcode', gcodeOf(3))
    await server.waitFor('Operational')
    await server.print('unseen-cancel.gcode', gcodeOf(30))
    await server.waitFor('Printing')
    await server.api('POST', '/api/job', { command: 'cancel' })
    await server.waitFor('Operational')
    await until('the gap is long enough', () => Date.now() - (sink.memory.lastSeenAt ?? 0) > 5_100)
    const later = rememberingSink(sink.memory)
    connect(server.url, server.viewerKey, later, later.options())
    await until('link up', () => later.lastLink() === 'up')
    expect(later.signals().filter((one) => one.type === 'outcome').map((one) => [one.file.path, one.success])).toEqual([['unseen.gcode', true], ['unseen-cancel.gcode', false]])
  })
})
