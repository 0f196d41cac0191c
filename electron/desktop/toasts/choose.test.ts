import type * as electron from 'electron'
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import axios from 'axios'
import { TestClock, settle } from '../../../test/support/clock.ts'
import { startFakeBus, until } from '../../../test/support/desktop-fake.ts'
import type { FakeBus } from '../../../test/support/desktop-fake.ts'
import { messageOf, pictureOf, sendingOf } from '../../../test/support/desktop-messages.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { createDesktopChannel } from '../../engine/channels/desktop/index.ts'
import type { Channel, ChannelPorts } from '../../engine/channels/channel.ts'
import { passingMemory } from '../../engine/channels/memory.ts'
import type { Toasts } from './choose.ts'
import type { ColdPress, NotificationClass } from './electron-toasts.ts'
import { identifyToWindows, type IdentifiedApp } from './identity.ts'
import { desktopToasts, waysOf } from './index.ts'
import { fakeElectron } from './test-support.ts'
import type { FakeElectron } from './test-support.ts'

interface Rig {
  toasts: Toasts
  electron: FakeElectron
  channel: Channel
  clock: TestClock
  presses: Parameters<ChannelPorts['pressed']>[0][]
  cold: ColdPress[]
  notices: { level: string; text: string }[]
  changes: string[]
  notified: { options: Record<string, unknown>; done: (error: unknown, response?: string) => void }[]
  window: { open: boolean }
  stays: boolean
}

let bus: FakeBus
const rigs: Rig[] = []

beforeEach(async () => {
  bus = await startFakeBus()
})
afterEach(async () => {
  for (const { channel, toasts } of rigs.splice(0)) {
    await channel.close()
    toasts.stop()
  }
  await bus.stop()
})

function rig(platform: NodeJS.Platform, given: { env?: Record<string, string>; version?: 33 | 45 } = {}): Rig {
  const fake = fakeElectron(given.version ?? 45, platform)
  const clock = new TestClock()
  const made: Omit<Rig, 'toasts' | 'channel'> = { electron: fake, clock, presses: [], cold: [], notices: [], changes: [], notified: [], window: { open: true }, stays: true }
  const log = memoryLog()
  const toasts = desktopToasts({
    platform, env: given.env ?? { DBUS_SESSION_BUS_ADDRESS: bus.address }, Notification: fake.Notification, run: 'run1', clock, log,
    staysUntilActedOn: () => whole.stays,
    onColdPress: (press) => made.cold.push(press),
    onNotice: (notice) => {
      if (made.window.open) made.notices.push(notice)
      return made.window.open
    },
    loadNodeNotifier: async () => ({ notify: (options, done) => made.notified.push({ options, done }) }),
  })
  toasts.onChanged(({ path }) => made.changes.push(path))
  const ports: ChannelPorts = { clock, log, random: () => 0.5, net: { http: axios.create(), online: () => true }, memory: passingMemory(), shrink: async () => null, pressed: (press) => made.presses.push(press) }
  const channel = createDesktopChannel({ platform, env: {} }, toasts.channel).open({ destinationId: 'desk', label: 'Desk', config: {}, secrets: {} }, ports)
  const whole: Rig = Object.assign(made, { toasts, channel })
  rigs.push(whole)
  return whole
}

const paused = messageOf({ eventId: 'E1' })
const stalled = messageOf({ eventId: 'E3', type: 'job.stalled', severity: 'warning', title: 'A1 mini: stalled' })
const refuse = (fake: FakeElectron, words: string): void => {
  fake.onShow = (one) => one.emit('failed', {}, words)
}

it('Electron\'s own classes fit what is asked for', () => {
  expectTypeOf<typeof electron.Notification>().toExtend<NotificationClass>()
  expectTypeOf<electron.App>().toExtend<IdentifiedApp>()
})

describe('on Linux', () => {
  it('the session bus comes first, with what its service can', async () => {
    const service = await bus.serve()
    const { toasts, channel, electron: fake } = rig('linux')
    await toasts.look()
    expect(toasts.facts()).toEqual({ path: 'dbus', name: 'dunst 1.9.0', pictures: true, buttons: true, updates: true, why: null })
    expect(await channel.sendPrinterNotification(sendingOf(paused))).toEqual({ result: 'delivered', detail: 'shown by dunst 1.9.0' })
    expect(await channel.sendPrinterNotification(sendingOf(stalled))).toEqual({ result: 'delivered', detail: 'changed in place by dunst 1.9.0' })
    expect(service.calls.map((call) => call.replacesId)).toEqual([0, 1])
    expect(fake.made).toEqual([])
  })

  it('Electron is the second, and the verdict and the facts say why', async () => {
    const { toasts, channel } = rig('linux')
    await toasts.look()
    expect(toasts.facts()).toEqual({ path: 'electron', name: 'Electron', pictures: true, buttons: false, updates: false, why: 'no notification service is running on this desktop' })
    expect(await channel.sendPrinterNotification(sendingOf(paused))).toEqual({ result: 'delivered', detail: 'shown by Electron, because no notification service is running on this desktop' })
    expect(await channel.sendPrinterNotification(sendingOf(paused, { picture: pictureOf('/snaps/E1.jpg'), update: true }))).toEqual({ result: 'delivered', detail: "Electron can't change a toast that is shown, so its picture was left out", unchanged: true })
  })

  it('a notice in the window is the last, and node-notifier is never tried', async () => {
    const { toasts, channel, electron: fake, notices, notified, window } = rig('linux')
    refuse(fake, '')
    const why = 'no notification service is running on this desktop; the system refused the notification without a reason'
    expect(await channel.sendPrinterNotification(sendingOf(paused))).toEqual({ result: 'delivered', detail: `shown by a notice in the window, because ${why}` })
    expect(notices).toEqual([{ level: 'info', text: 'A1 mini: paused. From the printer’s screen at 31 %. planter-hex_120mm.' }])
    window.open = false
    expect(await channel.sendPrinterNotification(sendingOf(stalled))).toEqual({ result: 'retry', after: null, why: `no notification can be shown: ${why}` })
    await toasts.look()
    expect(toasts.facts()).toEqual({ path: 'none', name: 'a notice in the window', pictures: false, buttons: false, updates: false, why })
    expect(notified).toEqual([])
    expect(waysOf({ platform: 'linux', env: { DBUS_SESSION_BUS_ADDRESS: bus.address }, Notification: fake.Notification, run: 'r', log: memoryLog(), clock: new TestClock(), staysUntilActedOn: () => true, onNotice: () => false, onColdPress: () => undefined }).ways.map((way) => way.path)).toEqual(['dbus', 'electron'])
  })

  it('the bus is used again as soon as a service is there, and the facts change by themselves', async () => {
    const { toasts, channel, electron: fake, changes } = rig('linux')
    refuse(fake, '')
    await toasts.look()
    await channel.sendPrinterNotification(sendingOf(paused))
    await until(() => toasts.facts().path === 'none', 'nothing works')
    const service = await bus.serve()
    await until(() => toasts.facts().path === 'dbus', 'the service was noticed')
    expect(await channel.sendPrinterNotification(sendingOf(stalled))).toEqual({ result: 'delivered', detail: 'shown by dunst 1.9.0' })
    expect(service.calls.map((call) => call.replacesId)).toEqual([0])
    await service.stop()
    await until(() => toasts.facts().path === 'electron', 'its end was noticed')
    expect(changes).toEqual(['electron', 'none', 'dbus', 'electron'])
  })

  it('what Electron showed is taken down when the bus shows the next', async () => {
    const { channel, electron: fake } = rig('linux')
    await channel.sendPrinterNotification(sendingOf(paused))
    await bus.serve()
    expect(await channel.sendPrinterNotification(sendingOf(stalled))).toMatchObject({ detail: 'shown by dunst 1.9.0' })
    await settle()
    expect(fake.made.map((one) => one.closes)).toEqual([1])
  })

  it('a service that hangs is waited for, not gone round: it could show it twice', async () => {
    const service = await bus.serve()
    const { channel, clock, electron: fake } = rig('linux')
    await channel.sendPrinterNotification(sendingOf(paused))
    service.hanging = true
    const sent = channel.sendPrinterNotification(sendingOf(stalled))
    await until(() => service.calls.length === 2, 'the call was taken')
    await clock.advance(5_000)
    expect(await sent).toEqual({ result: 'retry', after: null, why: 'the notification service did not answer: no answer within 5 s' })
    expect(fake.made).toEqual([])
    service.answerAll()
  })

  it('without a session bus the cure is told', async () => {
    const { toasts } = rig('linux', { env: {} })
    await toasts.look()
    expect(toasts.facts()).toMatchObject({ path: 'electron', why: 'no desktop session was found: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set; start Printbell inside the desktop session or set one of them' })
  })

  it('a press comes through with the event it stood on', async () => {
    const service = await bus.serve()
    const { channel, presses } = rig('linux')
    await channel.sendPrinterNotification(sendingOf(paused))
    service.emit('ActionInvoked', 1, 'resume')
    await until(() => presses.length > 0, 'the press was told')
    expect(presses).toEqual([{ eventId: 'E1', action: 'resume', destinationId: 'desk' }])
    await until(() => service.closed.length > 0, 'the toast was taken down')
    expect(service.closed).toEqual([1])
  })
})

describe('toasts that need a person', () => {
  it('stay only while the setting says so', async () => {
    const service = await bus.serve()
    const made = rig('linux')
    const runout = (eventId: string) => sendingOf(messageOf({ eventId, threadKey: eventId, type: 'attention.filament_runout', severity: 'critical' }))
    await made.channel.sendPrinterNotification(runout('E1'))
    made.stays = false
    await made.channel.sendPrinterNotification(runout('E2'))
    expect(service.calls.map((call) => call.expireTimeout)).toEqual([0, -1])
  })
})

describe('on Windows and macOS', () => {
  it.each([['win32', 'Windows notifications'], ['darwin', 'macOS Notification Center']] as const)('%s: Electron first, changed in place, pressed', async (platform, by) => {
    const { channel, electron: fake, presses } = rig(platform)
    expect(await channel.sendPrinterNotification(sendingOf(paused))).toEqual({ result: 'delivered', detail: `shown by ${by}` })
    expect(await channel.sendPrinterNotification(sendingOf(paused, { picture: pictureOf('/snaps/E1.jpg'), update: true }))).toEqual({ result: 'delivered', detail: `changed in place by ${by}` })
    if (platform === 'win32') fake.activate(`type=action&action=0&tag=${String(fake.made[0]?.options['id'])}&do=resume&event=E1&run=run1`)
    else fake.made[1]?.emit('action', { actionIndex: 0 })
    expect(presses).toEqual([{ eventId: 'E1', action: 'resume', destinationId: 'desk' }])
  })

  it('node-notifier is the second', async () => {
    const { toasts, channel, electron: fake, clock, notified } = rig('darwin')
    refuse(fake, 'UNErrorDomain error 1')
    const sent = channel.sendPrinterNotification(sendingOf(paused))
    await until(() => notified.length > 0, 'node-notifier was called')
    await clock.advance(1_000)
    expect(await sent).toEqual({ result: 'delivered', detail: 'shown by node-notifier, because the system refused the notification: UNErrorDomain error 1' })
    await toasts.look()
    expect(toasts.facts()).toEqual({ path: 'node-notifier', name: 'node-notifier', pictures: true, buttons: false, updates: false, why: 'the system refused the notification: UNErrorDomain error 1' })
  })

  it('what the person switched off in Windows is not gone round', async () => {
    const { channel, electron: fake, notified, notices } = rig('win32')
    refuse(fake, 'Notification failed - Settings prevent the notification from being delivered.')
    expect(await channel.sendPrinterNotification(sendingOf(paused))).toEqual({ result: 'delivered', detail: "shown by a notice in the window, because notifications of Printbell are switched off in the system's settings; switch them on there" })
    expect(notified).toEqual([])
    expect(notices).toHaveLength(1)
  })

  it('a press of an earlier run opens what it was about, without any channel', () => {
    const { electron: fake, cold, presses } = rig('win32')
    fake.activate('type=action&action=0&tag=t0123456789abcde&do=pause&event=01JHZX5Q&run=another')
    expect(cold).toEqual([{ eventId: '01JHZX5Q', action: 'open' }])
    expect(presses).toEqual([])
  })

  it('Windows is told who we are before the first toast, as far as Electron can', () => {
    const calls: string[][] = []
    const app = (version: 33 | 45): IdentifiedApp => ({ setAppUserModelId: (id) => calls.push(['id', id]), ...(version === 45 ? { setToastActivatorCLSID: (id: string) => calls.push(['clsid', id]) } : {}) })
    identifyToWindows(app(45), 'win32', memoryLog())
    identifyToWindows(app(33), 'win32', memoryLog())
    identifyToWindows(app(45), 'linux', memoryLog())
    expect(calls).toEqual([['id', 'app.printbell'], ['clsid', '{50DCF851-8F19-4800-B0A9-6EFCE5A5A8F8}'], ['id', 'app.printbell']])
  })
})

describe('the test button', () => {
  it('tells the real outcome and the time it took', async () => {
    const service = await bus.serve()
    const { toasts, cold } = rig('linux')
    expect(await toasts.test()).toEqual({ ok: true, detail: 'shown by dunst 1.9.0', ms: 0 })
    expect(service.calls[0]).toMatchObject({ summary: 'Printbell: test message', expireTimeout: -1 })
    service.emit('ActionInvoked', 1, 'default')
    await until(() => cold.length > 0, 'the press was told')
    expect(cold).toEqual([{ eventId: null, action: 'open_history' }])
  })

  it('tells a failure', async () => {
    const { toasts, electron: fake, window } = rig('linux')
    refuse(fake, '')
    expect(await toasts.test()).toMatchObject({ ok: false, detail: expect.stringContaining('shown by a notice in the window, because no notification service') as string })
    window.open = false
    expect(await toasts.test()).toMatchObject({ ok: false, detail: 'no notification can be shown: no notification service is running on this desktop; the system refused the notification without a reason' })
  })
})

describe('what must be there', () => {
  it('is told before any toast is sent', async () => {
    await bus.serve()
    const { toasts, electron: fake } = rig('linux')
    await toasts.look()
    expect(toasts.channel.prerequisites()).toEqual([{ name: 'notifications', help: 'A desktop session that shows notifications.', met: true }])
    fake.supported = false
    const none = rig('linux', { env: {} })
    none.electron.supported = false
    await none.toasts.look()
    expect(none.toasts.channel.prerequisites()).toMatchObject([{ met: false, help: expect.stringContaining('start Printbell inside the desktop session') as string }])
  })
})
