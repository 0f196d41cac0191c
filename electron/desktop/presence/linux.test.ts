import type { MessageBus } from 'dbus-native'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { startFakeBus, until, type FakeBus } from '../../../test/support/desktop-fake.ts'
import { memoryLog, type MemoryLog } from '../../../test/support/log.ts'
import { linuxReadings, systemBusAddress } from './linux.ts'
import type { ReadingsSource } from './source.ts'

let system: FakeBus
let session: FakeBus
let log: MemoryLog
let source: ReadingsSource | null
let measured: number | null
const MINUTES = 600_000

beforeEach(async () => {
  system = await startFakeBus()
  session = await startFakeBus()
  log = memoryLog()
  source = null
  measured = null
})
afterEach(async () => {
  source?.close()
  await system.stop()
  await session.stop()
})

function open(given: { sessionId?: string | null; sessionBus?: string | null; systemBus?: string } = {}): ReadingsSource {
  source = linuxReadings({ sessionBus: session.address, systemBus: system.address, sessionId: '2', clock: new TestClock(), log, measuredIdle: () => measured, ...given })
  return source
}

interface Session {
  LockedHint: boolean
  IdleHint: boolean
  IdleSinceHint: bigint
}

/** logind with one session under these names. */
async function logind(names: readonly string[]): Promise<{ bus: MessageBus; session: Session; changed(): void }> {
  const bus = await system.stranger()
  const path = '/org/freedesktop/login1/session/_32'
  const hints: Session = { LockedHint: false, IdleHint: false, IdleSinceHint: 0n }
  bus.exportInterface({ GetSession: (name: string) => {
    if (names.includes(name)) return path
    throw Object.assign(new Error(`No session '${name}' known`), { dbusName: 'org.freedesktop.login1.NoSuchSession' })
  } }, '/org/freedesktop/login1', { name: 'org.freedesktop.login1.Manager', methods: { GetSession: ['s', 'o', [], []] } })
  bus.exportInterface(hints, path, { name: 'org.freedesktop.login1.Session', properties: { LockedHint: 'b', IdleHint: 'b', IdleSinceHint: 't' } })
  await bus.requestName('org.freedesktop.login1', 0)
  return { bus, session: hints, changed: () => bus.sendSignal(path, 'org.freedesktop.DBus.Properties', 'PropertiesChanged', 'sa{sv}as', ['org.freedesktop.login1.Session', [], ['LockedHint']]) }
}

/** A service of the session that answers one question. */
async function service(name: string, path: string, member: string, signature: string, answer: () => unknown): Promise<MessageBus> {
  const bus = await session.stranger()
  bus.exportInterface({ [member]: answer }, path, { name, methods: { [member]: ['', signature, [], []] } })
  await bus.requestName(name, 0)
  return bus
}

describe('logind', () => {
  it('tells of the lock, by the session\'s id', async () => {
    const { session: hints } = await logind(['2'])
    const reading = open()
    expect(await reading.read(MINUTES)).toEqual({ locked: false, idleMs: null, idleHint: null, screenSaver: null })
    hints.LockedHint = true
    expect(await reading.read(MINUTES)).toMatchObject({ locked: true })
  })

  it('is asked for the person\'s own session where the id is unknown or not set', async () => {
    const { session: hints } = await logind(['auto'])
    hints.LockedHint = true
    expect(await open().read(MINUTES)).toMatchObject({ locked: true })
    source?.close()
    expect(await open({ sessionId: null }).read(MINUTES)).toMatchObject({ locked: true })
  })

  it('says nothing with an idle hint that was never set, and something once it was', async () => {
    const { session: hints } = await logind(['2'])
    const reading = open()
    expect((await reading.read(MINUTES)).idleHint).toBe(null)
    hints.IdleHint = true
    hints.IdleSinceHint = 1_768_478_400_000_000n
    expect((await reading.read(MINUTES)).idleHint).toEqual({ on: true, since: 1_768_478_400_000 })
    hints.IdleHint = false
    expect((await reading.read(MINUTES)).idleHint).toEqual({ on: false, since: 1_768_478_400_000 })
  })

  it('hints when a property changes', async () => {
    const { changed } = await logind(['2'])
    const reading = open()
    let hints = 0
    reading.onHint(() => (hints += 1))
    await reading.read(MINUTES)
    changed()
    await until(() => hints === 1, 'the change is hinted')
  })

  it('may know no session, or not be there: that is no error', async () => {
    await logind([])
    expect(await open().read(MINUTES)).toMatchObject({ locked: null, idleHint: null })
    source?.close()
    expect(await open({ systemBus: 'unix:path=/nowhere/system' }).read(MINUTES)).toMatchObject({ locked: null, idleHint: null })
    expect(log.lines.filter((line) => line.level === 'warn' || line.level === 'error')).toEqual([])
  })
})

describe('the time since the last touch', () => {
  it('is GNOME\'s, before what the display server counts', async () => {
    await service('org.gnome.Mutter.IdleMonitor', '/org/gnome/Mutter/IdleMonitor/Core', 'GetIdletime', 't', () => 95_000n)
    measured = 1
    expect(await open().read(MINUTES)).toMatchObject({ idleMs: 95_000 })
    expect(log.lines.filter((line) => line.level === 'info').at(-1)).toMatchObject({ message: 'sources of presence', fields: { sources: 'mutter' } })
  })

  it('is the display server\'s without GNOME, and unknown without either', async () => {
    measured = 7_000
    const reading = open()
    expect(await reading.read(MINUTES)).toMatchObject({ idleMs: 7_000 })
    measured = null
    expect(await reading.read(MINUTES)).toMatchObject({ idleMs: null })
    expect(log.lines.filter((line) => line.level === 'info').map((line) => line.fields['sources'])).toEqual(['display', 'none'])
  })
})

describe('screen savers', () => {
  it('of GNOME means locked', async () => {
    let active = false
    const bus = await service('org.gnome.ScreenSaver', '/org/gnome/ScreenSaver', 'GetActive', 'b', () => active)
    const reading = open()
    expect(await reading.read(MINUTES)).toMatchObject({ locked: false })
    let hints = 0
    reading.onHint(() => (hints += 1))
    active = true
    bus.sendSignal('/org/gnome/ScreenSaver', 'org.gnome.ScreenSaver', 'ActiveChanged', 'b', [true])
    await until(() => hints === 1, 'the change is hinted')
    expect(await reading.read(MINUTES)).toMatchObject({ locked: true })
  })

  it('of others means only that the screen is covered', async () => {
    await service('org.freedesktop.ScreenSaver', '/org/freedesktop/ScreenSaver', 'GetActive', 'b', () => true)
    expect(await open().read(MINUTES)).toEqual({ locked: null, idleMs: null, idleHint: null, screenSaver: true })
  })

  it('that answers nonsense says nothing', async () => {
    await service('org.freedesktop.ScreenSaver', '/org/freedesktop/ScreenSaver', 'GetActive', 's', () => 'yes')
    expect(await open().read(MINUTES)).toMatchObject({ screenSaver: null })
  })
})

it('nothing is known without any bus', async () => {
  expect(await open({ sessionBus: null, systemBus: 'unix:path=/nowhere/system' }).read(MINUTES)).toEqual({ locked: null, idleMs: null, idleHint: null, screenSaver: null })
})

it('the system bus is where the environment says, else where the specification has it', () => {
  expect(systemBusAddress({ DBUS_SYSTEM_BUS_ADDRESS: ' unix:path=/x ' })).toBe('unix:path=/x')
  expect(systemBusAddress({})).toBe('unix:path=/var/run/dbus/system_bus_socket')
})
