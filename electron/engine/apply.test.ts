/** New settings while the engine runs: printers and the servers that speak for them. Destinations: apply-destinations.test.ts. */
import { describe, expect, it } from 'vitest'
import { engineRigs, type Rig } from '../../test/support/engine-rig.ts'
import { idle, LAMP, printing, speaker } from '../../test/support/fake-printer.ts'
import { NOON } from '../../test/support/rule-fixtures.ts'

const HOOK = { id: 'hook', label: 'My hook', channel: 'hook', events: ['job.*', 'link.*'] }
const MK4 = { id: 'mk4', name: 'MK4', sources: [{ server: 'octo' }] }
const MK3 = { id: 'mk3', name: 'MK3', sources: [{ server: 'pi' }] }
const OCTO = { kind: 'fake', id: 'octo', url: 'http://octo' }
const PI = { kind: 'fake', id: 'pi', url: 'http://pi' }
const TWO = { version: 1, servers: [OCTO, PI], printers: [MK4, MK3], destinations: [HOOK] }

const { make, start } = engineRigs({ settings: TWO })

const servers = (rig: Rig): string[] => rig.connections.map(({ server }) => server.id)
const types = (rig: Rig, printerId: string): string[] => rig.history.events({ printerId }).map(({ type }) => type).reverse()

describe('settings that say the same', () => {
  it('do nothing at all', async () => {
    const rig = await start()
    await printing(rig)
    const before = { news: rig.news.length, states: rig.states.length, pending: rig.clock.pending }
    const memory = rig.history.loadMemories().get('mk4')
    await rig.apply(TWO)
    expect(servers(rig)).toEqual(['octo', 'pi'])
    expect(rig.connections.flatMap(({ wants }) => wants)).toEqual([])
    expect(rig.channels).toEqual({ opened: [expect.objectContaining({ destinationId: 'hook' })], closed: [] })
    expect({ news: rig.news.length, states: rig.states.length, pending: rig.clock.pending }).toEqual(before)
    expect(rig.history.loadMemories().get('mk4')).toEqual(memory)
  })
})

describe('a server', () => {
  it('whose address changed is let go of and connected anew; the other one is not touched', async () => {
    const rig = await start()
    await printing(rig)
    await rig.apply({ ...TWO, servers: [{ ...OCTO, url: 'http://octo2' }, PI] })
    expect(rig.connections.map(({ server, signal }) => [server.id, (server.settings as { url: string }).url, signal.aborted])).toEqual([
      ['octo', 'http://octo', true], ['pi', 'http://pi', false], ['octo', 'http://octo2', false],
    ])
    expect(rig.engine.webUrl('mk4')).toBe('http://octo2')
    // It is given the print that ran, and the print goes on where it was: nothing began twice.
    expect(rig.server('octo').options.remembered.activeJob('x')).toMatchObject({ file: LAMP })
    const says = speaker(rig, rig.server('octo'))
    says.link('up')
    says.state({ device: 'ready', job: 'printing', file: LAMP, progress: 0.1 }, true)
    await rig.clock.advance(20_000)
    expect(types(rig, 'mk4')).toEqual(['job.started'])
  })

  it('is not heard any more once it was let go of', async () => {
    const rig = await start()
    const old = await printing(rig)
    await rig.apply({ ...TWO, servers: [{ ...OCTO, url: 'http://octo2' }, PI] })
    old.link('auth_failed', 'key_invalid')
    old.done(LAMP)
    await rig.clock.advance(10_000)
    expect(types(rig, 'mk4')).toEqual(['job.started'])
    expect(rig.engine.printers()[0]?.state.link).toBe('connecting')
  })

  it('that does not close within 2 s is left to itself', async () => {
    const rig = await start(undefined, ({ world }) => {
      world.closes = false
    })
    let done = false
    void rig.engine.apply(rig.expand({ ...TWO, servers: [{ ...OCTO, url: 'http://octo2' }, PI] })).then(() => { done = true })
    await rig.clock.advance(1_999)
    expect([servers(rig), done]).toEqual([['octo', 'pi'], false])
    await rig.clock.advance(1)
    expect([servers(rig), done]).toEqual([['octo', 'pi', 'octo'], true])
  })

  it('with another reference to its secret connects anew, and with the same one it does not', async () => {
    const settings = { ...TWO, servers: [{ ...OCTO, apiKey: { env: 'ONE' } }, PI] }
    const rig = await start({ settings }, ({ world }) => {
      world.env = { ONE: 'CANARY-one', TWO: 'CANARY-two' }
    })
    await rig.apply({ ...settings, retention: { eventDays: 1 } })
    expect(servers(rig)).toEqual(['pi', 'octo'])
    await rig.apply({ ...settings, servers: [{ ...OCTO, apiKey: { env: 'TWO' } }, PI] })
    expect(servers(rig)).toEqual(['pi', 'octo', 'octo'])
    expect(rig.server('octo').server.secrets.apiKey?.reveal()).toBe('CANARY-two')
  })

  it('that is removed with its printer is let go of, and its gap is closed', async () => {
    const rig = await start()
    const says = await idle(rig)
    says.link('down', 'unreachable')
    await rig.apply({ ...TWO, servers: [PI], printers: [MK3] })
    expect(rig.server('octo').signal.aborted).toBe(true)
    expect(rig.engine.links().map(({ serverId }) => serverId)).toEqual(['pi'])
    expect(rig.history.gaps({ serverId: 'octo' })).toEqual([{ serverId: 'octo', from: NOON + 1_000, to: NOON + 1_000, cause: 'unreachable' }])
    await rig.stop()
    expect(rig.clock.pending).toBe(0)
  })

  it('that waits for its secret begins at once when the settings name another one', async () => {
    const settings = { ...TWO, servers: [{ ...OCTO, apiKey: { env: 'GONE' } }, PI] }
    const rig = await start({ settings }, ({ world }) => {
      world.env = { THERE: 'CANARY-there' }
    })
    expect(servers(rig)).toEqual(['pi'])
    await rig.apply({ ...settings, servers: [{ ...OCTO, apiKey: { env: 'THERE' } }, PI] })
    expect(servers(rig)).toEqual(['pi', 'octo'])
    await rig.clock.advance(60_000)
    expect(servers(rig)).toEqual(['pi', 'octo'])
  })

  it('is asked for what is subscribed to now, without being connected anew', async () => {
    const rig = await start()
    await rig.apply({ ...TWO, destinations: [{ ...HOOK, events: ['job.*', 'job.layer', 'native:MovieDone'] }] })
    expect(servers(rig)).toEqual(['octo', 'pi'])
    expect(rig.connections.map(({ wants }) => wants.map(({ natives }) => [...natives]))).toEqual([[['MovieDone']], [['MovieDone']]])
    const says = await idle(rig)
    rig.server('octo').sink.observe({ kind: 'signal', sourceId: 'x', at: rig.clock.now(), signal: { type: 'native_only' }, native: { name: 'MovieDone', payload: {} } })
    says.state({ device: 'ready' })
    await rig.clock.advance(1_000)
    expect(types(rig, 'mk4')).toEqual(['server.event'])
  })
})

describe('a printer', () => {
  it('that is new begins with a baseline, whatever it does then', async () => {
    const rig = await start({ settings: { ...TWO, servers: [OCTO], printers: [MK4] } })
    await rig.apply(TWO)
    expect(rig.engine.printers().map(({ id }) => id)).toEqual(['mk4', 'mk3'])
    const says = speaker(rig, rig.server('pi'))
    says.link('up')
    says.state({ device: 'ready', job: 'printing', file: LAMP, progress: 0.5 }, true)
    await rig.clock.advance(5_000)
    expect(types(rig, 'mk3')).toEqual([])
    says.done(LAMP)
    await rig.clock.advance(20_000)
    expect(types(rig, 'mk3')).toEqual(['job.done'])
    expect(rig.sent.map(({ sending }) => sending.message.type)).toEqual(['job.done'])
  })

  it('that is removed is not watched any more; its history stays, its memory goes', async () => {
    const rig = await start()
    await printing(rig)
    await idle(rig, 'pi')
    await rig.apply({ ...TWO, servers: [PI], printers: [MK3] })
    expect(rig.engine.printers().map(({ id }) => id)).toEqual(['mk3'])
    expect(rig.states.at(-1)).toBe('mk4')
    await rig.clock.advance(60_000)
    expect([...rig.history.loadMemories().keys()]).toEqual(['mk3'])
    expect(types(rig, 'mk4')).toEqual(['job.started'])
    const wish = { printerId: 'mk4', jobKey: null, action: { name: 'pause' }, from: 'window', madeAt: NOON, expiresAt: NOON + 3_600_000, confirmed: false, eventId: null } as const
    expect(await rig.engine.handle(wish)).toEqual({ result: 'refused', detail: 'This printer is no longer watched. Check the settings.' })
    await rig.stop()
    expect([...rig.history.loadMemories().keys()]).toEqual(['mk3'])
  })

  it('that is removed and added again begins with a baseline', async () => {
    const rig = await start()
    await printing(rig)
    await rig.apply({ ...TWO, servers: [PI], printers: [MK3] })
    await rig.apply(TWO)
    expect(rig.server('octo').options.remembered.activeJob('x')).toBeNull()
    const says = speaker(rig, rig.server('octo'))
    says.link('up')
    says.state({ device: 'ready', job: 'none', file: null }, true)
    await rig.clock.advance(60_000)
    expect(types(rig, 'mk4')).toEqual(['job.started'])
  })

  it('that is switched off and on again goes on with what it remembers', async () => {
    const rig = await start()
    await printing(rig)
    await rig.apply({ ...TWO, printers: [{ ...MK4, enabled: false }, MK3] })
    expect(rig.engine.printers().map(({ id }) => id)).toEqual(['mk3'])
    expect(rig.server('octo').signal.aborted).toBe(true)
    expect(rig.history.loadMemories().get('mk4')?.state.job).toBe('printing')
    await rig.apply(TWO)
    expect(rig.server('octo').signal.aborted).toBe(false)
    expect(rig.server('octo').options.remembered.activeJob('x')).toMatchObject({ file: LAMP })
  })

  it('that gets another source is another machine: a baseline', async () => {
    const rig = await start()
    await printing(rig)
    await rig.apply({ ...TWO, servers: [OCTO, PI, { ...OCTO, id: 'third' }], printers: [{ ...MK4, sources: [{ server: 'third' }] }, MK3] })
    expect(servers(rig)).toEqual(['octo', 'pi', 'third'])
    expect(rig.server('octo').signal.aborted).toBe(true)
    const says = speaker(rig, rig.server('third'))
    says.link('up')
    says.state({ device: 'ready', job: 'none', file: null }, true)
    await rig.clock.advance(60_000)
    expect(types(rig, 'mk4')).toEqual(['job.started'])
  })

  it('with another name and other thresholds tells the next event with them, and forgets nothing', async () => {
    const rig = await start({ settings: { ...TWO, destinations: [{ ...HOOK, events: ['job.done', 'job.paused'] }] } })
    const says = await printing(rig)
    await rig.clock.advance(10_000)
    await rig.apply({ ...TWO, printers: [{ ...MK4, name: 'Left bench', thresholds: { pauseGrace: 60 } }, MK3], destinations: [{ ...HOOK, events: ['job.done', 'job.paused'] }] })
    expect(servers(rig)).toEqual(['octo', 'pi'])
    expect(rig.engine.printers()[0]).toMatchObject({ name: 'Left bench', state: { job: 'printing' } })
    says.state({ device: 'ready', job: 'paused', file: LAMP })
    await rig.clock.advance(50_000)
    expect(types(rig, 'mk4')).toEqual(['job.started'])
    await rig.clock.advance(15_000)
    expect(rig.history.events({ types: ['job.paused'] }).map(({ printerName }) => printerName)).toEqual(['Left bench'])
  })

  it('waits no longer than a threshold that was lowered', async () => {
    const rig = await start({ settings: { ...TWO, thresholds: { pauseGrace: 600 } } })
    const says = await printing(rig)
    says.state({ device: 'ready', job: 'paused', file: LAMP })
    for (let second = 0; second < 30; second += 1) {
      await rig.clock.advance(1_000)
      says.state({ device: 'ready', job: 'paused' })
    }
    expect(types(rig, 'mk4')).toEqual(['job.started'])
    await rig.apply({ ...TWO, thresholds: { pauseGrace: 5 } })
    expect(types(rig, 'mk4')).toEqual(['job.started', 'job.paused'])
  })

  it('of a server that speaks for several: the new one is spoken for after one more connection', async () => {
    const farm = { ...TWO, servers: [OCTO], printers: [{ ...MK4, sources: [{ server: 'octo', sourceId: 'a' }] }] }
    const rig = await start({ settings: farm })
    await printing(rig, LAMP, 'octo', 'a')
    await rig.apply({ ...farm, printers: [...farm.printers, { ...MK3, sources: [{ server: 'octo', sourceId: 'b' }] }] })
    expect(servers(rig)).toEqual(['octo', 'octo'])
    const says = speaker(rig, rig.server('octo'), 'b')
    says.link('up')
    says.state({ device: 'ready', job: 'none', file: null }, true)
    expect(rig.engine.printers().map(({ id, state }) => [id, state.device, state.job])).toEqual([['mk4', 'ready', 'printing'], ['mk3', 'ready', 'none']])
  })
})

describe('calls in a row', () => {
  it('are worked off one after the other, and the last one holds', async () => {
    const rig = await start(undefined, ({ world }) => {
      world.closes = false
    })
    const ended: string[] = []
    const apply = (url: string): void => void rig.engine.apply(rig.expand({ ...TWO, servers: [{ ...OCTO, url }, PI] })).then(() => ended.push(url))
    apply('http://octo2')
    apply('http://octo3')
    apply('http://octo4')
    await rig.clock.advance(2_000)
    expect(ended).toEqual(['http://octo2'])
    await rig.clock.advance(4_000)
    expect(ended).toEqual(['http://octo2', 'http://octo3', 'http://octo4'])
    expect(rig.connections.filter(({ signal }) => !signal.aborted).map(({ server }) => (server.settings as { url: string }).url)).toEqual(['http://pi', 'http://octo4'])
  })

  it('before the start are what it starts with', async () => {
    const rig = make({ settings: TWO })
    await rig.apply({ ...TWO, servers: [PI], printers: [MK3] })
    await rig.engine.start()
    expect(servers(rig)).toEqual(['pi'])
  })

  it('after the end do nothing', async () => {
    const rig = await start()
    await rig.stop()
    await rig.apply({ ...TWO, servers: [PI, { ...OCTO, url: 'http://octo2' }] })
    expect(servers(rig)).toEqual(['octo', 'pi'])
    expect(rig.clock.pending).toBe(0)
  })

  it('that the end overtakes leave nothing behind', async () => {
    const rig = await start(undefined, ({ world }) => {
      world.closes = false
    })
    const applied = rig.engine.apply(rig.expand({ ...TWO, servers: [{ ...OCTO, url: 'http://octo2' }, PI], destinations: [{ ...HOOK, label: 'Another' }] }))
    await rig.clock.advance(500)
    await rig.stop(5_000)
    await applied
    expect(servers(rig)).toEqual(['octo', 'pi'])
    expect(rig.clock.pending).toBe(0)
  })
})

describe('a secret that changed under the same reference', () => {
  const settings = { ...TWO, servers: [{ ...OCTO, apiKey: { env: 'KEY' } }, PI] }

  it('is taken at once, and only by whoever uses it', async () => {
    const rig = await start({ settings }, ({ world }) => {
      world.env = { KEY: 'CANARY-old' }
    })
    rig.world.env = { KEY: 'CANARY-new' }
    await rig.engine.refreshSecrets({ serverId: 'octo' })
    expect(servers(rig)).toEqual(['pi', 'octo', 'octo'])
    expect(rig.server('octo').server.secrets.apiKey?.reveal()).toBe('CANARY-new')
  })

  it('is no reason to interrupt anything when it is the same', async () => {
    const rig = await start({ settings }, ({ world }) => {
      world.env = { KEY: 'CANARY-old' }
    })
    await rig.engine.refreshSecrets({ serverId: 'octo' })
    await rig.engine.refreshSecrets()
    expect(servers(rig)).toEqual(['pi', 'octo'])
  })

  it('that can be read at last lets its server begin, without a wait', async () => {
    const rig = await start({ settings })
    expect(servers(rig)).toEqual(['pi'])
    rig.world.env = { KEY: 'CANARY-late' }
    await rig.engine.refreshSecrets()
    expect(servers(rig)).toEqual(['pi', 'octo'])
    await rig.clock.advance(60_000)
    expect(servers(rig)).toEqual(['pi', 'octo'])
  })

  it('that is gone is told with the cure', async () => {
    const rig = await start({ settings }, ({ world }) => {
      world.env = { KEY: 'CANARY-old' }
    })
    rig.world.env = {}
    await rig.engine.refreshSecrets({ serverId: 'octo' })
    expect(rig.server('octo').signal.aborted).toBe(true)
    expect(rig.engine.links()[0]).toMatchObject({ serverId: 'octo', observation: { link: 'auth_failed', cause: 'secret_missing', detail: 'The environment variable KEY is not set.' } })
  })
})
