/** What a desk asks of the engine while it runs: stills, allowed commands, pauses, presence, the state of each printer. */
import { describe, expect, it } from 'vitest'
import { engineRigs, type Rig } from '../../test/support/engine-rig.ts'
import { idle, LAMP, printing } from '../../test/support/fake-printer.ts'
import type { Wish } from './commands/wish.ts'
import { NoPicture, type PrinterCommand } from './printers/adapter.ts'

const HOOK = { id: 'hook', label: 'My hook', channel: 'hook', events: ['*'] }
const MK4 = { id: 'mk4', name: 'MK4', server: { kind: 'fake', id: 'octo', url: 'http://octo' } }
const ONE = { version: 1, printers: [MK4], destinations: [HOOK] }
const CAN = { pause: true, resume: true, cancel: true, gcode: true, answer: true, snapshot: true }
const UPRIGHT = { flipH: false, flipV: false, rotate: 0 } as const

const { start } = engineRigs({ settings: ONE })

async function wish(rig: Rig, action: PrinterCommand | { name: 'mute'; seconds: number }, more: Partial<Wish> = {}) {
  const now = rig.clock.now()
  const outcome = rig.engine.handle({ printerId: 'mk4', jobKey: null, action, from: 'window', madeAt: now, expiresAt: now + 60_000, confirmed: true, eventId: null, ...more })
  let done = false
  void outcome.then(() => { done = true })
  await rig.clock.advance(0)
  // What is refused is refused at once; what is sent waits for the printer to show it.
  if (!done) await rig.clock.advance(15_000)
  return outcome
}

describe('a still', () => {
  const never = new AbortController().signal
  const still = (rig: Rig): void => {
    rig.world.still = async () => ({ bytes: new Uint8Array([1, 2]), orientation: UPRIGHT, takenAt: rig.clock.now() })
  }

  it('comes from the chosen camera, or from the one that is asked for', async () => {
    const rig = await start({ settings: { ...ONE, printers: [{ ...MK4, camera: 'nozzle' }] } }, still)
    await idle(rig)
    expect(await rig.engine.snapshot('mk4', null, never)).toEqual({ bytes: new Uint8Array([1, 2]), orientation: UPRIGHT, takenAt: rig.clock.now() })
    await rig.engine.snapshot('mk4', 'bed', never)
    expect(rig.server('octo').stills).toEqual(['nozzle', 'bed'])
  })

  it('is turned as the settings say, over what the server says; another camera keeps the server\'s word', async () => {
    const turned = { flipH: true, flipV: false, rotate: 90 } as const
    const rig = await start({ settings: { ...ONE, printers: [{ ...MK4, camera: 'nozzle', orientation: turned }] } }, still)
    await idle(rig)
    expect((await rig.engine.snapshot('mk4', null, never)).orientation).toEqual(turned)
    expect((await rig.engine.snapshot('mk4', 'nozzle', never)).orientation).toEqual(turned)
    expect((await rig.engine.snapshot('mk4', 'bed', never)).orientation).toEqual(UPRIGHT)
    await rig.apply(ONE)
    expect((await rig.engine.snapshot('mk4', null, never)).orientation).toEqual(UPRIGHT)
  })

  it('that can\'t be had says why, in one kind of error', async () => {
    const rig = await start()
    await expect(rig.engine.snapshot('mk5', null, never)).rejects.toMatchObject({ name: 'NoPicture', cause_: 'unreachable', message: 'The printer is not connected.' })
    await expect(rig.engine.snapshot('mk4', null, never)).rejects.toMatchObject({ name: 'NoPicture', cause_: 'server_error' })
    rig.world.still = () => Promise.reject(new NoPicture('timeout', 'The camera did not answer within 5 s.'))
    await expect(rig.engine.snapshot('mk4', null, never)).rejects.toMatchObject({ cause_: 'timeout', message: 'The camera did not answer within 5 s.' })
    const says = await idle(rig)
    says.state({ capabilities: { ...CAN, snapshot: false } })
    await expect(rig.engine.snapshot('mk4', null, never)).rejects.toMatchObject({ cause_: 'no_camera' })
  })
})

describe('commands that the settings leave out', () => {
  const ONLY_PAUSE = { ...ONE, printers: [{ ...MK4, commands: ['pause'] }] }

  it('are refused with words, and never sent', async () => {
    const rig = await start({ settings: ONLY_PAUSE })
    const says = await printing(rig)
    says.state({ capabilities: CAN })
    expect(await wish(rig, { name: 'cancel' })).toEqual({ result: 'refused', detail: "Printbell may not cancel here. The printer's settings can allow it." })
    expect(await wish(rig, { name: 'gcode', lines: ['M300'] })).toMatchObject({ result: 'refused', detail: "Printbell may not send G-code here. The printer's settings can allow it." })
    await wish(rig, { name: 'pause' })
    expect(rig.server('octo').commands).toEqual([{ name: 'pause' }])
    expect(rig.history.events({ types: ['command.failed'] }).map(({ code, text }) => [code, text]).at(-1)).toEqual(['cancel', "Printbell may not cancel here. The printer's settings can allow it."])
  })

  it('are no capabilities of the printer, and no buttons on its messages', async () => {
    const rig = await start({ settings: ONLY_PAUSE, capabilities: { actions: true } })
    const says = await idle(rig)
    says.state({ capabilities: CAN })
    says.started(LAMP)
    says.state({ device: 'ready', job: 'printing', file: LAMP })
    await rig.clock.advance(1_000)
    expect(rig.engine.printers()[0]?.state.capabilities).toEqual({ pause: true, resume: false, cancel: false, gcode: false, answer: false, snapshot: true })
    expect(rig.sent.at(-1)?.sending.message.actions.map(({ id }) => id)).toEqual(['open', 'pause', 'mute_1h'])
  })

  it('hold as soon as the settings say so, and no longer', async () => {
    const rig = await start()
    const says = await printing(rig)
    says.state({ capabilities: CAN })
    await rig.apply(ONLY_PAUSE)
    expect(rig.engine.printers()[0]?.state.capabilities?.cancel).toBe(false)
    expect(await wish(rig, { name: 'cancel' })).toMatchObject({ result: 'refused' })
    await rig.apply(ONE)
    expect(rig.engine.printers()[0]?.state.capabilities?.cancel).toBe(true)
    await wish(rig, { name: 'cancel' })
    expect(rig.server('octo').commands).toEqual([{ name: 'cancel' }])
  })
})

describe('a pause of all notifications', () => {
  it('mutes everything, critical events too, until it is lifted; commands go on', async () => {
    const rig = await start()
    const says = await printing(rig)
    const sent = rig.sent.length
    const silence = rig.engine.addSilence({ match: {}, endsAt: null, reason: 'paused', by: 'tray' })
    expect(rig.engine.silences()).toEqual([silence])
    expect(silence).toMatchObject({ createdAt: rig.clock.now(), startsAt: rig.clock.now(), endsAt: null, match: {}, reason: 'paused', by: 'tray' })
    rig.server('octo').sink.observe({ kind: 'signal', sourceId: 'x', at: rig.clock.now(), signal: { type: 'attention', key: 'runout', kind: 'filament_runout' } })
    await rig.clock.advance(5_000)
    const runout = rig.history.events({ types: ['attention.filament_runout'] })[0]
    expect(runout?.severity).toBe('critical')
    expect(rig.sent).toHaveLength(sent)
    expect(rig.history.decisions(runout?.id ?? '').map(({ decision, reason }) => [decision, reason])).toEqual([['drop', `silence:${silence.id}`]])
    await wish(rig, { name: 'pause' })
    expect(rig.server('octo').commands).toEqual([{ name: 'pause' }])
    expect(rig.engine.liftSilence(silence.id)).toBe(true)
    await rig.clock.advance(60_000)
    says.state({ device: 'ready', job: 'printing', file: LAMP })
    says.done(LAMP)
    await rig.clock.advance(20_000)
    expect(rig.sent.slice(sent).map(({ sending }) => sending.message.type)).toContain('job.done')
  })

  it('ends by itself at its time', async () => {
    const rig = await start()
    const says = await printing(rig)
    rig.engine.addSilence({ match: {}, endsAt: rig.clock.now() + 60_000, reason: 'paused', by: 'tray' })
    await rig.clock.advance(60_000)
    expect(rig.engine.silences()).toEqual([])
    says.done(LAMP)
    await rig.clock.advance(20_000)
    expect(rig.sent.map(({ sending }) => sending.message.type)).toContain('job.done')
  })

  it('is told to whoever shows the printers, when it begins and when it is lifted', async () => {
    const rig = await start()
    rig.states.length = 0
    const { id } = rig.engine.addSilence({ match: {}, endsAt: null, reason: 'paused', by: 'tray' })
    expect(rig.states).toEqual(['mk4'])
    rig.engine.liftSilence(id)
    rig.engine.liftSilence(id)
    expect(rig.states).toEqual(['mk4', 'mk4'])
    await wish(rig, { name: 'mute', seconds: 60 })
    expect(rig.states).toEqual(['mk4', 'mk4', 'mk4'])
  })
})

describe('who shows the printers', () => {
  it('is told of each report and each change of the link', async () => {
    const rig = await start()
    rig.states.length = 0
    const says = await idle(rig)
    expect(rig.states).toEqual(['mk4', 'mk4'])
    says.link('down', 'unreachable')
    expect(rig.states).toHaveLength(3)
    expect(rig.engine.printers()[0]?.state.link).toBe('down')
  })

  it('is told of a printer that comes, changes or goes', async () => {
    const rig = await start()
    const mk3 = { id: 'mk3', name: 'MK3', server: { kind: 'fake', id: 'pi', url: 'http://pi' } }
    rig.states.length = 0
    await rig.apply({ ...ONE, printers: [MK4, mk3] })
    expect(rig.states).toEqual(['mk3'])
    await rig.apply({ ...ONE, printers: [MK4, { ...mk3, camera: 'bed' }] })
    expect(rig.states).toEqual(['mk3', 'mk3'])
    await rig.apply(ONE)
    expect(rig.states).toEqual(['mk3', 'mk3', 'mk3'])
  })

  it('opens the printer\'s page by its id', async () => {
    const rig = await start()
    expect([rig.engine.webUrl('mk4'), rig.engine.webUrl('mk5')]).toEqual(['http://octo', null])
  })
})

it('after sleep every connection looks again, and one that waits for its secret begins', async () => {
  const settings = { ...ONE, printers: [MK4, { id: 'mk3', name: 'MK3', server: { kind: 'fake', id: 'pi', url: 'http://pi', apiKey: { env: 'KEY' } } }] }
  const rig = await start({ settings })
  rig.world.env.KEY = 'CANARY-recheck'
  rig.engine.recheck()
  await rig.clock.advance(0)
  expect(rig.server('octo').rechecks).toBe(1)
  expect(rig.connected.has('pi')).toBe(true)
})

it('the end comes within 5 s although all that can hang hangs, and what was not sent waits on disk', async () => {
  const rig = await start({ settings: ONE }, ({ world }) => {
    world.closes = false
    world.send.hook = () => new Promise(() => undefined)
    world.closeChannel = () => new Promise(() => undefined)
    world.still = () => new Promise(() => undefined)
  })
  const says = await printing(rig)
  says.done(LAMP)
  await rig.clock.advance(5_000)
  void rig.engine.snapshot('mk4', null, new AbortController().signal)
  void rig.engine.apply(rig.expand({ ...ONE, destinations: [{ ...HOOK, label: 'Another' }], printers: [{ ...MK4, server: { ...MK4.server, url: 'http://octo2' } }] }))
  await rig.clock.advance(1_000)
  const begun = rig.clock.monotonic()
  let ended = Infinity
  const stopped = rig.engine.stop(5_000).then(() => { ended = rig.clock.monotonic() - begun })
  await rig.clock.advance(5_000)
  await stopped
  expect(ended).toBeLessThanOrEqual(5_000)
  expect(rig.clock.pending).toBe(0)
  // The print's two, and the notice of what was changed meanwhile.
  expect(rig.history.outbox({}).map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting'])
  expect(rig.history.loadMemories().get('mk4')?.state.job).toBe('done')
})
