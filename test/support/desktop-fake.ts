/** A message bus of our own with a scripted org.freedesktop.Notifications on it: no daemon, no display, any system. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBroker, createClient } from 'dbus-native'
import type { DBusBroker, Message, MessageBus } from 'dbus-native'

const NAME = 'org.freedesktop.Notifications'
const PATH = '/org/freedesktop/Notifications'

/** One Notify call as it came over the wire; hints are dbus-native's Variants, with their types. */
export interface NotifyCall {
  appName: string
  replacesId: number
  appIcon: string
  summary: string
  body: string
  actions: string[]
  hints: Record<string, unknown>
  expireTimeout: number
  sender: string
}

export interface FakeService {
  calls: NotifyCall[]
  /** Ids that CloseNotification was called with. */
  closed: number[]
  /** How often the capabilities were asked for. */
  asked: number
  /** While true, every call is taken and none answered. */
  hanging: boolean
  /** Answers, late, what was taken while hanging. */
  answerAll(): void
  /** A signal from the service. */
  emit(member: 'ActionInvoked' | 'ActivationToken', id: number, text: string): void
  emitClosed(id: number, reason: number): void
  /** A signal of any shape. */
  emitRaw(member: string, signature: string, body: unknown[]): void
  /** While true, Notify is answered with nothing. */
  badId: boolean
  /** The service leaves the bus. */
  stop(): Promise<void>
}

export interface FakeBus {
  address: string
  broker: DBusBroker
  /** Puts a notification service on the bus. */
  serve(facts?: { name?: string; version?: string; capabilities?: string[] }): Promise<FakeService>
  /** A client of the bus that is nobody in particular. */
  stranger(): Promise<MessageBus>
  /** Ends everything. */
  stop(): Promise<void>
}

export const DUNST_CAPABILITIES = ['actions', 'body', 'body-hyperlinks', 'body-markup', 'icon-static', 'x-dunst-stack-tag']

export async function startFakeBus(): Promise<FakeBus> {
  const folder = await mkdtemp(join(tmpdir(), 'printbell-bus-'))
  const broker = createBroker()
  const address = await new Promise<string>((resolve, reject) => {
    broker.listen({ socket: join(folder, 'bus') }, (error, listening) => (error ? reject(error) : resolve(listening)))
  })
  const clients: MessageBus[] = []
  const client = async () => {
    const bus = createClient({ busAddress: address, variants: 'wrap' })
    bus.connection.on('error', () => undefined)
    clients.push(bus)
    await bus.getId()
    return bus
  }
  return {
    address,
    broker,
    stranger: client,
    serve: async (facts = {}) => await serve(await client(), facts),
    stop: async () => {
      await Promise.all(clients.map((bus) => bus.close()))
      await new Promise<void>((resolve) => broker.close(resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function serve(bus: MessageBus, facts: { name?: string; version?: string; capabilities?: string[] }): Promise<FakeService> {
  let nextId = 1
  const held: (() => void)[] = []
  const answer = async <T>(value: T): Promise<T> => {
    if (service.hanging) await new Promise<void>((resolve) => held.push(resolve))
    return value
  }
  const service: FakeService = {
    calls: [],
    closed: [],
    asked: 0,
    hanging: false,
    answerAll: () => {
      service.hanging = false
      for (const release of held.splice(0)) release()
    },
    emit: (member, id, text) => bus.sendSignal(PATH, NAME, member, 'us', [id, text]),
    emitClosed: (id, reason) => bus.sendSignal(PATH, NAME, 'NotificationClosed', 'uu', [id, reason]),
    emitRaw: (member, signature, body) => bus.sendSignal(PATH, NAME, member, signature, body),
    badId: false,
    stop: async () => await bus.close(),
  }
  bus.exportInterface(
    {
      GetCapabilities: () => {
        service.asked++
        return answer(facts.capabilities ?? DUNST_CAPABILITIES)
      },
      GetServerInformation: () => answer([facts.name ?? 'dunst', 'somebody', facts.version ?? '1.9.0', '1.2']),
      Notify: (appName: string, replacesId: number, appIcon: string, summary: string, body: string, actions: string[], hints: Record<string, unknown>, expireTimeout: number, message: Message) => {
        service.calls.push({ appName, replacesId, appIcon, summary, body, actions, hints, expireTimeout, sender: message.sender ?? '' })
        return answer(service.badId ? null : replacesId || nextId++)
      },
      CloseNotification: (id: number) => {
        service.closed.push(id)
        bus.sendSignal(PATH, NAME, 'NotificationClosed', 'uu', [id, 3])
        return answer(null)
      },
    },
    PATH,
    {
      name: NAME,
      methods: {
        GetCapabilities: ['', 'as', [], ['capabilities']],
        GetServerInformation: ['', 'ssss', [], ['name', 'vendor', 'version', 'spec_version']],
        Notify: ['susssasa{sv}i', 'u', [], ['id']],
        CloseNotification: ['u', '', ['id'], []],
      },
    },
  )
  await bus.requestName(NAME, 0)
  return service
}

/** Waits until a condition holds that other processes or sockets bring about. @throws Error naming it after 5 s */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 5000
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
