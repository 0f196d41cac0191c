import { describe, expect, it } from 'vitest'
import { engineRigs, type Rig } from '../../test/support/engine-rig.ts'
import type { LinkObservation, Signal, StateReport } from './events/model.ts'

const FILE = { name: 'lamp.gcode', path: 'lamp.gcode', origin: 'local', size: 1_000 }
const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1).padStart(2, '0'))
const PHONE = { id: 'phone', label: 'Phone', channel: 'hook', events: ['*'] }
const DESK = { id: 'desk', label: 'Desk', channel: 'toast' }
/** Each printer has a server of its own. */
const farm = (count: number, over: object = {}): object => ({
  version: 1, thresholds: { linkStale: 1_200 }, destinations: [PHONE],
  printers: numbers(count).map((n) => ({ id: `p${n}`, name: `P${n}`, server: { kind: 'fake', id: `s${n}`, url: `http://p${n}` } })), ...over,
})
/** Five printers of one server. */
const workshop = (over: object = {}): object => ({
  version: 1, thresholds: { linkStale: 1_200 }, destinations: [PHONE], servers: [{ id: 'workshop', kind: 'fake', url: 'http://workshop' }],
  printers: numbers(5).map((n) => ({ id: `p${n}`, name: `P${n}`, sources: [{ server: 'workshop', sourceId: `s${n}` }] })), ...over,
})

const { start, kill } = engineRigs({ settings: farm(20) })

const sourceOf = (rig: Rig, n: string): { server: string; sourceId: string } => (rig.connected.has('workshop') ? { server: 'workshop', sourceId: `s${n}` } : { server: `s${n}`, sourceId: 'x' })
function state(rig: Rig, n: string, report: StateReport, full = false): void {
  const { server, sourceId } = sourceOf(rig, n)
  rig.server(server).sink.observe({ kind: 'state', sourceId, at: rig.clock.now(), full, state: report })
}
function signal(rig: Rig, n: string, told: Signal): void {
  const { server, sourceId } = sourceOf(rig, n)
  rig.server(server).sink.observe({ kind: 'signal', sourceId, at: rig.clock.now(), signal: told })
}
function link(rig: Rig, server: string, name: LinkObservation['link'], cause: string | null = null): void {
  rig.server(server).sink.link({ kind: 'link', at: rig.clock.now(), link: name, cause, detail: null })
}

/** All of them print for a minute, and what was told of that is over. */
async function allPrint(rig: Rig): Promise<string[]> {
  const all = numbers(rig.engine.printers().length)
  for (const server of rig.connected.keys()) link(rig, server, 'up')
  for (const n of all) state(rig, n, { device: 'ready', job: 'none', file: null }, true)
  await rig.clock.advance(1_000)
  for (const n of all) {
    signal(rig, n, { type: 'job_started', file: FILE, user: 'ann' })
    state(rig, n, { job: 'printing', file: FILE, progress: 0 })
  }
  await rig.clock.advance(60_000)
  rig.sent.length = 0
  return all
}

const isDone = (rig: Rig, n: string): void => {
  signal(rig, n, { type: 'job_done', file: FILE, printTime: 60 })
  state(rig, n, { job: 'none', file: null })
}
const told = (rig: Rig): string[] => rig.sent.map(({ destinationId, sending: { message, update } }) => `${destinationId}: ${message.title}${update ? ' (changed)' : ''}`)
const decided = (rig: Rig, type: 'job.done' | 'link.lost' | 'link.up' | 'camera.lost' | 'camera.up', destinationId = 'phone'): string[] => rig.history.events({ types: [type] }).reverse()
  .map(({ id, printerId }) => `${printerId} ${rig.history.decisions(id).filter((one) => one.destinationId === destinationId).map(({ decision, stage }) => `${decision} ${stage}`).join(', ')}`)

/** One each quarter of a second. */
async function doneOneByOne(rig: Rig, all: readonly string[]): Promise<void> {
  for (const n of all) {
    isDone(rig, n)
    await rig.clock.advance(250)
  }
}

describe('no notification storm: twenty printers that are done within five seconds', () => {
  it('no storm: are two messages on a phone, the first at once, the others ten seconds after it', async () => {
    const rig = await start()
    const all = await allPrint(rig)
    await doneOneByOne(rig, all)
    await rig.clock.advance(4_990)
    expect(told(rig)).toEqual(['phone: P01: print done'])
    await rig.clock.advance(10)
    expect(told(rig)).toEqual(['phone: P01: print done', 'phone: 19 printers: print done'])
    expect(rig.sent[1]?.sending.message.body).toBe('P02, P03, P04, P05, P06, P07, P08, P09, P10, P11, P12, P13, P14, P15, P16, P17 and 3 more.')
    expect(decided(rig, 'job.done').slice(0, 3)).toEqual(['p01 deliver deliver', 'p02 hold grouped', 'p03 hold grouped'])
    await rig.clock.advance(600_000)
    expect(rig.sent).toHaveLength(2)
    expect(rig.history.outbox({ states: ['waiting', 'held', 'leased'] })).toEqual([])
  })

  it('no storm: are one message where it can change, and one toast', async () => {
    const rig = await start({ settings: farm(20, { destinations: [DESK, { ...PHONE, events: ['job.done'] }] }), capabilities: { canUpdate: true } })
    const all = await allPrint(rig)
    await doneOneByOne(rig, all)
    await rig.clock.advance(20_000)
    expect(told(rig)).toEqual(['desk: P01: print done', 'phone: P01: print done', 'desk: 20 printers: print done (changed)', 'phone: 20 printers: print done (changed)'])
    const [first, , changed] = rig.sent.map(({ sending }) => sending)
    expect([changed?.deliveryKey, changed?.message.threadKey]).toEqual([first?.deliveryKey, first?.message.threadKey])
    expect(rig.history.outbox({}).filter(({ state: now }) => now !== 'delivered')).toEqual([])
  })

  it('are a second message where the first can no longer be changed', async () => {
    const rig = await start({ settings: farm(3), capabilities: { canUpdate: true } }, ({ world }) => {
      world.send.phone = async ({ update }) => ({ result: 'delivered', detail: '', ...(update ? { unchanged: true as const } : {}) })
    })
    const all = await allPrint(rig)
    await doneOneByOne(rig, all)
    await rig.clock.advance(20_000)
    expect(told(rig)).toEqual(['phone: P01: print done', 'phone: 3 printers: print done (changed)', 'phone: 2 printers: print done'])
  })

  it('are told after a restart in the middle, those before and those after it together', async () => {
    const before = await start()
    const all = await allPrint(before)
    await doneOneByOne(before, all.slice(0, 10))
    const at = before.clock.now()
    kill(before)
    const rig = await start({ settings: farm(20), at: at + 2_000 })
    for (const server of rig.connected.keys()) link(rig, server, 'up')
    for (const n of all.slice(0, 10)) state(rig, n, { device: 'ready', job: 'none', file: null }, true)
    for (const n of all.slice(10)) state(rig, n, { device: 'ready', job: 'printing', file: FILE, progress: 0.1 }, true)
    await rig.clock.advance(1_000)
    for (const n of all.slice(10)) isDone(rig, n)
    await rig.clock.advance(60_000)
    expect(told(before)).toEqual(['phone: P01: print done'])
    expect(told(rig)).toEqual(['phone: 19 printers: print done'])
  })

  it('are twenty messages to a program, and where nobody wants bursts gathered', async () => {
    const machine = await start({ settings: farm(20), capabilities: { everyEvent: true } })
    await doneOneByOne(machine, await allPrint(machine))
    await machine.clock.advance(20_000)
    expect(machine.sent).toHaveLength(20)
    kill(machine)
    const rig = await start({ settings: farm(20, { grouping: { burst: 0 } }), at: machine.clock.now() })
    await doneOneByOne(rig, await allPrint(rig))
    await rig.clock.advance(20_000)
    expect(rig.sent).toHaveLength(20)
  })

  it('leave out what was silenced before the window ended, and one that is left keeps its own words', async () => {
    const rig = await start({ settings: farm(3) })
    const all = await allPrint(rig)
    await doneOneByOne(rig, all)
    rig.engine.addSilence({ match: { printerIds: ['p02'] }, endsAt: null, reason: '', by: 'window' })
    await rig.clock.advance(20_000)
    expect(told(rig)).toEqual(['phone: P01: print done', 'phone: P03: print done'])
    expect(decided(rig, 'job.done')[1]).toBe('p02 hold grouped, drop silenced')
  })
})

describe('a server that is lost with its five printers, and back', () => {
  it('R18: lost with all its printers and back again is two messages', async () => {
    const rig = await start({ settings: workshop() })
    await allPrint(rig)
    link(rig, 'workshop', 'down', 'timeout')
    await rig.clock.advance(120_000)
    expect(told(rig)).toEqual(['phone: workshop: does not answer'])
    expect(rig.sent[0]?.sending.message.body).toBe('P01, P02, P03, P04, P05.\nLost during a print. Check the server and its network.')
    link(rig, 'workshop', 'up')
    for (const n of numbers(5)) state(rig, n, { device: 'ready', job: 'printing', file: FILE, progress: 0.1 }, true)
    await rig.clock.advance(60_000)
    expect(told(rig)).toEqual(['phone: workshop: does not answer', 'phone: workshop: answers again'])
    expect(decided(rig, 'link.lost')).toEqual(numbers(5).map((n) => `p${n} hold grouped`))
    expect(decided(rig, 'link.up')).toEqual(numbers(5).map((n) => `p${n} hold grouped`))
  })

  it('is told once, though a printer of it is patient', async () => {
    const rig = await start({ settings: workshop({ printers: numbers(5).map((n) => ({ id: `p${n}`, name: `P${n}`, sources: [{ server: 'workshop', sourceId: `s${n}` }], ...(n === '05' ? { thresholds: { linkLostPrinting: 90 } } : {}) })) }) })
    await allPrint(rig)
    link(rig, 'workshop', 'down', 'timeout')
    await rig.clock.advance(120_000)
    expect(told(rig)).toEqual(['phone: workshop: does not answer'])
    expect(decided(rig, 'link.lost').at(-1)).toBe('p05 drop grouped')
  })

  it('is told anew when it is lost anew', async () => {
    const rig = await start({ settings: workshop() })
    await allPrint(rig)
    for (let time = 0; time < 2; time += 1) {
      link(rig, 'workshop', 'down', 'timeout')
      await rig.clock.advance(90_000)
      link(rig, 'workshop', 'up')
      for (const n of numbers(5)) state(rig, n, { device: 'ready', job: 'printing', file: FILE, progress: 0.1 }, true)
      await rig.clock.advance(90_000)
    }
    expect(told(rig)).toEqual(['phone: workshop: does not answer', 'phone: workshop: answers again', 'phone: workshop: does not answer', 'phone: workshop: answers again'])
  })

  it('takes no notice of its cameras, nor of their return', async () => {
    const rig = await start({ settings: workshop() })
    await allPrint(rig)
    link(rig, 'workshop', 'down', 'timeout')
    await rig.clock.advance(70_000)
    signal(rig, '01', { type: 'camera', camera: 'front', up: false })
    await rig.clock.advance(20_000)
    expect(told(rig)).toEqual(['phone: workshop: does not answer'])
    expect(decided(rig, 'camera.lost')).toEqual(['p01 drop grouped'])
    link(rig, 'workshop', 'up')
    await rig.clock.advance(1_000)
    signal(rig, '01', { type: 'camera', camera: 'front', up: true })
    await rig.clock.advance(20_000)
    expect(decided(rig, 'camera.up')).toEqual(['p01 drop grouped'])
    expect(told(rig)).toEqual(['phone: workshop: does not answer', 'phone: workshop: answers again'])
  })
})

it('R18: a computer without a network is one notice, not a loss of each of its twenty printers', async () => {
  const rig = await start({ settings: farm(20, { destinations: [{ ...DESK, events: ['*'] }] }) })
  await allPrint(rig)
  rig.world.online = false
  for (const server of rig.connected.keys()) link(rig, server, 'down', 'own_network')
  await rig.clock.advance(600_000)
  expect(told(rig)).toEqual(['desk: Printbell: no network'])
  rig.world.online = true
  for (const n of numbers(20)) {
    link(rig, `s${n}`, 'up')
    state(rig, n, { device: 'ready', job: 'printing', file: FILE, progress: 0.1 }, true)
  }
  await rig.clock.advance(60_000)
  expect(told(rig)).toEqual(['desk: Printbell: no network'])
})
