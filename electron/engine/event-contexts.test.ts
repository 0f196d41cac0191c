import { describe, expect, it } from 'vitest'
import { engineRigs, type RigOptions } from '../../test/support/engine-rig.ts'
import { LAMP, printing } from '../../test/support/fake-printer.ts'
import { memoryLog } from '../../test/support/log.ts'
import { aKind, anEvent } from '../../test/support/rule-fixtures.ts'
import { createEventContexts } from './event-contexts.ts'
import type { PrinterContext } from './events/context.ts'
import { initialMemory } from './events/reduce.ts'
import type { Connection } from './printers/adapter.ts'
import { needsContext } from './rules/subscriptions.ts'

const WORDS: PrinterContext = { state: { text: 'Printing' }, job: { file: { name: 'lamp.gcode' } }, currentZ: 12.4, progress: { completion: 42.5 }, offsets: {}, meta: { hash: 'ab' } }
const KINDS = new Map([
  ['old', { ...aKind('old'), needsContext: (config: Readonly<Record<string, unknown>>) => config.all === true }],
  ['plain', aKind('plain')],
])
const to = (...ids: string[]) => ids.map((destinationId) => ({ destinationId }))

function setUp(context: Connection['context'] | null) {
  const log = memoryLog()
  const contexts = createEventContexts({
    destinations: () => [
      { id: 'all', label: 'All', channel: 'old', config: { all: true }, enabled: true },
      { id: 'few', label: 'Few', channel: 'old', config: {}, enabled: true },
      { id: 'plain', label: 'Plain', channel: 'plain', config: {}, enabled: true },
      { id: 'lost', label: 'Lost', channel: 'nowhere', config: {}, enabled: true },
    ],
    kinds: KINDS,
    connection: (printerId) => (context === null || printerId !== 'mk4' ? null : { connection: { ...(context ? { context } : {}) } as Connection, sourceId: 'x' }),
    state: (printerId) => (printerId === '' ? null : { ...initialMemory('up').state, device: 'ready', z: 3 }),
    log,
  })
  return { contexts, log }
}

describe('the context of an event', () => {
  const draft = anEvent('job.progress', { context: { step: 0.25 } })

  it('is frozen when a destination that gets the event needs it, beside what the event itself says', () => {
    const { contexts } = setUp(() => WORDS)
    expect(contexts.freeze(draft, to('plain', 'all')).context).toEqual({ step: 0.25, ...WORDS })
    expect(draft.context).toEqual({ step: 0.25 })
  })

  it('is left out when nobody who gets the event needs it', () => {
    const { contexts } = setUp(() => WORDS)
    for (const rows of [to(), to('plain'), to('few'), to('lost'), to('gone')]) expect(contexts.freeze(draft, rows)).toBe(draft)
  })

  it.each<[string, Connection['context'] | null]>([
    ['the printer is not connected', null],
    ['the server has no words of its own', undefined],
    ['the server has not told anything yet', () => null],
    ['the adapter breaks', () => { throw new Error('broken') }],
  ])('comes from the printer\'s state when %s', (what, context) => {
    const { contexts, log } = setUp(context)
    expect(contexts.freeze(draft, to('all')).context).toMatchObject({ step: 0.25, state: { text: 'Operational' }, currentZ: 3, offsets: {}, meta: null })
    expect(log.lines).toHaveLength(what === 'the adapter breaks' ? 1 : 0)
  })

  it('is none for an event that belongs to no printer', () => {
    const { contexts } = setUp(() => WORDS)
    const own = anEvent('app.test', { printerId: '' })
    expect(contexts.freeze(own, to('all'))).toBe(own)
  })

  it('has at most 64 kB', () => {
    const { contexts } = setUp(() => ({ ...WORDS, meta: { note: 'x'.repeat(70_000) } }))
    expect(contexts.freeze(draft, to('all')).context).toEqual({ step: 0.25, ...WORDS, meta: null })
  })

  it('is needed as the channel says of the config', () => {
    const old = KINDS.get('old')
    if (!old) throw new Error('no kind')
    expect(needsContext({ config: { all: true } }, old)).toBe(true)
    expect(needsContext({ config: {} }, old)).toBe(false)
    expect(needsContext({ config: {} }, aKind('plain'))).toBe(false)
  })
})

describe('in the engine', () => {
  const settings = {
    version: 1,
    printers: [{ id: 'mk4', name: 'MK4', server: { id: 'octo', kind: 'fake', url: 'http://octo.local', apiKey: { env: 'KEY' } } }],
    destinations: [{ id: 'hook', label: 'Hook', channel: 'hook', config: {}, events: ['job.*'] }],
  }
  let now = WORDS
  const options: RigOptions = { settings, kind: { needsContext: () => true }, context: () => now }
  const rigs = engineRigs(options)
  const start = (over: Partial<RigOptions> = {}) => rigs.start({ ...options, ...over }, (rig) => { rig.world.env.KEY = 'key-0123456789' })

  it('is on disk with the event, and a retry tells the same although the printer went on', async () => {
    now = WORDS
    const rig = await start()
    let tries = 0
    rig.world.send.hook = async () => (++tries === 1 ? { result: 'retry', after: null, why: 'busy' } : { result: 'delivered', detail: 'ok' })
    await printing(rig)
    now = { ...WORDS, currentZ: 99 }
    await rig.clock.advance(60_000)
    const started = rig.sent.filter(({ sending }) => sending.message.type === 'job.started').map(({ sending }) => sending.message.event)
    expect(started.length).toBe(2)
    for (const event of started) expect(event?.context).toEqual(WORDS)
    expect(rig.history.event(started[0]?.id ?? '')?.context).toEqual(WORDS)
  })

  it('is asked of the servers only while a destination needs it', async () => {
    const rig = await start()
    expect(rig.server('octo').options.wanted.context).toBe(true)
    await rig.apply({ ...settings, destinations: [{ ...settings.destinations[0], enabled: false }] })
    expect(rig.server('octo').wants.at(-1)?.context).toBeUndefined()
    await rig.stop()
  })

  it('is neither asked for nor stored when no channel needs it', async () => {
    const rig = await start({ kind: {} })
    await printing(rig, LAMP)
    expect(rig.server('octo').options.wanted.context).toBeUndefined()
    expect(rig.sent[0]?.sending.message.type).toBe('job.started')
    expect(rig.sent[0]?.sending.message.event?.context).toBeUndefined()
  })

  it('comes with a rehearsal too', async () => {
    now = WORDS
    const rig = await start()
    await printing(rig)
    void rig.engine.rehearse({ destinationId: 'hook', printerId: 'mk4', type: 'job.failed' })
    await rig.clock.advance(1_000)
    expect(rig.sent.find(({ sending }) => sending.message.type === 'job.failed')?.sending.message.event?.context).toEqual(WORDS)
  })
})
