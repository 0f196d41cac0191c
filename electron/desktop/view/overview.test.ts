import { describe, expect, it } from 'vitest'
import type { PrinterState } from '../../engine/events/model.ts'
import type { Silence, StoredEvent } from '../../engine/history/history.ts'
import type { EngineSettings } from '../../engine/settings/expand.ts'
import { DEFAULT_THRESHOLDS } from '../../engine/settings/defaults.ts'
import { TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { createHeatLog } from './heat-log.ts'
import { createOverview, type OverviewParts } from './overview.ts'
import { remember, type ReadHistory } from './remembered.ts'
import { NOW, printing, rememberedOf, stateOf, vase } from './view.support.ts'

type Change = { cards: { id: string }[]; removed: string[]; status: { printing: number } }

/** An event as the history keeps it. */
function stored(given: Partial<StoredEvent>): StoredEvent {
  return {
    id: '01A', seq: 1, dedupeKey: given.id ?? '01A', occurredAt: NOW, observedAt: NOW, late: false, type: 'job.done', severity: 'success', printerId: 'p0', printerName: 'P 0', serverKind: 'octoprint', byUs: false, snapshot: 'none',
    seenAt: null, acknowledgedAt: null, snapshotFile: null, ...given,
  }
}

function rig(ids: string[], watched?: () => boolean) {
  const clock = new TestClock(NOW)
  const states = new Map<string, PrinterState>(ids.map((id) => [id, stateOf()]))
  const events: StoredEvent[] = []
  const files = new Map<string, string>()
  const silences: Silence[] = []
  const read: string[] = []
  const history: ReadHistory = {
    event: (id) => events.find((event) => event.id === id) ?? null,
    events: (query) => {
      read.push(JSON.stringify(query))
      return [...events].reverse().filter((event) => (query.printerId === undefined || event.printerId === query.printerId) && (query.types === undefined || query.types.includes(event.type)) && (query.unseen !== true || event.seenAt === null))
    },
    snapshot: (eventId) => (files.has(eventId) ? { eventId, printerId: 'p0', at: NOW - 5_000, file: files.get(eventId) ?? null, bytes: 1, width: 1, height: 1, why: null } : null),
    unseenCount: () => events.filter(({ seenAt }) => seenAt === null).length,
  }
  const settings = {
    servers: [{ id: 's', kind: 'octoprint', settings: {}, secrets: {}, inUse: true }],
    printers: ids.map((id) => ({ id, name: id, sources: [{ serverId: 's', sourceId: null, role: 'primary' }], thresholds: DEFAULT_THRESHOLDS, enabled: true })),
    destinations: [{ id: 'mail', label: 'Workshop mail' }],
  } as unknown as EngineSettings
  const parts: OverviewParts = {
    engine: () => ({
      printers: () => [...states].map(([id, state]) => ({ id, name: id, state })),
      links: () => [{ serverId: 's', observation: { kind: 'link', at: NOW, link: 'up', cause: null, detail: null }, junk: {} }],
      silences: () => silences.filter(({ endsAt }) => endsAt === null || endsAt > clock.now()), following: (id) => (id === 'voron' ? 'print' : null), webUrl: () => 'http://octopi.local/', failing: () => [{ destinationId: 'mail', since: NOW - 1_380_000, why: 'smtp.example.org refuses the password.' }],
    }),
    settings: () => settings,
    adapters: new Map([['octoprint', { displayName: 'OctoPrint', capabilities: { push: true, discover: true, pair: true, snapshot: true, commands: ['pause', 'resume', 'cancel'], events: new Set(), jobSurvivesServer: false } }]]),
    memory: remember(history, clock), openGaps: () => [{ serverId: 's', from: NOW - 600_000, to: null, cause: 'timeout' }], heat: createHeatLog(), clock, log: memoryLog(), ...(watched ? { watched } : {}),
  }
  const overview = createOverview(parts)
  const changes: Change[] = []
  overview.onChanged((change) => changes.push(change))
  const set = (id: string, state: PrinterState): void => {
    states.set(id, state)
    overview.onState(id)
  }
  const silence = (match: Silence['match'], endsAt: number | null): void => void silences.push({ id: '01S', createdAt: NOW, startsAt: NOW, endsAt, match, reason: 'Muted', by: 'window' })
  return { clock, overview, changes, set, states, events, files, silence, read, parts }
}

describe('the overview', () => {
  it('tells a change at once, then at most four times a second, and only cards that changed', async () => {
    const { clock, overview, changes, set } = rig(['p0', 'p1'])
    overview.cards()
    overview.onState('p0')
    await clock.advance(0)
    changes.length = 0
    for (let frame = 1; frame <= 20; frame++) {
      set('p0', printing({ progress: frame / 100 }))
      await clock.advance(50)
    }
    expect(changes.length).toBeLessThanOrEqual(4)
    expect(changes.length).toBeGreaterThanOrEqual(3)
    expect(changes.every(({ cards }) => cards.length === 1 && cards[0]?.id === 'p0')).toBe(true)
    expect(changes.at(-1)?.status.printing).toBe(1)
  })

  it('tells nothing of frames that say nothing new', async () => {
    const { clock, changes, set } = rig(['p0'])
    set('p0', printing({ heaters: { tool0: { actual: 215.1, target: 215 } } }))
    await clock.advance(300)
    changes.length = 0
    for (let frame = 0; frame < 10; frame++) {
      set('p0', printing({ heaters: { tool0: { actual: 215 + frame / 50, target: 215 } } }))
      await clock.advance(500)
    }
    expect(changes).toEqual([])
  })

  it('reads the history once a printer, never for a frame', async () => {
    const { clock, overview, set, read } = rig(['p0'])
    overview.cards()
    const before = read.length
    for (let frame = 0; frame < 50; frame++) {
      set('p0', printing({ progress: frame / 100 }))
      await clock.advance(250)
    }
    expect(read.length).toBe(before)
  })

  it('keeps what was read in between as news for the listeners', async () => {
    const { clock, overview, changes, set } = rig(['p0'])
    overview.cards()
    await clock.advance(20_000)
    changes.length = 0
    set('p0', printing())
    expect(overview.card('p0')?.state).toBe('printing')
    await clock.advance(250)
    expect(changes.map(({ cards }) => cards.map(({ id }) => id))).toEqual([['p0']])
  })

  it('a listener that breaks is logged and holds up no other', async () => {
    const { clock, overview, changes, set, parts } = rig(['p0'])
    overview.onChanged(() => { throw new Error('tray broke') })
    const later: unknown[] = []
    overview.onChanged((change) => later.push(change))
    set('p0', printing())
    await clock.advance(250)
    expect([changes.length, later.length]).toEqual([1, 1])
    expect((parts.log as ReturnType<typeof memoryLog>).lines.map(({ message }) => message)).toEqual(['a listener of the overview broke'])
  })

  it('a printer that goes is told as removed', async () => {
    const { clock, overview, changes, states } = rig(['p0', 'p1'])
    overview.cards()
    overview.refresh()
    await clock.advance(250)
    changes.length = 0
    states.delete('p1')
    overview.refresh()
    await clock.advance(250)
    expect(changes).toMatchObject([{ cards: [], removed: ['p1'] }])
  })

  it('a pause by somebody else needs you after its grace of 5 s; one of ours never does', async () => {
    const { clock, overview, set, events } = rig(['p0', 'p1'])
    overview.cards()
    set('p0', printing({ job: 'paused' }))
    set('p1', printing({ job: 'paused' }))
    events.push(stored({ id: '01B', type: 'command.succeeded', code: 'pause', printerId: 'p1', job: vase(), byUs: true, seenAt: NOW }))
    overview.onNews({ line: 'event', event: events[0] ?? stored({}) })
    expect([overview.card('p0')?.state, overview.card('p1')?.state]).toEqual(['printing', 'printing'])
    await clock.advance(10_000)
    expect([overview.card('p0')?.state, overview.card('p1')?.state]).toEqual(['needs', 'printing'])
    expect(overview.card('p0')?.since).toBe(NOW)
  })

  it('a pause that was there at the start needs you at once', () => {
    const { overview, states } = rig(['p0'])
    states.set('p0', printing({ job: 'paused' }))
    expect(overview.card('p0')?.state).toBe('needs')
  })

  it('since when a server is away comes from the history at the start, from the link later', async () => {
    const { clock, overview, states, set } = rig(['p0', 'p1'])
    states.set('p0', stateOf({ link: 'down' }))
    expect(overview.card('p0')?.since).toBe(NOW - 600_000)
    await clock.advance(5_000)
    set('p1', stateOf({ link: 'down' }))
    expect(overview.card('p1')?.since).toBe(NOW + 5_000)
    set('p1', stateOf({ link: 'auth_failed' }))
    expect(overview.card('p1')).toMatchObject({ state: 'error', since: NOW + 5_000 })
  })

  it('the end of a print, its picture and its count come by news; seen takes them back', async () => {
    const { clock, overview, events, files } = rig(['p0'])
    overview.cards()
    const done = stored({ id: '01D', type: 'job.done', job: vase(), printTime: 18_720, snapshot: 'final' })
    events.push(done)
    overview.onNews({ line: 'event', event: done })
    expect(overview.card('p0')).toMatchObject({ lastResult: { eventId: '01D', seen: false }, progress: 1, unseen: 1, picture: null })
    expect(overview.status().unseen).toBe(1)
    files.set('01D', '/snapshots/p0/01D.jpg')
    await clock.advance(2_000)
    expect(overview.card('p0')?.picture).toEqual({ url: 'printbell-picture://event/01D', takenAt: NOW - 5_000 })
    events[0] = { ...done, seenAt: NOW }
    overview.recount()
    expect(overview.card('p0')).toMatchObject({ lastResult: { seen: true }, unseen: 0, progress: null })
    expect(overview.status().unseen).toBe(0)
  })

  it('mutes: of one printer on its card, of everything in the status, and both end by themselves', async () => {
    const { clock, overview, silence } = rig(['p0', 'p1'])
    silence({ printerIds: ['p0'] }, NOW + 15_000)
    silence({ printerIds: ['p1'], types: ['job.progress'] }, null)
    silence({}, NOW + 15_000)
    expect([overview.card('p0')?.muted, overview.card('p1')?.muted, overview.status().paused]).toEqual([{ until: NOW + 15_000 }, null, { until: NOW + 15_000 }])
    await clock.advance(20_000)
    expect([overview.card('p0')?.muted, overview.status().paused]).toEqual([null, null])
  })

  it('destinations that fail are told by their label', () => {
    expect(rig(['p0']).overview.status().failing).toEqual([{ id: 'mail', label: 'Workshop mail', since: NOW - 1_380_000, why: 'smtp.example.org refuses the password.' }])
  })

  it('what was there before the start is read from the history', () => {
    const { overview, events, files } = rig(['p0'])
    const { file, printTime, at } = rememberedOf()
    events.push(stored({ id: '01E', occurredAt: at, printTime, job: { ...vase(), file: { name: file ?? '', path: file ?? '', origin: 'local', size: null } }, snapshotFile: 'x.jpg' }))
    files.set('01E', 'x.jpg')
    expect(overview.card('p0')).toMatchObject({ lastResult: { at, file: 'planter-hex_120mm.3mf', printTime: 18_720 }, picture: { url: 'printbell-picture://event/01E' }, server: 'OctoPrint', hasWebPage: true })
  })

  it('samples temperatures each ten seconds while the link is up, and leaves no timer behind', async () => {
    const { clock, overview, states, parts } = rig(['p0', 'p1'])
    for (const [id, link] of [['p0', 'up'], ['p1', 'down']] as const) states.set(id, stateOf({ link, heaters: { bed: { actual: 60, target: 60 } } }))
    await clock.advance(30_000)
    expect(parts.heat.series('p0', clock.now()).series[0]?.points).toHaveLength(3)
    expect(parts.heat.series('p1', clock.now()).series).toEqual([])
    overview.stop()
    await clock.advance(20_000)
    expect(clock.pending).toBe(0)
  })
})

describe('the pace of the overview', () => {
  it('is a second while no window shows it, and four times as quick when one does', async () => {
    let open = false
    const { set, clock, changes } = rig(['p0'], () => open)
    await clock.advance(5_000)
    const tellsWithin = async (ms: number): Promise<number> => {
      const before = changes.length
      for (let at = 0; at < ms; at += 100) {
        set('p0', printing({ progress: (clock.now() % 100_000) / 100_000 }))
        await clock.advance(100)
      }
      return changes.length - before
    }
    // At once, then each second.
    expect(await tellsWithin(4_000)).toBe(5)
    open = true
    await clock.advance(1_000)
    const quick = await tellsWithin(4_000)
    expect(quick).toBeGreaterThan(12)
    expect(quick).toBeLessThanOrEqual(17)
  })
})
