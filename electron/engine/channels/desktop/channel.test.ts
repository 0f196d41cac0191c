import { Variant } from 'dbus-native'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startFakeBus, until } from '../../../../test/support/desktop-fake.ts'
import type { FakeBus, FakeService } from '../../../../test/support/desktop-fake.ts'
import { messageOf, pictureOf, sendingOf } from '../../../../test/support/desktop-messages.ts'
import { delivered, desktopFor } from '../../../../test/support/desktop-ports.ts'
import type { DesktopUnderTest } from '../../../../test/support/desktop-ports.ts'

let bus: FakeBus
let desk: DesktopUnderTest

beforeEach(async () => {
  bus = await startFakeBus()
  desk = desktopFor({ DBUS_SESSION_BUS_ADDRESS: bus.address })
})
afterEach(async () => {
  await desk.channel.close()
  await bus.stop()
})

const paused = messageOf({ eventId: 'E1' })
const resumed = messageOf({ eventId: 'E2', type: 'job.resumed', severity: 'info', title: 'A1 mini: printing again', actions: [{ id: 'pause', label: 'Pause' }] })
const stalled = messageOf({ eventId: 'E3', type: 'job.stalled', severity: 'warning', title: 'A1 mini: stalled' })
const deviceError = messageOf({ eventId: 'E4', type: 'device.error', severity: 'error', title: 'A1 mini: error' })
const done = messageOf({ eventId: 'E5', type: 'job.done', severity: 'success', title: 'A1 mini: print done' })
const runout = messageOf({ eventId: 'E6', type: 'attention.filament_runout', severity: 'info', title: 'A1 mini: filament ran out' })

const deliver = async (...args: Parameters<typeof sendingOf>) => await delivered(desk, ...args)

/** Waits until the channel handled every signal that `service` sent so far: calls and signals share one line. */
async function heard(service: FakeService): Promise<void> {
  const before = service.calls.length
  await deliver(messageOf({ kind: 'notice', threadKey: `after ${before}`, title: 'marker', actions: [] }))
  service.calls.pop()
}

describe('a job\'s toast', () => {
  it('goes over the wire with typed hints', async () => {
    const service = await bus.serve()
    expect(await deliver(paused, { picture: pictureOf('/snaps/E1.jpg') })).toBe('shown by dunst 1.9.0')
    const [call] = service.calls
    expect(call).toMatchObject({ appName: 'Printbell', replacesId: 0, summary: 'A1 mini: paused', actions: ['default', 'Open', 'resume', 'Resume', 'cancel', 'Cancel print…'], expireTimeout: -1 })
    expect(call?.hints).toEqual({
      urgency: new Variant('y', 1), 'desktop-entry': new Variant('s', 'printbell'), category: new Variant('s', 'transfer'),
      'image-path': new Variant('s', 'file:///snaps/E1.jpg'), value: new Variant('i', 31),
    })
  })

  it('is changed in place by the job\'s next message, while another job gets its own', async () => {
    const service = await bus.serve()
    await deliver(paused)
    expect(await deliver(resumed)).toBe('changed in place by dunst 1.9.0')
    await deliver(messageOf({ eventId: 'F1', threadKey: 'p2 job-1' }))
    expect(service.calls.map((call) => call.replacesId)).toEqual([0, 1, 0])
  })

  it('is one, even when two messages of the job are sent at once', async () => {
    const service = await bus.serve()
    await Promise.all([deliver(paused), deliver(resumed)])
    expect(service.calls.map((call) => [call.summary, call.replacesId])).toEqual([['A1 mini: paused', 0], ['A1 mini: printing again', 1]])
  })

  it('asks for the service\'s capabilities once', async () => {
    const service = await bus.serve()
    for (const message of [paused, resumed, done]) await deliver(message)
    expect(service.asked).toBe(1)
  })

  it('obeys a service that can do little', async () => {
    const service = await bus.serve({ name: 'Plain', capabilities: ['body'] })
    await deliver(messageOf({ body: 'a & b' }))
    expect(service.calls[0]).toMatchObject({ summary: 'A1 mini: paused, 31 %', body: 'a & b\nIn Printbell: Resume, Cancel print…', actions: [] })
  })

  it('comes anew after it expired', async () => {
    const service = await bus.serve()
    await deliver(paused)
    service.emitClosed(1, 1)
    await heard(service)
    await deliver(stalled)
    expect(service.calls.map((call) => call.replacesId)).toEqual([0, 0])
  })

  it('shows test messages and summaries through the same door', async () => {
    const service = await bus.serve()
    const test = messageOf({ kind: 'test', type: 'app.test', severity: 'info', title: 'Printbell: test', threadKey: 'test', actions: [] })
    expect(await desk.channel.sendTestMessage(sendingOf(test))).toEqual({ result: 'delivered', detail: 'shown by dunst 1.9.0' })
    await deliver(messageOf({ kind: 'summary', late: true, title: '5 events while you were away', threadKey: 'away', actions: [{ id: 'open_history', label: 'Open history' }, { id: 'seen_all', label: 'Mark all seen' }] }))
    expect(service.calls.map((call) => [call.summary, call.actions, call.expireTimeout])).toEqual([
      ['Printbell: test', ['default', 'Open'], -1],
      ['5 events while you were away', ['default', 'Open history', 'seen_all', 'Mark all seen'], 0],
    ])
  })
})

describe('a picture that comes later', () => {
  const later = { picture: pictureOf('/snaps/E1.jpg'), update: true }

  it('is put into the toast in place, without a second sound', async () => {
    const service = await bus.serve()
    await deliver(paused)
    await deliver(paused, later)
    expect(service.calls[1]?.replacesId).toBe(1)
    expect(service.calls[1]?.hints).toMatchObject({ 'image-path': new Variant('s', 'file:///snaps/E1.jpg'), 'suppress-sound': new Variant('b', true) })
  })

  it('never raises a toast again that was dismissed or expired', async () => {
    const service = await bus.serve()
    for (const reason of [2, 1]) {
      await deliver(messageOf({ eventId: `X${reason}`, threadKey: `job ${reason}` }))
      service.emitClosed(reason === 2 ? 1 : 3, reason)
      await heard(service)
      service.calls.length = 0
      expect(await deliver(messageOf({ eventId: `X${reason}`, threadKey: `job ${reason}` }), later)).toBe('the toast is no longer shown, its picture was left out')
      expect(service.calls).toEqual([])
    }
  })

  it('does not bring back old news when newer stands in the toast', async () => {
    const service = await bus.serve()
    await deliver(paused)
    await deliver(resumed)
    expect(await deliver(paused, later)).toBe('newer news of the same job stands in the toast, the picture was left out')
    expect(service.calls).toHaveLength(2)
  })

  it('does not raise a toast of an earlier run', async () => {
    const service = await bus.serve()
    expect(await deliver(paused, later)).toBe('the toast belongs to an earlier run, its picture was left out')
    expect(service.calls).toEqual([])
  })
})

describe('a burst that follows a toast', () => {
  const many = messageOf({ kind: 'summary', eventId: 'E9', type: 'job.done', severity: 'success', title: '20 printers: print done', actions: [{ id: 'open_history', label: 'Open history' }] })
  const follows = { update: true, deliveryKey: 'E5 desk' }

  it('takes its place, without a second sound', async () => {
    const service = await bus.serve()
    await deliver(done)
    expect(await desk.channel.sendPrinterNotification(sendingOf(many, follows))).toEqual({ result: 'delivered', detail: 'changed in place by dunst 1.9.0' })
    expect(service.calls[1]).toMatchObject({ summary: '20 printers: print done', replacesId: 1 })
    expect(service.calls[1]?.hints).toMatchObject({ 'suppress-sound': new Variant('b', true) })
  })

  it('says that nothing was changed where the toast is gone, so that it can be shown by itself', async () => {
    const service = await bus.serve()
    await deliver(done)
    service.emitClosed(1, 2)
    await heard(service)
    service.calls.length = 0
    expect(await desk.channel.sendPrinterNotification(sendingOf(many, follows))).toMatchObject({ result: 'delivered', unchanged: true })
    expect(service.calls).toEqual([])
  })
})

describe('a dismissed toast', () => {
  async function dismissed(): Promise<FakeService> {
    const service = await bus.serve()
    await deliver(paused)
    service.emitClosed(1, 2)
    await heard(service)
    service.calls.length = 0
    return service
  }

  it('stays dismissed for what is not more severe', async () => {
    const service = await dismissed()
    expect(await deliver(resumed)).toBe('not shown: the toast of this job was dismissed, and this is nothing worse')
    expect(await deliver(stalled)).toBe('not shown: the toast of this job was dismissed, and this is nothing worse')
    expect(await deliver(messageOf({ eventId: 'E9', type: 'attention.cleared', severity: 'info' }))).toContain('not shown')
    expect(service.calls).toEqual([])
  })

  it.each([['something more severe', deviceError], ['the end of the job', done], ['a call for help', runout]])('comes back for %s', async (_, message) => {
    const service = await dismissed()
    await deliver(message)
    expect(service.calls.map((call) => [call.summary, call.replacesId])).toEqual([[message.title, 0]])
  })

  it('silences its own job only', async () => {
    const service = await dismissed()
    await deliver(messageOf({ eventId: 'F1', threadKey: 'p2 job-1' }))
    expect(service.calls).toHaveLength(1)
  })

  it('does not silence the question that a press asked for', async () => {
    const service = await dismissed()
    await deliver(messageOf({ kind: 'question', title: 'A1 mini: cancel this print?', severity: 'warning' }))
    expect(service.calls).toHaveLength(1)
  })

  it('stays dismissed when the service restarts', async () => {
    const service = await dismissed()
    await service.stop()
    const next = await bus.serve()
    await deliver(stalled)
    expect(next.calls).toEqual([])
  })

  it('is not one that we or the clock took down', async () => {
    const service = await bus.serve()
    await deliver(paused)
    service.emitClosed(1, 3)
    await heard(service)
    await deliver(stalled)
    expect(service.calls).toHaveLength(2)
  })
})

describe('a press', () => {
  it('is told with the event of the newest message, and the toast is taken down', async () => {
    const service = await bus.serve()
    await deliver(paused)
    await deliver(resumed)
    service.emit('ActionInvoked', 1, 'pause')
    await until(() => service.closed.length > 0, 'the toast was taken down')
    expect(desk.presses).toEqual([{ eventId: 'E2', action: 'pause', destinationId: 'desk' }])
    expect(service.closed).toEqual([1])
  })

  it('on the toast itself opens', async () => {
    const service = await bus.serve()
    await deliver(paused)
    service.emit('ActivationToken', 1, 'token-1')
    service.emit('ActionInvoked', 1, 'default')
    await until(() => desk.presses.length > 0, 'the press was told')
    expect(desk.presses).toEqual([{ eventId: 'E1', action: 'open', destinationId: 'desk' }])
  })

  it('on a summary carries no event when there is none, and opens the history', async () => {
    const service = await bus.serve()
    await deliver(messageOf({ kind: 'summary', event: null, threadKey: 'away', actions: [{ id: 'open_history', label: 'Open history' }] }))
    service.emit('ActionInvoked', 1, 'default')
    await until(() => desk.presses.length > 0, 'the press was told')
    expect(desk.presses).toEqual([{ eventId: null, action: 'open_history', destinationId: 'desk' }])
  })

  it.each([['before', 2], ['after', 1]])('is no dismissal, though the service says "dismissed" %s it', async (order) => {
    const service = await bus.serve()
    await deliver(paused)
    if (order === 'before') service.emitClosed(1, 2)
    service.emit('ActionInvoked', 1, 'resume')
    if (order === 'after') service.emitClosed(1, 2)
    await heard(service)
    expect(desk.presses.map((press) => press.action)).toEqual(['resume'])
    expect(await deliver(resumed)).toBe('shown by dunst 1.9.0')
  })

  it('that crossed with a change of the buttons is told all the same', async () => {
    const service = await bus.serve()
    await deliver(paused)
    await deliver(resumed)
    service.emit('ActionInvoked', 1, 'resume')
    await until(() => desk.presses.length > 0, 'the press was told')
    expect(desk.presses).toEqual([{ eventId: 'E2', action: 'resume', destinationId: 'desk' }])
  })

  it('with an unknown id or key is ignored', async () => {
    const service = await bus.serve()
    await deliver(paused)
    service.emit('ActionInvoked', 99, 'resume')
    service.emit('ActionInvoked', 1, 'gcode')
    service.emit('ActionInvoked', 0, 'default')
    await heard(service)
    expect(desk.presses).toEqual([])
    expect(service.closed).toEqual([])
  })

  it('sent by a stranger is ignored, and so is a stranger\'s "closed"', async () => {
    const service = await bus.serve()
    await deliver(paused)
    const us = service.calls[0]?.sender ?? ''
    const stranger = await bus.stranger()
    const forge = (member: string, signature: string, body: unknown[]) =>
      stranger.connection.message({ type: 4, serial: stranger.serial++, destination: us, path: '/org/freedesktop/Notifications', interface: 'org.freedesktop.Notifications', member, signature, body })
    forge('ActionInvoked', 'us', [1, 'cancel'])
    forge('NotificationClosed', 'uu', [1, 2])
    await stranger.getId()
    await heard(service)
    expect(desk.presses).toEqual([])
    await deliver(resumed)
    expect(service.calls.at(-1)?.replacesId).toBe(1)
  })

  it('sent by a stranger who claims that the name changed hands is ignored', async () => {
    const service = await bus.serve()
    await deliver(paused)
    const us = service.calls[0]?.sender ?? ''
    const stranger = await bus.stranger()
    stranger.connection.message({ type: 4, serial: stranger.serial++, destination: us, path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus', member: 'NameOwnerChanged', signature: 'sss', body: ['org.freedesktop.Notifications', 'x', stranger.name ?? ''] })
    stranger.connection.message({ type: 4, serial: stranger.serial++, destination: us, path: '/org/freedesktop/Notifications', interface: 'org.freedesktop.Notifications', member: 'ActionInvoked', signature: 'us', body: [1, 'cancel'] })
    await stranger.getId()
    await heard(service)
    expect(desk.presses).toEqual([])
    await deliver(resumed)
    expect(service.calls.at(-1)?.replacesId).toBe(1)
  })
})

describe('a question', () => {
  const question = messageOf({ eventId: 'E2', kind: 'question', title: 'A1 mini: cancel this print?', actions: [{ id: 'keep', label: 'Keep printing' }, { id: 'cancel_confirm', label: 'Cancel print' }] })

  it('stands beside the job\'s toast and gives its answer', async () => {
    const service = await bus.serve()
    await deliver(paused)
    await deliver(question)
    await deliver(stalled)
    expect(service.calls.map((call) => call.replacesId)).toEqual([0, 0, 1])
    service.emit('ActionInvoked', 2, 'cancel_confirm')
    await until(() => desk.presses.length > 0, 'the answer was told')
    expect(desk.presses).toEqual([{ eventId: 'E2', action: 'cancel_confirm', destinationId: 'desk' }])
  })

  it('is taken back after 60 s, also by a service that minds no time', async () => {
    const service = await bus.serve()
    await deliver(question)
    await desk.clock.advance(59_999)
    await heard(service)
    expect(service.closed).toEqual([])
    await desk.clock.advance(1)
    await until(() => service.closed.length > 0, 'the question was taken down')
    expect(service.closed).toEqual([1])
  })

  it('leaves no timer behind once it is answered', async () => {
    const service = await bus.serve()
    await deliver(question)
    expect(desk.clock.pending).toBe(1)
    service.emit('ActionInvoked', 1, 'default')
    await until(() => desk.presses.length > 0, 'the answer was told')
    await heard(service)
    expect(desk.presses.map((press) => press.action)).toEqual(['keep'])
    expect(desk.clock.pending).toBe(0)
  })

  it('is taken back when the job ends', async () => {
    const service = await bus.serve()
    await deliver(question)
    await deliver(done)
    await until(() => service.closed.length > 0, 'the question was taken down')
    expect(service.closed).toEqual([1])
  })
})

describe('at the end', () => {
  it('our toasts are taken down, but for those of a test', async () => {
    const service = await bus.serve()
    await deliver(paused)
    await deliver(messageOf({ eventId: 'F1', threadKey: 'p2 job-1' }))
    await deliver(messageOf({ kind: 'test', type: 'app.test', threadKey: 'test' }))
    service.emitClosed(2, 1)
    await heard(service)
    await desk.channel.close()
    await until(() => service.closed.length >= 2, 'the toasts were taken down')
    expect(service.closed).toEqual([1, 4])
    expect(desk.clock.pending).toBe(0)
  })

  it('a hanging service does not hold us up', async () => {
    const service = await bus.serve()
    await deliver(paused)
    service.hanging = true
    const closed = desk.channel.close()
    await until(() => service.closed.length === 1, 'the call was taken')
    await desk.clock.advance(900)
    await closed
  })

  it('a toast on its way is taken down as well, and nothing new is shown', async () => {
    const service = await bus.serve()
    await deliver(messageOf({ kind: 'test', threadKey: 'test' }))
    service.hanging = true
    const sent = desk.channel.sendPrinterNotification(sendingOf(paused))
    await until(() => service.calls.length === 2, 'the call was taken')
    const closed = desk.channel.close()
    service.answerAll()
    await closed
    expect(await sent).toMatchObject({ result: 'delivered' })
    expect(service.closed).toEqual([2])
    expect(await desk.channel.sendPrinterNotification(sendingOf(done))).toEqual({ result: 'retry', after: null, why: 'Printbell is being closed' })
  })
})
