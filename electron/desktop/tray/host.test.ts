import type { MessageBus } from 'dbus-native'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { startFakeBus, until, type FakeBus } from '../../../test/support/desktop-fake.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { watchTrayHost, type TrayHost, type TrayHostState } from './host.ts'

const NAME = 'org.kde.StatusNotifierWatcher'
let bus: FakeBus
let clock: TestClock
let host: TrayHost | null
let states: TrayHostState[]

beforeEach(async () => {
  bus = await startFakeBus()
  clock = new TestClock()
  states = []
  host = null
})
afterEach(async () => {
  host?.close()
  await bus.stop()
})

const watch = (address: string | null = bus.address, pid = process.pid): void => {
  host = watchTrayHost({ address, pid, clock, log: memoryLog(), onState: (state) => states.push(state) })
}
const told = async (expected: TrayHostState[]): Promise<void> => {
  await until(() => states.length >= expected.length, `states ${expected.join()} (there are ${states.join()})`)
  expect(states).toEqual(expected)
}

interface Watcher {
  bus: MessageBus
  /** Icons that it knows of. */
  items: string[]
  /** Registers or unregisters a host, as KDE's interface tells it. */
  host(there: boolean): void
}

/** A watcher as panels have them. */
async function watcher(there: boolean): Promise<Watcher> {
  const client = await bus.stranger()
  const items: string[] = []
  const facts = { IsStatusNotifierHostRegistered: there, RegisteredStatusNotifierItems: items }
  client.exportInterface(facts, '/StatusNotifierWatcher', { name: NAME, properties: { IsStatusNotifierHostRegistered: 'b', RegisteredStatusNotifierItems: 'as' }, signals: {} })
  await client.requestName(NAME, 0)
  return {
    bus: client,
    items,
    host: (now) => {
      facts.IsStatusNotifierHostRegistered = now
      client.sendSignal('/StatusNotifierWatcher', NAME, now ? 'StatusNotifierHostRegistered' : 'StatusNotifierHostUnregistered', '', [])
    },
  }
}

describe('the tray host', () => {
  it('is there when a watcher knows of one', async () => {
    await watcher(true)
    watch()
    await told(['shown'])
  })

  it('is not there when nobody watches, or the watcher knows of none', async () => {
    watch()
    await told(['no_host'])
    const late = await watcher(false)
    // The watcher's coming is looked at and changes nothing; the host's does.
    late.host(true)
    await told(['no_host', 'shown'])
    late.host(false)
    await told(['no_host', 'shown', 'no_host'])
  })

  it('that comes later is noticed, and so is its end', async () => {
    watch()
    await told(['no_host'])
    const late = await watcher(true)
    await told(['no_host', 'shown'])
    await late.bus.close()
    await told(['no_host', 'shown', 'no_host'])
  })

  it('is unknown without a bus, and asked for again until there is one', async () => {
    watch('unix:path=/nowhere/bus')
    await told(['unknown'])
    await until(() => clock.pending > 0, 'the next try is planned')
    await clock.advance(5_000)
    await until(() => clock.pending > 0, 'another try is planned')
    expect(states).toEqual(['unknown'])
  })

  it('is unknown when there is no address at all', () => {
    watch(null)
    expect(states).toEqual(['unknown'])
    expect(clock.pending).toBe(0)
  })

  it('is asked for anew when the bus has gone', async () => {
    await watcher(true)
    watch()
    await told(['shown'])
    await bus.stop()
    await told(['shown', 'unknown'])
    expect(clock.pending).toBe(1)
    bus = await startFakeBus()
  })

  it.each([['of this process', process.pid, true], ['of another', process.pid + 1, false]])('tells whether it knows of an icon %s', async (_whose, pid, expected) => {
    const there = await watcher(true)
    there.items.push(`${NAME}/StatusNotifierItem`)
    watch(bus.address, pid)
    await told(['shown'])
    expect(await host?.hasOurs()).toBe(expected)
  })

  it('does not tell of icons where a watcher says nothing of them, or of one that is gone, or without a bus', async () => {
    const there = await watcher(true)
    there.items.push(':1.9999/StatusNotifierItem')
    watch(bus.address, process.pid)
    await told(['shown'])
    expect(await host?.hasOurs()).toBe(null)
    host?.close()
    watch(null)
    expect(await host?.hasOurs()).toBe(null)
  })

  it('leaves no timer and no connection behind when closed', async () => {
    watch('unix:path=/nowhere/bus')
    await told(['unknown'])
    await until(() => clock.pending > 0, 'the next try is planned')
    host?.close()
    expect(clock.pending).toBe(0)
  })
})
