import { describe, expect, it } from 'vitest'
import { firstTime, recordingSink, untilOn } from '../support/adapter-kit.ts'
import { closeAfterEach, connect, count, fakeWith } from '../support/octoprint-rig.ts'

closeAfterEach()

/** Recording 02, at 17.465 s. */
const CURRENT = {
  state: {
    text: 'Printing', error: '',
    flags: { operational: true, printing: true, cancelling: false, pausing: false, resuming: false, finishing: false, closedOrError: false, error: false, paused: false, ready: false, sdReady: true },
  },
  job: {
    file: { name: 'lamp foot.gcode', path: 'lamp foot.gcode', display: 'lamp foot.gcode', origin: 'local', size: 1073, date: 1795332049 },
    estimatedPrintTime: null, averagePrintTime: null, lastPrintTime: null, filament: null, user: 'admin',
  },
  currentZ: 1,
  progress: { completion: 98.13606710158435, filepos: 1053, printTime: 17, printTimeLeft: 4, printTimeLeftOrigin: 'linear' },
  offsets: {},
}
/** Recording 02, GET /api/files/local/lamp foot.gcode. */
const RECORD = {
  date: 1795332049, display: 'lamp foot.gcode', gcodeAnalysis: { dimensions: { depth: 24, height: 1, width: 60 }, estimatedPrintTime: 18.244006757757983 },
  hash: '4a317810b27d9b10662b47ad59496e8a7793bf4f', name: 'lamp foot.gcode', origin: 'local', path: 'lamp foot.gcode',
  prints: { failure: 0, last: { date: 1795332067.473655, printTime: 17.6668754049997, success: true }, success: 1 },
  refs: { download: 'http://127.0.0.1:5055/downloads/files/local/lamp%20foot.gcode' }, size: 1073, type: 'machinecode', typePath: ['machinecode', 'gcode'],
}
const META = {
  hash: '4a317810b27d9b10662b47ad59496e8a7793bf4f', analysis: { dimensions: { depth: 24, height: 1, width: 60 }, estimatedPrintTime: 18.244006757757983 },
  history: [{ timestamp: 1795332067.473655, printTime: 17.6668754049997, success: true }],
}
const FILE = 'GET /api/files/local/lamp%20foot.gcode'
const NEEDED = { context: true as const }

describe('OctoPrint\'s own words for an event\'s context', () => {
  it('are those of its newest frame, with the metadata of the selected file, read once', async () => {
    const fake = await fakeWith()
    fake.files.set('lamp foot.gcode', RECORD)
    const sink = recordingSink()
    const { clock, connection } = connect(fake, sink, firstTime(NEEDED))
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.push({ current: { ...CURRENT, temps: [], logs: [], messages: [], serverTime: 1 } })
    fake.push({ current: { ...CURRENT, temps: [], logs: [], messages: [], serverTime: 2 } })
    await untilOn(clock, 'the metadata', () => connection.context?.('')?.meta != null)
    expect(connection.context?.('')).toEqual({ ...CURRENT, meta: META })
    expect(count(fake.requests, FILE)).toBe(1)
  })

  it('are asked for at once: a file record that hangs holds up no event', async () => {
    const fake = await fakeWith()
    fake.routes.set(FILE, () => undefined)
    const sink = recordingSink()
    const { clock, connection } = connect(fake, sink, firstTime(NEEDED))
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.push({ current: CURRENT })
    fake.push({ event: { type: 'PrintDone', payload: { name: 'lamp foot.gcode', path: 'lamp foot.gcode', origin: 'local', size: 1073, time: 17.6668754049997 } } })
    await untilOn(clock, 'the event', () => sink.signalTypes().includes('job_done'))
    expect(connection.context?.('')).toEqual({
      ...CURRENT, progress: { completion: 100, filepos: 1073, printTime: 17, printTimeLeft: 0, printTimeLeftOrigin: null }, meta: null,
    })
  })

  it.each([
    ['403', 403, '{"error":"no"}'],
    ['404', 404, '{"error":"gone"}'],
    ['something that is no record', 200, '[1, 2]'],
    ['more than a record can be', 200, JSON.stringify({ hash: 'x'.repeat(600_000) })],
  ])('have no metadata when the record answers %s, and the link stays up', async (_what, status, body) => {
    const fake = await fakeWith()
    fake.routes.set(FILE, (_request, response) => void response.writeHead(status, { 'Content-Type': 'application/json' }).end(body))
    const sink = recordingSink()
    const { clock, connection, ports } = connect(fake, sink, firstTime(NEEDED))
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.push({ current: CURRENT })
    await untilOn(clock, 'the failed read', () => ports.log.lines.some((line) => JSON.stringify(line).includes('metadata')))
    expect(connection.context?.('')).toEqual({ ...CURRENT, meta: null })
    expect(sink.lastLink()).toBe('up')
  })

  it('ask OctoPrint for the file\'s events, and neither for them nor for a record when nobody needs the context', async () => {
    const needing = await fakeWith()
    const plain = await fakeWith()
    for (const [fake, options] of [[needing, firstTime(NEEDED)], [plain, firstTime()]] as const) {
      fake.files.set('lamp foot.gcode', RECORD)
      const sink = recordingSink()
      const { clock, connection } = connect(fake, sink, options)
      await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
      fake.push({ current: CURRENT })
      await untilOn(clock, 'the frame', () => sink.observations.some((one) => one.kind === 'state' && one.state.job === 'printing'))
      if (fake === plain) expect(connection.context?.('')).toBeNull()
    }
    const events = (fake: typeof plain) => (fake.messages[0]?.['subscribe'] as { events: string[] }).events
    expect(events(needing)).toEqual(expect.arrayContaining(['FileSelected', 'FileDeselected', 'MetadataAnalysisFinished']))
    expect(events(plain)).not.toContain('FileSelected')
    expect(count(plain.requests, FILE)).toBe(0)
  })

  it('come by REST where the websocket is not to be had', async () => {
    const fake = await fakeWith()
    fake.websocket = 400
    fake.files.set('lamp.gcode', { name: 'lamp.gcode', path: 'lamp.gcode', origin: 'local', hash: 'ab' })
    fake.setJob('Printing', 'lamp.gcode', 42)
    const sink = recordingSink()
    const { clock, connection } = connect(fake, sink, firstTime(NEEDED))
    await untilOn(clock, 'the metadata', () => connection.context?.('')?.meta != null)
    expect(connection.context?.('')).toMatchObject({
      state: { text: 'Printing', flags: { operational: true, printing: true } },
      job: { file: { name: 'lamp.gcode', path: 'lamp.gcode', origin: 'local', size: 1000 }, user: 'tester' },
      currentZ: null, progress: { completion: 42, printTime: 5, printTimeLeft: 10 }, offsets: {}, meta: { hash: 'ab' },
    })
  })
})
