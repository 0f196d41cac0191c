/** Following printers, seen from the whole engine. */
import { describe, expect, it } from 'vitest'
import { engineRigs, type Rig } from '../../../test/support/engine-rig.ts'
import { LAMP, printing } from '../../../test/support/fake-printer.ts'

const DESK = { id: 'desk', label: 'This desk', channel: 'toast', events: ['app.offline'] }
const PHONE = { id: 'phone', label: 'Phone', channel: 'hook', events: ['job.started'] }
const printer = (id: string, more: object = {}): object => ({ id, name: id.toUpperCase(), server: { kind: 'fake', id: `server-${id}`, url: `http://${id}` }, ...more })
const settings = (mk4: object = {}, more: object = {}): object => ({ version: 1, printers: [printer('mk4', mk4), printer('voron')], destinations: [DESK, PHONE], ...more })

const { start, kill } = engineRigs({ settings: settings() })

/** "desk job.done", in the order they were sent. */
const sent = (rig: Rig): string[] => rig.sent.map(({ destinationId, sending: { message } }) => `${destinationId} ${message.event?.printerId ?? ''} ${message.type}${message.type === 'job.progress' ? ` ${message.event?.progress}` : ''}`)

describe('R68: a printer that is followed', () => {
  it('tells the end and progress of its prints at this desk, where nothing else would, and no other printer does', async () => {
    const rig = await start({ settings: settings({ watch: {} }) })
    const mk4 = await printing(rig, LAMP, 'server-mk4')
    const voron = await printing(rig, LAMP, 'server-voron')
    for (const progress of [0.3, 0.55]) {
      mk4.state({ progress })
      voron.state({ progress })
      await rig.clock.advance(60_000)
    }
    mk4.done(LAMP)
    voron.done(LAMP)
    await rig.clock.advance(20_000)
    expect(sent(rig).filter((one) => one.startsWith('desk'))).toEqual(['desk mk4 job.progress 0.3', 'desk mk4 job.progress 0.55', 'desk mk4 job.done'])
    expect(sent(rig).filter((one) => one.startsWith('phone'))).toEqual(['phone mk4 job.started', 'phone voron job.started'])
    expect(rig.news.filter((one) => one.line === 'decision' && one.reason === 'watched')).toMatchObject([{ destinationId: 'desk', stage: 'deliver', profileId: 'watch:mk4' }, { profileId: 'watch:mk4' }, { profileId: 'watch:mk4' }])
  })

  it('has a mode, destinations and a progress of its own', async () => {
    const rig = await start({ settings: settings({ watch: { destinations: ['phone'], progress: 0.1 } }) })
    const says = await printing(rig, LAMP, 'server-mk4')
    for (const progress of [0.12, 0.22]) {
      says.state({ progress })
      await rig.clock.advance(60_000)
    }
    expect(sent(rig)).toEqual(['phone mk4 job.started', 'phone mk4 job.progress 0.12', 'phone mk4 job.progress 0.22'])
    await rig.apply(settings({ watch: { destinations: ['phone'], mode: 'in_app' } }))
    says.state({ progress: 0.52 })
    await rig.clock.advance(60_000)
    says.done(LAMP)
    await rig.clock.advance(20_000)
    expect(sent(rig)).toHaveLength(3)
    expect(rig.history.events({ types: ['job.done'], limit: 1 })[0]?.seenAt).toBeNull()
  })

  it('asks its server for no more than what is followed', async () => {
    const rig = await start({ settings: settings({ watch: {} }) })
    expect([...(rig.server('server-mk4').options.wanted.types)].sort()).toContain('job.progress')
    await rig.apply(settings())
    expect(rig.server('server-mk4').wants.at(-1)?.types.has('job.progress')).toBe(false)
  })

  it('is muted by a silence all the same', async () => {
    const rig = await start({ settings: settings({ watch: {} }) })
    const says = await printing(rig, LAMP, 'server-mk4')
    rig.engine.addSilence({ match: { printerIds: ['mk4'] }, endsAt: null, reason: 'test', by: 'test' })
    says.done(LAMP)
    await rig.clock.advance(20_000)
    expect(sent(rig)).toEqual(['phone mk4 job.started'])
  })

  it('names a destination that does not exist with its place', () => {
    return expect(start({ settings: settings({ watch: { destinations: ['fone'] } }) })).rejects.toThrow('printers[0].watch.destinations[0]')
  })
})

describe('R68: one print that is followed', () => {
  it('is followed until it ends, over a restart, and the next one is not', async () => {
    const rig = await start()
    const says = await printing(rig, LAMP, 'server-mk4')
    expect(rig.engine.follow('mk4', 'print')).toEqual({ result: 'done', detail: 'MK4 is followed until this print ends.' })
    expect([rig.engine.following('mk4'), rig.engine.following('voron')]).toEqual(['print', null])
    expect(rig.server('server-mk4').wants.at(-1)?.types.has('job.progress')).toBe(true)
    says.state({ progress: 0.3 })
    await rig.clock.advance(60_000)
    expect(sent(rig)).toEqual(['phone mk4 job.started', 'desk mk4 job.progress 0.3'])
    await rig.stop()
    kill(rig)

    const again = await start()
    expect(again.engine.following('mk4')).toBe('print')
    const more = await printing(again, LAMP, 'server-mk4')
    more.done(LAMP)
    await again.clock.advance(20_000)
    expect(sent(again).filter((one) => one.startsWith('desk'))).toEqual(['desk mk4 job.done'])
    expect(again.engine.following('mk4')).toBeNull()
    again.sent.length = 0
    more.started(LAMP)
    more.state({ job: 'printing', file: LAMP, progress: 0.01 })
    await again.clock.advance(5_000)
    more.done(LAMP)
    await again.clock.advance(20_000)
    expect(sent(again).filter((one) => one.startsWith('desk'))).toEqual([])
  })

  it('can\'t be followed while nothing prints, and is let go of by hand', async () => {
    const rig = await start()
    expect(rig.engine.follow('mk4', 'print')).toEqual({ result: 'stale', detail: 'MK4 prints nothing now. Follow the printer instead.' })
    expect(rig.engine.follow('mk4', 'always')).toEqual({ result: 'done', detail: 'MK4 is followed.' })
    expect(rig.engine.following('mk4')).toBe('always')
    expect(rig.states.at(-1)).toBe('mk4')
    expect(rig.engine.follow('mk4', null)).toEqual({ result: 'done', detail: 'MK4 is not followed any more.' })
    expect(rig.engine.following('mk4')).toBeNull()
    expect(rig.engine.follow('nobody', 'always').result).toBe('stale')
  })

  it('that the settings follow is let go of there', async () => {
    const rig = await start({ settings: settings({ watch: {} }) })
    expect(rig.engine.following('mk4')).toBe('always')
    expect(rig.engine.follow('mk4', null)).toEqual({ result: 'refused', detail: 'MK4 is followed by its settings. Let go of it there.' })
  })

  it('of a printer that is removed is followed no more', async () => {
    const rig = await start()
    rig.engine.follow('voron', 'always')
    await rig.apply({ version: 1, printers: [printer('mk4')], destinations: [DESK, PHONE] })
    await rig.apply(settings())
    expect(rig.engine.following('voron')).toBeNull()
  })
})

describe('R68: what is masked', () => {
  it('is told to nobody, whoever wants it, and stands in the history with the reason', async () => {
    const rig = await start({ settings: settings({ watch: {} }, { masked: ['job.started', 'job.done'] }) })
    const says = await printing(rig, LAMP, 'server-mk4')
    says.done(LAMP)
    await rig.clock.advance(20_000)
    expect(sent(rig)).toEqual([])
    const done = rig.history.events({ types: ['job.done'], limit: 1 })[0]
    expect(rig.history.decisions(done?.id ?? '').map(({ destinationId, decision, stage, reason }) => [destinationId, decision, stage, reason])).toEqual([['desk', 'drop', 'masked', 'masked'], ['phone', 'drop', 'masked', 'masked']])
    await rig.apply(settings({ watch: {} }))
    says.started(LAMP)
    says.state({ job: 'printing', file: LAMP, progress: 0.01 })
    await rig.clock.advance(5_000)
    expect(sent(rig)).toEqual(['phone mk4 job.started'])
  })

  it('is refused where there is no such event', () => expect(start({ settings: settings({}, { masked: ['job.dne'] }) })).rejects.toThrow())
})
