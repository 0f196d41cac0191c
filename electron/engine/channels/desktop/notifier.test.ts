import { afterEach, beforeEach, expect, it } from 'vitest'
import { TestClock } from '../../../../test/support/clock.ts'
import { startFakeBus, until } from '../../../../test/support/desktop-fake.ts'
import type { FakeBus } from '../../../../test/support/desktop-fake.ts'
import { messageOf } from '../../../../test/support/desktop-messages.ts'
import { memoryLog } from '../../../../test/support/log.ts'
import { renderNotify } from './linux.ts'
import { Notifier } from './notifier.ts'
import { toToast } from './toast.ts'

let bus: FakeBus
let notifier: Notifier
let heard: unknown[][]

beforeEach(async () => {
  bus = await startFakeBus()
  heard = []
  notifier = new Notifier({
    address: bus.address,
    clock: new TestClock(),
    log: memoryLog(),
    events: {
      invoked: (...args) => heard.push(['invoked', ...args]),
      closed: (...args) => heard.push(['closed', ...args]),
      gone: () => heard.push(['gone']),
    },
  })
})
afterEach(async () => {
  notifier.end()
  await bus.stop()
})

async function show(): Promise<number> {
  return await notifier.notify(renderNotify(toToast(messageOf({}), null), await notifier.service(null), 0), null, () => undefined)
}

it('gives the activation token with the press that it came for, and with no other', async () => {
  const service = await bus.serve()
  await show()
  await show()
  service.emit('ActivationToken', 1, 'token-1')
  service.emit('ActionInvoked', 1, 'default')
  service.emit('ActionInvoked', 1, 'resume')
  service.emit('ActivationToken', 1, 'token-2')
  service.emit('ActionInvoked', 2, 'default')
  await until(() => heard.length === 3, 'three presses were heard')
  expect(heard).toEqual([['invoked', 1, 'default', 'token-1'], ['invoked', 1, 'resume', null], ['invoked', 2, 'default', null]])
})

it('names the reasons for which a toast goes', async () => {
  const service = await bus.serve()
  await show()
  for (const reason of [1, 2, 3, 4, 77]) service.emitClosed(1, reason)
  await until(() => heard.length === 5, 'five were heard')
  expect(heard).toEqual([['closed', 1, 'expired'], ['closed', 1, 'dismissed'], ['closed', 1, 'called'], ['closed', 1, 'unknown'], ['closed', 1, 'unknown']])
})

it('says once that the service went', async () => {
  const service = await bus.serve()
  await show()
  await service.stop()
  await until(() => heard.length > 0, 'it was heard')
  await expect(notifier.service(null)).rejects.toMatchObject({ fault: 'no_service' })
  expect(heard).toEqual([['gone']])
})

it('does not hear a stranger\'s broadcast', async () => {
  await bus.serve()
  await show()
  const impostor = await bus.stranger()
  impostor.sendSignal('/org/freedesktop/Notifications', 'org.freedesktop.Notifications', 'ActionInvoked', 'us', [1, 'cancel'])
  await impostor.getId()
  await show()
  expect(heard).toEqual([])
  // The bus itself keeps a broadcast of anybody else from us; what is sent straight to us is ours to refuse.
  expect(notifier.ignored).toBe(0)
})

it('refuses a signal of the right sender and the wrong shape', async () => {
  const service = await bus.serve()
  await show()
  service.emitRaw('ActionInvoked', 'ss', ['1', 'cancel'])
  service.emitRaw('NotificationClosed', 'u', [1])
  service.emitRaw('SomethingNew', 'us', [1, 'x'])
  await show()
  expect(heard).toEqual([])
  expect(notifier.ignored).toBe(3)
})

it('takes an answer that is no id for a refusal', async () => {
  const service = await bus.serve()
  service.badId = true
  await expect(show()).rejects.toMatchObject({ fault: 'refused', message: 'the notification service answered with no id' })
})
