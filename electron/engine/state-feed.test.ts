import { beforeEach, describe, expect, it } from 'vitest'
import { TestClock } from '../../test/support/clock.ts'
import { PLAIN_KIND } from '../../test/support/channel-kit.ts'
import { engineRigs } from '../../test/support/engine-rig.ts'
import { LAMP, printing } from '../../test/support/fake-printer.ts'
import { memoryLog } from '../../test/support/log.ts'
import type { Channel, ChannelCapabilities, PrinterNow, Verdict } from './channels/channel.ts'
import type { PrinterState } from './events/model.ts'
import { initialMemory } from './events/reduce.ts'
import { createStateFeed, type StateFeed } from './state-feed.ts'

const CAPABILITIES: ChannelCapabilities = { image: 'none', maxText: null, maxImageBytes: null, canUpdate: false, actions: false, idempotencyKey: false, local: false, state: true }
const STATE: PrinterState = initialMemory('up').state
const printer = (id: string, over: Partial<PrinterState> = {}): PrinterNow => ({ id, name: id.toUpperCase(), serverKind: 'octoprint', state: { ...STATE, ...over } })
const delivered = async (): Promise<Verdict> => ({ result: 'delivered', detail: 'ok' })
const channelOf = (over: Partial<Channel> = {}): Channel => ({ sendPrinterNotification: delivered, sendFailureAlert: delivered, sendTestMessage: delivered, close: async () => undefined, ...over })

/** Writes down what it is told, in short. */
function listening(lines: string[], name: string): Channel {
  return channelOf({
    tellPrinters: (ids) => void lines.push(`${name}: printers ${ids.join(' ')}`),
    tellState: ({ id, state }) => void lines.push(`${name}: ${id} ${state.progress ?? '-'}`),
  })
}

describe('the feed of states', () => {
  let clock: TestClock
  let printers: PrinterNow[]
  let lines: string[]
  let open: Map<string, { channel: Channel; capabilities: ChannelCapabilities }>
  let feed: StateFeed
  const log = memoryLog()
  const told = (): string[] => lines.splice(0)

  beforeEach(() => {
    clock = new TestClock()
    printers = [printer('mk4'), printer('mk3')]
    lines = []
    open = new Map([['broker', { channel: listening(lines, 'broker'), capabilities: CAPABILITIES }]])
    feed = createStateFeed({ clock, log, open, printers: () => printers, printer: (id) => printers.find((one) => one.id === id) ?? null })
  })

  it('tells a destination that was opened who is watched, then how each stands', () => {
    feed.opened('broker')
    expect(told()).toEqual(['broker: printers mk4 mk3', 'broker: mk4 -', 'broker: mk3 -'])
  })

  it('tells a change at once, and the next of the same printer a second later, the newest only', async () => {
    feed.opened('broker')
    told()
    for (const progress of [0.1, 0.2, 0.3]) {
      printers = [printer('mk4', { progress }), printer('mk3')]
      feed.touched('mk4')
      await clock.advance(10)
    }
    expect(told()).toEqual(['broker: mk4 0.1'])
    await clock.advance(969)
    expect(told()).toEqual([])
    await clock.advance(1)
    expect(told()).toEqual(['broker: mk4 0.3'])
    await clock.advance(60_000)
    expect(told()).toEqual([])
  })

  it('holds up no printer for another', async () => {
    printers = [printer('mk4', { progress: 0.1 }), printer('mk3', { progress: 0.5 })]
    feed.touched('mk4')
    feed.touched('mk3')
    await clock.advance(0)
    expect(told()).toEqual(['broker: printers mk4 mk3', 'broker: mk4 0.1', 'broker: mk3 0.5'])
  })

  it('tells nothing when nothing changed', async () => {
    feed.touched('mk4')
    await clock.advance(0)
    told()
    await clock.advance(5_000)
    printers = [printer('mk4'), printer('mk3')]
    feed.touched('mk4')
    await clock.advance(5_000)
    expect(told()).toEqual([])
  })

  it('tells who is watched when a printer comes or goes', async () => {
    feed.opened('broker')
    told()
    printers = [printer('mk4'), printer('mk3'), printer('mini')]
    feed.touched('mini')
    await clock.advance(0)
    expect(told()).toEqual(['broker: printers mk4 mk3 mini', 'broker: mini -'])
    printers = [printer('mk4'), printer('mini')]
    feed.touched('mk3')
    await clock.advance(1_000)
    expect(told()).toEqual(['broker: printers mk4 mini'])
  })

  it('tells that a printer is gone to everybody, also when another destination is opened just then', async () => {
    feed.opened('broker')
    told()
    printers = [printer('mk4')]
    feed.touched('mk3')
    open.set('other', { channel: listening(lines, 'other'), capabilities: CAPABILITIES })
    feed.opened('other')
    await clock.advance(1_000)
    expect(told()).toEqual(['broker: printers mk4', 'other: printers mk4', 'other: mk4 -'])
  })

  it('does not speak to channels that show no state, and does nothing where there is none', async () => {
    open.set('broker', { channel: listening(lines, 'broker'), capabilities: { ...CAPABILITIES, state: undefined } as unknown as ChannelCapabilities })
    feed.opened('broker')
    feed.touched('mk4')
    expect(clock.pending).toBe(0)
    await clock.advance(1_000)
    expect(told()).toEqual([])
  })

  it('goes on when a channel throws, and logs no word of it', async () => {
    const broken = channelOf({ tellState: () => { throw new TypeError('http://secret.example') } })
    open = new Map([['broken', { channel: broken, capabilities: CAPABILITIES }], ['broker', { channel: listening(lines, 'broker'), capabilities: CAPABILITIES }]])
    feed = createStateFeed({ clock, log, open, printers: () => printers, printer: (id) => printers.find((one) => one.id === id) ?? null })
    feed.touched('mk4')
    await clock.advance(0)
    expect(told()).toEqual(['broker: printers mk4 mk3', 'broker: mk4 -'])
    expect(JSON.stringify(log.lines)).toContain('TypeError')
    expect(JSON.stringify(log.lines)).not.toContain('secret')
  })

  it('is silent once it was stopped', async () => {
    feed.touched('mk4')
    feed.stop()
    feed.touched('mk3')
    feed.opened('broker')
    await clock.advance(5_000)
    expect(told()).toEqual([])
    expect(clock.pending).toBe(0)
  })
})

describe('an engine', () => {
  const lines: string[] = []
  const HOOK = { id: 'hook', label: 'My hook', channel: 'hook', events: ['job.*'] }
  const MK4 = { id: 'mk4', name: 'MK4', server: { kind: 'fake', id: 'octo', url: 'http://octo' }, commands: ['pause'] }
  const settings = { version: 1, printers: [MK4], destinations: [HOOK] }
  const seen: PrinterNow[] = []
  const channel = channelOf({
    tellPrinters: (ids) => void lines.push(`printers ${ids.join(' ')}`),
    tellState: (now) => {
      seen.push(now)
      lines.push(`${now.id} ${now.name} ${now.serverKind} ${now.state.link} ${now.state.job}`)
    },
  })
  const { start } = engineRigs({ settings, capabilities: { state: true }, kind: { ...PLAIN_KIND, open: () => channel } })

  it('tells its channels how the printers stand, from the start to their removal', async () => {
    lines.splice(0)
    const rig = await start()
    expect(lines.splice(0)).toEqual(['printers mk4', 'mk4 MK4 fake connecting none'])
    await printing(rig)
    await rig.clock.advance(1_000)
    expect(lines.splice(0).at(-1)).toBe('mk4 MK4 fake up printing')
    expect(seen.at(-1)?.state.jobRef?.file).toEqual(LAMP)
    await rig.apply({ ...settings, destinations: [{ ...HOOK, label: 'Another' }] })
    expect(lines.splice(0)).toEqual(['printers mk4', 'mk4 MK4 fake up printing'])
    await rig.apply({ ...settings, printers: [{ ...MK4, name: 'Left' }], destinations: [{ ...HOOK, label: 'Another' }] })
    await rig.clock.advance(1_000)
    expect(lines.splice(0)).toEqual(['mk4 Left fake up printing'])
    await rig.apply({ ...settings, printers: [], destinations: [{ ...HOOK, label: 'Another' }] })
    await rig.clock.advance(1_000)
    expect(lines.splice(0)).toEqual(['printers '])
  })
})
