import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { desktopFor } from '../../../../test/support/desktop-ports.ts'
import { messageOf, sendingOf } from '../../../../test/support/desktop-messages.ts'
import { sessionBusAddress } from './bus-address.ts'
import { createDesktopChannel } from './index.ts'

const linux = (env: Record<string, string>) => createDesktopChannel({ platform: 'linux', env })

describe('the desktop as a channel', () => {
  it('declares a local channel that shows pictures and buttons and can change what it showed', () => {
    const channel = linux({})
    expect(channel.kind).toBe('desktop')
    expect(channel.capabilities).toEqual({ image: 'upload', maxText: 130, maxImageBytes: null, canUpdate: true, actions: true, idempotencyKey: false, local: true })
    expect(channel.supportedFeatures().has('job.done')).toBe(true)
    expect(channel.supportedFeatures().has('server.event')).toBe(true)
  })

  it('has nothing to configure and says so of anything given', () => {
    expect(linux({}).validateConfig({})).toEqual({ ok: true, config: {} })
    expect(linux({}).validateConfig({ sound: true })).toEqual({ ok: false, errors: [{ field: 'sound', message: 'the desktop has no such setting; remove it' }] })
  })

  it('looks for the bus where the session says, else where systemd puts it', () => {
    expect(sessionBusAddress({ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/tmp/a', XDG_RUNTIME_DIR: '/run/user/1000' })).toBe('unix:path=/tmp/a')
    expect(sessionBusAddress({ DBUS_SESSION_BUS_ADDRESS: ' ', XDG_RUNTIME_DIR: '/run/user/1000' })).toBe('unix:path=/run/user/1000/bus')
    expect(sessionBusAddress({})).toBeNull()
  })

  it('tells whether a bus can be there, without connecting', () => {
    const folder = mkdtempSync(join(tmpdir(), 'printbell-index-'))
    const path = join(folder, 'bus')
    const met = () => linux({ DBUS_SESSION_BUS_ADDRESS: `unix:path=${path},guid=00` }).prerequisites().map((one) => one.met)
    expect(met()).toEqual([false])
    writeFileSync(path, '')
    expect(met()).toEqual([true])
    rmSync(folder, { recursive: true })
    expect(linux({ DBUS_SESSION_BUS_ADDRESS: 'tcp:host=127.0.0.1,port=1' }).prerequisites()[0]?.met).toBe(true)
    expect(linux({}).prerequisites()).toEqual([{ name: 'session bus', met: false, help: 'no desktop session was found: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set; start Printbell inside the desktop session or set one of them' }])
  })

  it.each(['win32', 'darwin'] as const)('names the cure where there is no D-Bus: %s', async (platform) => {
    const why = 'this computer has no session bus for toasts: the engine without the desktop app shows them on Linux and BSD only; use another destination here'
    expect(createDesktopChannel({ platform, env: {} }).prerequisites()).toEqual([{ name: 'session bus', met: false, help: why }])
    const { channel } = desktopFor({}, platform)
    expect(await channel.sendTestMessage(sendingOf(messageOf({ kind: 'test' })))).toEqual({ result: 'rejected', scope: 'destination', why })
    await channel.close()
  })

  it('refuses with the cure outside of any desktop session', async () => {
    const { channel } = desktopFor({})
    expect(await channel.sendPrinterNotification(sendingOf(messageOf({})))).toMatchObject({ result: 'rejected', scope: 'destination', why: expect.stringContaining('start Printbell inside the desktop session') as string })
  })
})
