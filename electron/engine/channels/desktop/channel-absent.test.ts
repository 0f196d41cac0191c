import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startFakeBus, until } from '../../../../test/support/desktop-fake.ts'
import type { FakeBus } from '../../../../test/support/desktop-fake.ts'
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
const done = messageOf({ eventId: 'E5', type: 'job.done', severity: 'success', title: 'A1 mini: print done' })
const deliver = async (...args: Parameters<typeof sendingOf>) => await delivered(desk, ...args)

describe('a desktop that is not all there', () => {
  const retry = (why: string) => ({ result: 'retry', after: null, why })

  it('without a notification service is tried again, and found once it appears', async () => {
    expect(await desk.channel.sendPrinterNotification(sendingOf(paused))).toEqual(retry('no notification service is running on this desktop'))
    const service = await bus.serve()
    await deliver(paused)
    expect(service.calls).toHaveLength(1)
  })

  it('forgets its toasts when the service restarts, and asks the new one what it can', async () => {
    const first = await bus.serve()
    await deliver(paused)
    await first.stop()
    expect(await desk.channel.sendPrinterNotification(sendingOf(resumed))).toEqual(retry('no notification service is running on this desktop'))
    const second = await bus.serve({ name: 'Plain', version: '2', capabilities: ['body'] })
    expect(second.calls).toEqual([])
    expect(await deliver(resumed)).toBe('shown by Plain 2')
    expect(second.calls.map((call) => [call.replacesId, call.actions])).toEqual([[0, []]])
  })

  it('shows a toast anew for a picture when the service restarted in between', async () => {
    const first = await bus.serve()
    await deliver(paused)
    await first.stop()
    const second = await bus.serve()
    await deliver(paused, { picture: pictureOf('/snaps/E1.jpg'), update: true })
    expect(second.calls.map((call) => call.replacesId)).toEqual([0])
  })

  it('ignores a press on a toast of the service before', async () => {
    const first = await bus.serve()
    await deliver(paused)
    await first.stop()
    const second = await bus.serve()
    await deliver(messageOf({ eventId: 'F1', threadKey: 'p2 job-1' }))
    await deliver(messageOf({ eventId: 'F2', threadKey: 'p2 job-2' }))
    second.emit('ActionInvoked', 1, 'resume')
    await until(() => desk.presses.length > 0, 'the press was told')
    expect(desk.presses).toEqual([{ eventId: 'F1', action: 'resume', destinationId: 'desk' }])
  })

  it('that hangs is given up after 5 s, and no second toast is queued behind the first', async () => {
    const service = await bus.serve()
    await deliver(paused)
    service.hanging = true
    const first = desk.channel.sendPrinterNotification(sendingOf(done))
    await until(() => service.calls.length === 2, 'the call was taken')
    await desk.clock.advance(4999)
    await desk.clock.advance(1)
    expect(await first).toEqual(retry('the notification service did not answer: no answer within 5 s'))
    const second = desk.channel.sendPrinterNotification(sendingOf(done, { attempt: 2 }))
    await until(() => desk.clock.pending > 0, 'the second try waits')
    await desk.clock.advance(5000)
    expect(await second).toMatchObject({ result: 'retry' })
    expect(service.calls).toHaveLength(2)
    service.answerAll()
  })

  it('that answers too late still has one toast for the job', async () => {
    const service = await bus.serve()
    await deliver(messageOf({ eventId: 'F1', threadKey: 'p2 job-1' }))
    service.hanging = true
    const first = desk.channel.sendPrinterNotification(sendingOf(paused))
    await until(() => service.calls.length === 2, 'the call was taken')
    await desk.clock.advance(5000)
    expect(await first).toMatchObject({ result: 'retry' })
    service.answerAll()
    await deliver(paused, { attempt: 2 })
    expect(service.calls.map((call) => call.replacesId)).toEqual([0, 0, 2])
  })

  it('gives up at once when the engine does', async () => {
    const service = await bus.serve()
    service.hanging = true
    const stop = new AbortController()
    const sent = desk.channel.sendPrinterNotification(sendingOf(paused, { signal: stop.signal }))
    await until(() => desk.clock.pending > 0, 'the call waits')
    stop.abort()
    expect(await sent).toEqual(retry('given up before the desktop answered'))
  })

  it('whose bus goes in the middle of a call is tried again', async () => {
    const service = await bus.serve()
    await deliver(paused)
    service.hanging = true
    const sent = desk.channel.sendPrinterNotification(sendingOf(done))
    await until(() => service.calls.length === 2, 'the call was taken')
    await bus.stop()
    expect(await sent).toMatchObject({ result: 'retry' })
    expect(await desk.channel.sendPrinterNotification(sendingOf(done))).toEqual(retry('the message bus of this desktop can\'t be reached; Printbell shows toasts once somebody is logged in to the desktop'))
    bus = await startFakeBus()
  })

  it('without a bus socket is tried again', async () => {
    const lonely = desktopFor({ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' })
    expect(await lonely.channel.sendPrinterNotification(sendingOf(paused))).toEqual(retry('the message bus of this desktop can\'t be reached; Printbell shows toasts once somebody is logged in to the desktop'))
    expect(lonely.clock.pending).toBe(0)
    await lonely.channel.close()
  })

  it('whose bus takes the connection and says nothing is given up after 5 s', async () => {
    const mute = createServer((socket) => socket.resume())
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    const address = mute.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const lonely = desktopFor({ DBUS_SESSION_BUS_ADDRESS: `tcp:host=127.0.0.1,port=${port}` })
    const sent = lonely.channel.sendPrinterNotification(sendingOf(paused))
    await until(() => lonely.clock.pending > 0, 'the call waits')
    await lonely.clock.advance(5000)
    expect(await sent).toEqual(retry('the message bus of this desktop does not answer; log in to the desktop again'))
    await lonely.channel.close()
    await new Promise((resolve) => mute.close(resolve))
  })

  it.each(['nonsense', 'unix:', 'carrier-pigeon:loft=3'])('whose bus address is "%s" is refused with the cure', async (address) => {
    const lonely = desktopFor({ DBUS_SESSION_BUS_ADDRESS: address })
    expect(await lonely.channel.sendPrinterNotification(sendingOf(paused))).toEqual({ result: 'rejected', scope: 'destination', why: 'DBUS_SESSION_BUS_ADDRESS is not an address of a message bus; start Printbell inside your desktop session, or correct the variable' })
    await lonely.channel.close()
  })
})
