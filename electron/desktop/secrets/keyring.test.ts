import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { startFakeBus, until, type FakeBus } from '../../../test/support/desktop-fake.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { serveSecrets } from '../../../test/support/secret-service-fake.ts'
import { openKeyring, sessionKeyring } from './keyring.ts'
import type { Keyring } from './ports.ts'

let bus: FakeBus
let keyring: Keyring
let clock: TestClock

beforeEach(async () => {
  bus = await startFakeBus()
  clock = new TestClock()
  keyring = openKeyring({ address: bus.address, clock, log: memoryLog() })
})
afterEach(async () => {
  keyring.close()
  await bus.stop()
})

describe('the keyring of the desktop', () => {
  it.each([[false, 'open'], [true, 'locked']] as const)('with Locked = %s is %s', async (locked, state) => {
    await serveSecrets(await bus.stranger(), locked)
    expect(await keyring.state()).toBe(state)
  })

  it('is missing where the default alias names none', async () => {
    const service = await serveSecrets(await bus.stranger(), false)
    service.hasDefault = false
    expect(await keyring.state()).toBe('missing')
  })

  it('is absent where nobody has the name, or no bus is there', async () => {
    expect(await keyring.state()).toBe('absent')
    const nowhere = openKeyring({ address: 'unix:path=/nonexistent/printbell-bus', clock, log: memoryLog() })
    expect(await nowhere.state()).toBe('absent')
    nowhere.close()
  })

  it('that does not answer in 5 s is silent, which is not open', async () => {
    const service = await serveSecrets(await bus.stranger(), false)
    service.hanging = true
    const state = keyring.state()
    await until(() => service.calls.includes('ReadAlias'), 'it was asked')
    await clock.advance(5_000)
    expect(await state).toBe('silent')
    expect(clock.pending).toBe(0)
  })

  it('tells when it is unlocked by somebody else, and when its service goes', async () => {
    const service = await serveSecrets(await bus.stranger(), true)
    let told = 0
    keyring.onChanged(() => told++)
    expect(await keyring.state()).toBe('locked')
    service.lock(false)
    await until(() => told > 0, 'the change was told')
    expect(await keyring.state()).toBe('open')
    const before = told
    await service.stop()
    await until(() => told > before, 'the end was told')
    expect(await keyring.state()).toBe('absent')
  })
})

describe('unlocking', () => {
  it('shows the prompt of the service and waits for its answer', async () => {
    const service = await serveSecrets(await bus.stranger(), true)
    await keyring.unlock()
    expect(service.calls).toEqual(['ReadAlias', 'Unlock', 'Prompt'])
    expect(await keyring.state()).toBe('open')
    expect(clock.pending).toBe(0)
  })

  it('that is dismissed leaves it locked', async () => {
    const service = await serveSecrets(await bus.stranger(), true)
    service.answer = 'dismiss'
    await keyring.unlock()
    expect(await keyring.state()).toBe('locked')
  })

  it('needs no prompt where it is open already', async () => {
    const service = await serveSecrets(await bus.stranger(), false)
    await keyring.unlock()
    expect(service.calls).toEqual(['ReadAlias', 'Unlock'])
  })

  it('makes a keyring where there is none', async () => {
    const service = await serveSecrets(await bus.stranger(), true)
    service.hasDefault = false
    await keyring.unlock()
    expect(service.calls).toEqual(['ReadAlias', 'CreateCollection', 'Prompt'])
    expect(await keyring.state()).toBe('open')
  })

  it('ends when nobody answers for five minutes, and when the bus goes', async () => {
    const service = await serveSecrets(await bus.stranger(), true)
    service.answer = null
    const first = keyring.unlock()
    await until(() => service.calls.includes('Prompt'), 'the prompt was asked for')
    await until(() => clock.pending === 1, 'the prompt was taken')
    await clock.advance(5 * 60_000)
    await first
    const second = keyring.unlock()
    await until(() => service.calls.filter((call) => call === 'Prompt').length === 2 && clock.pending === 1, 'the prompt was taken again')
    await bus.stop()
    await second
  })

  it('does nothing where there is no service', async () => {
    await keyring.unlock()
    expect(await keyring.state()).toBe('absent')
  })
})

it('is looked for on the session bus of Linux only', () => {
  const of = (platform: NodeJS.Platform, env: Record<string, string>) => sessionKeyring({ platform, env, clock, log: memoryLog() })
  expect(of('win32', { DBUS_SESSION_BUS_ADDRESS: bus.address })).toBeNull()
  expect(of('linux', {})).toBeNull()
  expect(of('linux', { DBUS_SESSION_BUS_ADDRESS: bus.address })).not.toBeNull()
})
