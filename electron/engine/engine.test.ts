import { describe, expect, it } from 'vitest'
import { engineRigs, type Connected, type Rig } from '../../test/support/engine-rig.ts'
import { memoryLog } from '../../test/support/log.ts'
import { NOON } from '../../test/support/rule-fixtures.ts'
import type { JobFile, LinkObservation, StateReport } from './events/model.ts'
import { HistoryError, type CommitResult, type History } from './history/history.ts'
import { openHistory } from './history/sqlite-history.ts'

const LAMP: JobFile = { name: 'lamp.gcode', path: 'lamp.gcode', origin: 'local', size: 1000 }
const VASE: JobFile = { name: 'vase.gcode', path: 'vase.gcode', origin: 'local', size: 2000 }
const ONE = {
  version: 1,
  printers: [{ id: 'mk4', name: 'MK4', server: { kind: 'fake', id: 'octo', url: 'http://octo' } }],
  destinations: [{ id: 'hook', label: 'My hook', channel: 'hook', events: ['job.*', 'link.*', 'app.*'] }],
}
const TWO = {
  ...ONE,
  printers: [...ONE.printers, { id: 'mk3', name: 'MK3', server: { kind: 'fake', id: 'pi', url: 'http://pi' } }],
}

const { make, start, kill, file } = engineRigs({ settings: ONE })

const link = (name: LinkObservation['link'], at: number, cause: string | null = null): LinkObservation => ({ kind: 'link', at, link: name, cause, detail: null })

function says({ clock }: Rig, server: Connected) {
  return {
    link: (name: LinkObservation['link'], cause: string | null = null) => server.sink.link(link(name, clock.now(), cause)),
    state: (state: StateReport, full = false) => server.sink.observe({ kind: 'state', sourceId: 'x', at: clock.now(), full, state }),
    started: (file: JobFile) => server.sink.observe({ kind: 'signal', sourceId: 'x', at: clock.now(), signal: { type: 'job_started', file, user: 'ann' } }),
    done: (file: JobFile) => server.sink.observe({ kind: 'signal', sourceId: 'x', at: clock.now(), signal: { type: 'job_done', file, printTime: 60 } }),
  }
}

/** Idle at first sight, then printing. */
async function printing(rig: Rig, file: JobFile, serverId = 'octo') {
  const speaker = says(rig, rig.server(serverId))
  speaker.link('up')
  speaker.state({ device: 'ready', job: 'none', file: null }, true)
  await rig.clock.advance(1_000)
  speaker.started(file)
  speaker.state({ device: 'ready', job: 'printing', file, progress: 0 })
  await rig.clock.advance(1_000)
  return speaker
}

describe('from a server to a person', () => {
  it('an event is decided, on disk, and only then sent', async () => {
    const onDisk: unknown[] = []
    const rig = await start({ settings: ONE }, ({ world }) => {
      world.send.hook = async ({ message }) => {
        const id = message.event?.id ?? ''
        const second = openHistory({ file: file(), log: memoryLog(), now: () => NOON, readOnly: true })
        onDisk.push({
          type: second.event(id)?.type,
          decisions: second.decisions(id).map(({ decision, reason }) => `${decision}: ${reason}`),
          rows: second.outbox({ eventId: id }).map(({ state, deliveryKey }) => [state, deliveryKey === `${id}.hook`]),
          attempts: second.attempts({ eventId: id }).length,
          job: second.loadMemories().get('mk4')?.state.job,
        })
        second.close()
        return { result: 'delivered', detail: 'HTTP 200' }
      }
    })
    const speaker = await printing(rig, LAMP)
    await rig.clock.advance(20_000)
    speaker.done(LAMP)
    await rig.clock.advance(20_000)
    const decided = ['deliver: subscribed']
    const rows = [['leased', true]]
    expect(onDisk).toEqual([
      { type: 'job.started', decisions: decided, rows, attempts: 0, job: 'printing' },
      { type: 'job.done', decisions: decided, rows, attempts: 0, job: 'done' },
    ])
    expect(rig.told().filter((line) => !line.startsWith('suppressed'))).toEqual([
      'link up of octo',
      'event job.started of mk4',
      'decision deliver to hook: subscribed',
      'attempt 1 at hook: delivered',
      'event job.done of mk4',
      'decision deliver to hook: subscribed',
      'attempt 1 at hook: delivered',
    ])
    expect(rig.sent.map(({ sending }) => sending.message.title)).toEqual(['MK4: print started', 'MK4: print done'])
  })

  it('nothing is sent while the disk is full, and all of it in order when it has room again', async () => {
    const disk = { full: false }
    const failing = (history: History): History => ({
      ...history,
      commit(batch): CommitResult {
        if (disk.full) throw new HistoryError('full', 'The disk is full. Free some space.')
        return history.commit(batch)
      },
    })
    const rig = await start({ settings: ONE, history: failing })
    const speaker = says(rig, rig.server('octo'))
    speaker.link('up')
    speaker.state({ device: 'ready', job: 'none', file: null }, true)
    disk.full = true
    speaker.started(LAMP)
    await rig.clock.advance(40_000)
    speaker.done(LAMP)
    await rig.clock.advance(40_000)
    expect(rig.sent).toEqual([])
    disk.full = false
    await rig.clock.advance(30_000)
    expect(rig.sent.map(({ sending }) => sending.message.type)).toEqual(['job.started', 'job.done'])
    expect(rig.told().filter((line) => line.startsWith('notice'))).toEqual([
      'notice error: Events can\'t be written to disk: The disk is full. Free some space. They are kept in memory and tried again every 5 s.',
      'notice info: Events are written to disk again.',
    ])
  })

  it('what nobody is told is stored, is born seen, and says why', async () => {
    const rig = await start({ settings: { ...ONE, destinations: [{ ...ONE.destinations[0], events: ['job.done'] }] } })
    await printing(rig, LAMP)
    expect(rig.history.events({}).map(({ type }) => type)).toEqual(['job.started'])
    expect(rig.history.unseenCount()).toBe(0)
    expect(rig.told()).toContain('decision drop to hook: not_subscribed')
    expect(rig.sent).toEqual([])
  })

  it('a rehearsal goes the whole way and leaves the printer alone', async () => {
    const rig = await start({ settings: TWO })
    const result = rig.engine.rehearse({ destinationId: 'hook', printerId: 'mk3', type: 'job.failed' })
    await rig.clock.advance(1_000)
    expect(await result).toMatchObject({ decision: { decision: 'deliver' }, attempt: { result: 'delivered', detail: 'ok' } })
    expect(rig.sent.map(({ sending }) => [sending.message.type, sending.message.printer?.name])).toEqual([['job.failed', 'MK3']])
    expect(rig.engine.printers().map(({ state }) => [state.link, state.job])).toEqual([['connecting', 'none'], ['connecting', 'none']])
  })

  it('a press on the message opens its event with the printer\'s own page', async () => {
    const rig = await start()
    await printing(rig, LAMP)
    const eventId = rig.sent[0]?.sending.message.event?.id ?? null
    rig.press({ eventId, action: 'open', destinationId: 'hook' })
    await rig.clock.advance(0)
    expect(rig.opened).toEqual([{ type: 'job.started', url: 'http://octo' }])
    expect(rig.history.event(eventId ?? '')?.seenAt).toBe(rig.clock.now())
  })

  it('a destination without its secret is named, and another one tells of it', async () => {
    const settings = { ...ONE, destinations: [...ONE.destinations, { id: 'phone', label: 'My phone', channel: 'hook', config: { token: { env: 'PHONE_TOKEN' } }, events: ['job.*', 'app.*'] }] }
    const rig = await start({ settings })
    await printing(rig, LAMP)
    expect(rig.told()).toContain('notice error: Destination "My phone" can\'t be used: The environment variable PHONE_TOKEN is not set.')
    expect(rig.told()).toContain('attempt 1 at phone: rejected')
    expect(rig.engine.failing()).toMatchObject([{ destinationId: 'phone', state: 'open' }])
    await rig.clock.advance(180_000)
    expect(rig.sent.map(({ destinationId, sending }) => [destinationId, sending.message.type])).toEqual([['hook', 'job.started'], ['hook', 'link.lost'], ['hook', 'app.delivery_failing']])
    expect(rig.history.events({ types: ['app.delivery_failing'] }).map(({ reason, text }) => [reason, text])).toEqual([['phone', 'My phone: The environment variable PHONE_TOKEN is not set.']])
  })
})

describe('after the process was killed', () => {
  it('what was being sent is sent again with the same key, and the adapter is given the job that ran', async () => {
    const first = await start({ settings: { ...ONE, destinations: [{ ...ONE.destinations[0], events: ['job.done'] }] } }, ({ world }) => {
      world.send.hook = () => new Promise(() => undefined)
    })
    const speaker = await printing(first, LAMP)
    await first.clock.advance(60_000)
    speaker.done(LAMP)
    speaker.state({ device: 'ready', job: 'none', file: LAMP })
    await first.clock.advance(3_000)
    speaker.started(VASE)
    speaker.state({ device: 'ready', job: 'printing', file: VASE })
    await first.clock.advance(2_000)
    expect(first.sent).toHaveLength(1)
    const startedAt = first.clock.now() - 2_000
    const lastSeenAt = first.clock.now() - 2_000
    kill(first)

    const second = await start({ settings: { ...ONE, destinations: [{ ...ONE.destinations[0], events: ['job.done'] }] }, at: NOON + 120_000 })
    expect(second.sent.map(({ sending }) => [sending.message.type, sending.deliveryKey])).toEqual([['job.done', first.sent[0]?.sending.deliveryKey]])
    const { remembered } = second.server('octo').options
    expect(remembered.activeJob('x')).toEqual({ file: VASE, startedAt, jobId: null })
    expect(remembered.lastSeenAt('x')).toBe(lastSeenAt)

    // The adapter finds in the server's records that the other print ended meanwhile.
    const { sink } = second.server('octo')
    const now = second.clock.now()
    sink.link(link('up', now))
    sink.observe({ kind: 'signal', sourceId: 'x', at: now, signal: { type: 'outcome', file: VASE, success: true, endedAt: NOON + 100_000, printTime: 30, restarted: false } })
    says(second, second.server('octo')).state({ device: 'ready', job: 'none', file: VASE }, true)
    await second.clock.advance(10_000)
    const vase = second.history.events({ types: ['job.done'] }).filter((event) => event.job?.file.name === 'vase.gcode')
    expect(vase.map(({ late, occurredAt }) => ({ late, occurredAt }))).toEqual([{ late: true, occurredAt: NOON + 100_000 }])
    await second.stop()
    kill(second)

    const third = await start({ settings: ONE, at: NOON + 200_000 })
    expect(third.server('octo').options.remembered.activeJob('x')).toBeNull()
    says(third, third.server('octo')).link('up')
    says(third, third.server('octo')).state({ device: 'ready', job: 'none', file: VASE }, true)
    await third.clock.advance(60_000)
    expect(third.told().filter((line) => line.startsWith('event') || line.startsWith('attempt'))).toEqual([])
    expect(third.history.events({ types: ['job.done'] })).toHaveLength(2)
  })
})

describe('a server that can not be connected', () => {
  it('because its adapter breaks is refused with the cause, and the others run', async () => {
    const rig = await start({
      settings: TWO,
      whileConnecting({ id }) {
        if (id === 'octo') throw new TypeError('x is not a function')
      },
    })
    await printing(rig, VASE, 'pi')
    const detail = 'Printbell could not start the connection to this server. Its log says why.'
    expect(rig.told().slice(0, 2)).toEqual(['link refused of octo: adapter_broke', 'event link.refused of mk4'])
    expect(rig.told()).toContain('event job.started of mk3')
    expect(rig.history.events({ printerId: 'mk4' }).map(({ type, reason, text }) => ({ type, reason, text }))).toEqual([{ type: 'link.refused', reason: 'adapter_broke', text: detail }])
    expect(rig.engine.links().map(({ serverId, observation }) => [serverId, observation.link, observation.detail])).toEqual([['octo', 'refused', detail], ['pi', 'up', null]])
    expect(rig.engine.printers().map(({ id, state }) => [id, state.link])).toEqual([['mk4', 'refused'], ['mk3', 'up']])
    expect(rig.log.lines.find((line) => line.level === 'error')?.message).toBe('a server\'s adapter broke while it connected')
    await rig.stop()
    expect(rig.clock.pending).toBe(0)
  })

  it('for want of its secret is named with the cure, and the others run', async () => {
    const printers = TWO.printers.map((printer) => (printer.id === 'mk4' ? { ...printer, server: { ...printer.server, apiKey: { env: 'OCTO_KEY' } } } : printer))
    const rig = await start({ settings: { ...TWO, printers } })
    await printing(rig, VASE, 'pi')
    expect(rig.connected.has('octo')).toBe(false)
    expect(rig.news[0]).toEqual({ line: 'link', serverId: 'octo', link: 'auth_failed', cause: 'secret_missing', detail: 'The environment variable OCTO_KEY is not set.' })
    expect(rig.told()).toContain('event job.started of mk3')
    expect(rig.history.events({ types: ['link.auth_failed'] }).map(({ printerId, reason, text }) => ({ printerId, reason, text })))
      .toEqual([{ printerId: 'mk4', reason: 'secret_missing', text: 'The environment variable OCTO_KEY is not set.' }])
    expect(rig.engine.links().map(({ serverId, observation }) => [serverId, observation.link, observation.cause])).toEqual([['octo', 'auth_failed', 'secret_missing'], ['pi', 'up', null]])
    expect(rig.history.gaps({ serverId: 'octo' })).toEqual([{ serverId: 'octo', from: NOON, to: null, cause: 'secret_missing' }])
  })

  it('begins by itself when its secret is there at last, and says the want of it once', async () => {
    const printers = TWO.printers.map((printer) => (printer.id === 'mk4' ? { ...printer, server: { ...printer.server, apiKey: { env: 'OCTO_KEY' } } } : printer))
    const rig = await start({ settings: { ...TWO, printers } })
    await rig.clock.advance(60_000)
    expect(rig.connected.has('octo')).toBe(false)
    expect(rig.told().filter((told) => told.includes('secret_missing'))).toHaveLength(1)
    rig.world.env.OCTO_KEY = 'CANARY-late-key'
    await rig.clock.advance(15_000)
    expect(rig.connected.has('octo')).toBe(true)
    expect(rig.engine.links().map(({ serverId }) => serverId).sort()).toEqual(['octo', 'pi'])
    await rig.stop()
    expect(rig.clock.pending).toBe(0)
  })

  it('gets its secret as an object that does not print itself', async () => {
    const printers = [{ ...ONE.printers[0], server: { kind: 'fake', id: 'octo', url: 'http://octo', apiKey: { env: 'OCTO_KEY' } } }]
    const rig = await start({ settings: { ...ONE, printers } }, ({ world }) => {
      world.env.OCTO_KEY = 'CANARY-engine-key'
    })
    const { server } = rig.server('octo')
    expect(server.secrets.apiKey?.reveal()).toBe('CANARY-engine-key')
    expect(JSON.stringify([server, rig.news, rig.log.lines])).not.toContain('CANARY')
  })
})

describe('without this computer\'s own network', () => {
  it('one notice tells of it, no printer counts as lost, and all are looked at when it is back', async () => {
    const rig = await start({ settings: TWO })
    const speakers = [await printing(rig, LAMP, 'octo'), await printing(rig, VASE, 'pi')]
    await rig.clock.advance(5_000)
    rig.world.online = false
    for (const speaker of speakers) speaker.link('down', 'unreachable')
    await rig.clock.advance(600_000)
    expect(rig.history.events({ types: ['app.offline'] })).toHaveLength(1)
    expect(rig.history.events({ types: ['link.lost'] })).toEqual([])
    const before = rig.server('octo').rechecks
    rig.world.online = true
    await rig.clock.advance(5_000)
    expect(rig.server('octo').rechecks).toBe(before + 1)
    for (const speaker of speakers) speaker.link('up')
    await rig.clock.advance(1_000)
    expect(rig.history.events({ types: ['app.offline', 'link.lost', 'link.up'] }).map(({ type }) => type)).toEqual(['app.offline'])
  })

  it('but with it a server that is gone during a print counts as lost', async () => {
    const rig = await start()
    const speaker = await printing(rig, LAMP)
    speaker.link('down', 'unreachable')
    await rig.clock.advance(120_000)
    expect(rig.history.events({ types: ['app.offline', 'link.lost'] }).map(({ type, printerId }) => [type, printerId])).toEqual([['link.lost', 'mk4']])
    expect(rig.history.gaps({ serverId: 'octo' })).toMatchObject([{ to: null, cause: 'unreachable' }])
  })
})

describe('the end', () => {
  it('leaves no timer, closes the servers, and keeps what was not yet on disk', async () => {
    const rig = await start()
    const speaker = await printing(rig, LAMP)
    speaker.state({ progress: 0.11 })
    await rig.stop()
    expect(rig.clock.pending).toBe(0)
    expect(rig.server('octo').signal.aborted).toBe(true)
    expect(rig.history.loadMemories().get('mk4')?.state.progress).toBe(0.11)
    // What a late frame says is heard by nobody.
    const events = rig.news.length
    speaker.done(LAMP)
    expect(rig.news).toHaveLength(events)
    expect(rig.clock.pending).toBe(0)
  })

  it('comes within the deadline although a server never closes, a send hangs and a channel does not let go', async () => {
    const rig = await start({ settings: ONE }, ({ world }) => {
      world.closes = false
      world.send.hook = () => new Promise(() => undefined)
      world.closeChannel = () => new Promise(() => undefined)
    })
    await printing(rig, LAMP)
    expect(rig.sent).toHaveLength(1)
    const begun = rig.clock.monotonic()
    let ended: number | null = null
    const stopped = rig.engine.stop(4_000).then(() => { ended = rig.clock.monotonic() - begun })
    await rig.clock.advance(4_000)
    await stopped
    expect(ended).not.toBeNull()
    expect(ended ?? Infinity).toBeLessThanOrEqual(4_000)
    expect(rig.clock.pending).toBe(0)
    // It is sent at the next start.
    expect(rig.history.outbox({}).map(({ state, attempts }) => [state, attempts])).toEqual([['waiting', 0]])
  })

  it('comes although a server breaks while it closes', async () => {
    const rig = await start({ settings: TWO })
    rig.server('octo').signal.addEventListener('abort', () => rig.server('octo').sink.link(link('down', NOON, 'closing')))
    await rig.stop()
    expect(rig.clock.pending).toBe(0)
  })

  it('that comes before the start is harmless', async () => {
    const rig = make({ settings: ONE })
    await rig.stop()
    expect(rig.clock.pending).toBe(0)
    expect(rig.connected.size).toBe(0)
  })
})

describe('a question', () => {
  it('R61: a question that got its choices later offers them on the toast already shown', async () => {
    const settings = { ...ONE, destinations: [{ id: 'desk', label: 'Desk', channel: 'hook', events: ['attention.*'] }] }
    const rig = await start({ settings, capabilities: { canUpdate: true, actions: true, local: true } })
    await printing(rig, LAMP)
    const { sink } = rig.server('octo')
    const can = { pause: true, resume: true, cancel: true, gcode: true, answer: true, snapshot: false }
    sink.observe({ kind: 'state', sourceId: 'x', at: rig.clock.now(), full: false, state: { capabilities: can } })
    sink.observe({ kind: 'signal', sourceId: 'x', at: rig.clock.now(), signal: { type: 'attention', key: 'filament_change', kind: 'filament_change' } })
    await rig.clock.advance(1_000)
    sink.observe({ kind: 'signal', sourceId: 'x', at: rig.clock.now(), signal: { type: 'attention', key: 'prompt', kind: 'user_input', text: 'Heater Timeout', choices: ['Reheat'] } })
    await rig.clock.advance(5_000)
    const shown = rig.sent.map(({ sending }) => [sending.update, sending.message.actions.map((action) => action.id).includes('answer:0'), sending.message.type])
    expect(shown[0]).toEqual([false, false, 'attention.filament_change'])
    expect(shown.at(-1)).toEqual([true, true, 'attention.filament_change'])
    expect(rig.history.events({ types: ['attention.filament_change', 'attention.user_input'] })).toHaveLength(1)
  })
})
