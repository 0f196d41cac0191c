/** What becomes of a followed print once it is over, seen from the whole engine: its end is still told, and nothing else is changed by it. */
import { describe, expect, it } from 'vitest'
import { engineRigs, type Rig, type RigOptions } from '../../../test/support/engine-rig.ts'
import { LAMP, printing, speaker, type Speaker } from '../../../test/support/fake-printer.ts'
import { NOON } from '../../../test/support/rule-fixtures.ts'
import { HistoryError, type History } from '../history/history.ts'

const DESK = { id: 'desk', label: 'This desk', channel: 'toast', events: ['app.offline'] }
const PHONE = { id: 'phone', label: 'Phone', channel: 'hook', events: ['job.progress'] }
const printer = (id: string, url = `http://${id}`): object => ({ id, name: id.toUpperCase(), server: { kind: 'fake', id: `server-${id}`, url }, thresholds: { progressStep: 0.5 } })
const settings = (printers: object[] = [printer('mk4'), printer('voron')]): object => ({ version: 1, printers, destinations: [DESK, PHONE] })

const { start, kill } = engineRigs({ settings: settings() })

const sent = (rig: Rig, destinationId: string): string[] => rig.sent.filter((one) => one.destinationId === destinationId).map(({ sending: { message } }) => `${message.event?.printerId ?? ''} ${message.type}${message.type === 'job.progress' ? ` ${message.event?.progress}` : ''}`)

/** A disk that does not take what is followed while `disk.full`; all else it takes. */
function fullForWatches(): { disk: { full: boolean }; options: RigOptions } {
  const disk = { full: false }
  const history = (stored: History): History => ({
    ...stored,
    setFact(name, value) {
      if (disk.full && name === 'watches') throw new HistoryError('full', 'The disk is full. Free some space.')
      stored.setFact(name, value)
    },
  })
  return { disk, options: { settings: settings(), history } }
}

/** Another print of the same file, and how far it is, a minute apart. */
async function prints(rig: Rig, says: Speaker, ...steps: number[]): Promise<void> {
  says.started(LAMP)
  says.state({ job: 'printing', file: LAMP, progress: 0 })
  await rig.clock.advance(60_000)
  for (const progress of steps) {
    says.state({ progress })
    await rig.clock.advance(60_000)
  }
}

describe('R68: the end of a print that is followed', () => {
  it('is told by a late try too', async () => {
    const rig = await start()
    let tries = 0
    rig.world.send['desk'] = async () => {
      tries += 1
      return tries === 1 ? { result: 'retry', after: null, why: 'busy' } : { result: 'delivered', detail: 'ok' }
    }
    const says = await printing(rig, LAMP, 'server-mk4')
    rig.engine.follow('mk4', 'print')
    says.done(LAMP)
    await rig.clock.advance(120_000)
    expect(sent(rig, 'desk')).toEqual(['mk4 job.done', 'mk4 job.done'])
    const done = rig.history.events({ types: ['job.done'], limit: 1 })[0]
    expect(rig.history.outbox({ eventId: done?.id ?? '', destinationId: 'desk' }).map(({ state }) => state)).toEqual(['delivered'])
    expect(rig.engine.following('mk4')).toBeNull()
  })

  it('is told after it was gathered behind that of another', async () => {
    const rig = await start()
    const mk4 = await printing(rig, LAMP, 'server-mk4')
    const voron = await printing(rig, LAMP, 'server-voron')
    rig.engine.follow('mk4', 'print')
    rig.engine.follow('voron', 'print')
    mk4.done(LAMP)
    await rig.clock.advance(1_000)
    voron.done(LAMP)
    await rig.clock.advance(120_000)
    expect(sent(rig, 'desk')).toEqual(['mk4 job.done', 'voron job.done'])
  })

  it('is told by a late try although the next print is followed meanwhile', async () => {
    const rig = await start()
    rig.world.send['desk'] = async () => ({ result: 'retry', after: null, why: 'busy' })
    const says = await printing(rig, LAMP, 'server-mk4')
    rig.engine.follow('mk4', 'print')
    says.done(LAMP)
    await rig.clock.advance(1_000)
    says.started(LAMP)
    says.state({ job: 'printing', file: LAMP, progress: 0 })
    await rig.clock.advance(1_000)
    expect(rig.engine.follow('mk4', 'print').result).toBe('done')
    rig.sent.length = 0
    rig.world.send['desk'] = async () => ({ result: 'delivered', detail: 'ok' })
    await rig.clock.advance(300_000)
    expect(sent(rig, 'desk')).toEqual(['mk4 job.done'])
    expect(rig.engine.following('mk4')).toBe('print')
  })
})

describe('R68: a followed print that is over', () => {
  it('makes the progress of the next one no finer, and its server is asked for no more because of it', async () => {
    const rig = await start({ settings: { ...settings(), destinations: [DESK, { ...PHONE, events: ['job.started'] }] } })
    const says = await printing(rig, LAMP, 'server-mk4')
    rig.engine.follow('mk4', 'print')
    says.done(LAMP)
    await rig.clock.advance(60_000)
    expect(rig.server('server-mk4').wants.map(({ types }) => types.has('job.progress'))).toEqual([true, false])
    await rig.apply(settings())
    await prints(rig, says, 0.3, 0.55)
    expect(sent(rig, 'phone').slice(1)).toEqual(['mk4 job.progress 0.55'])
  })

  it('is over after a restart too, where that could not be noted', async () => {
    const { disk, options } = fullForWatches()
    const rig = await start(options)
    const says = await printing(rig, LAMP, 'server-mk4')
    rig.engine.follow('mk4', 'print')
    disk.full = true
    says.done(LAMP)
    await rig.clock.advance(20_000)
    expect(sent(rig, 'desk')).toEqual(['mk4 job.done'])
    expect(rig.engine.following('mk4')).toBeNull()
    expect(JSON.parse(rig.history.getFact('watches') ?? '')).toMatchObject([{ printerId: 'mk4', overSince: null }])
    kill(rig)
    const again = await start({ settings: settings(), at: NOON + 3_600_000 })
    expect(again.engine.following('mk4')).toBeNull()
    const more = await printing(again, LAMP, 'server-mk4')
    await prints(again, more, 0.3, 0.55)
    expect(sent(again, 'phone')).toEqual(['mk4 job.progress 0.55'])
    expect(sent(again, 'desk')).toEqual([])
  })

  it('is over where its printer has another source', async () => {
    const rig = await start()
    await printing(rig, LAMP, 'server-mk4')
    rig.engine.follow('mk4', 'print')
    await rig.apply(settings([printer('mk4', 'http://elsewhere'), printer('voron')]))
    await rig.apply(settings([{ ...printer('mk4'), server: { kind: 'fake', id: 'server-new', url: 'http://new' } }, printer('voron')]))
    const says = await printing(rig, LAMP, 'server-new')
    expect(rig.engine.following('mk4')).toBeNull()
    await prints(rig, says, 0.3, 0.55)
    expect(sent(rig, 'phone')).toEqual(['mk4 job.progress 0.55'])
  })

  it('is not over where its printer has another source that tells of the same print, whatever it tells first', async () => {
    const rig = await start()
    const before = speaker(rig, rig.server('server-mk4'))
    before.link('up')
    before.state({ device: 'ready', job: 'printing', file: LAMP, jobId: 'J7', progress: 0.1 }, true)
    await rig.clock.advance(30_000)
    expect(rig.engine.follow('mk4', 'print').result).toBe('done')
    await rig.apply(settings([{ ...printer('mk4'), server: { kind: 'fake', id: 'server-new', url: 'http://new' } }, printer('voron')]))
    const after = speaker(rig, rig.server('server-new'))
    after.link('up')
    after.state({ device: 'ready', job: 'printing' })
    await rig.clock.advance(1_000)
    after.state({ job: 'printing', file: LAMP, jobId: 'J7', progress: 0.2 }, true)
    await rig.clock.advance(30_000)
    expect(rig.engine.following('mk4')).toBe('print')
  })

  it('is kept no longer than its messages may be under way', async () => {
    const rig = await start()
    const says = await printing(rig, LAMP, 'server-mk4')
    rig.engine.follow('mk4', 'print')
    says.done(LAMP)
    await rig.clock.advance(20_000)
    rig.engine.follow('voron', 'always')
    expect(JSON.parse(rig.history.getFact('watches') ?? '')).toMatchObject([{ printerId: 'mk4' }, { printerId: 'voron', jobKey: null }])
    // What failed is worth sending for 48 h; a day more for what is known late.
    await rig.clock.advance(73 * 3_600_000)
    rig.engine.follow('voron', null)
    expect(JSON.parse(rig.history.getFact('watches') ?? '')).toEqual([])
  })
})

describe('what is followed, while the disk is full', () => {
  it('holds until the end, and is written with the next change', async () => {
    const { disk, options } = fullForWatches()
    const rig = await start(options)
    disk.full = true
    expect(rig.engine.follow('mk4', 'always')).toEqual({ result: 'done', detail: 'MK4 is followed.' })
    expect(rig.engine.following('mk4')).toBe('always')
    expect(rig.log.lines).toContainEqual({ level: 'error', message: 'what is followed could not be written; it is tried again at the next change', fields: { error: 'The disk is full. Free some space.' } })
    disk.full = false
    rig.engine.follow('voron', 'always')
    await rig.stop()
    kill(rig)
    const again = await start()
    expect([again.engine.following('mk4'), again.engine.following('voron')]).toEqual(['always', 'always'])
  })

  it('does not keep new settings from being applied', async () => {
    const { disk, options } = fullForWatches()
    const rig = await start(options)
    rig.engine.follow('voron', 'always')
    disk.full = true
    await rig.apply(settings([printer('mk4', 'http://elsewhere'), printer('prusa')]))
    expect(rig.engine.printers().map(({ id, state }) => [id, state?.link])).toEqual([['mk4', 'connecting'], ['prusa', 'connecting']])
    expect(['server-mk4', 'server-prusa'].map((id) => rig.server(id).server.settings)).toEqual([{ url: 'http://elsewhere' }, { url: 'http://prusa' }])
    expect(rig.engine.following('voron')).toBeNull()
  })
})
