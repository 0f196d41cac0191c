/** A scripted org.freedesktop.secrets on a message bus of our own: locked, unlocked, without a keyring, with a prompt. */
import type { MessageBus } from 'dbus-native'

const NAME = 'org.freedesktop.secrets'
const PATH = '/org/freedesktop/secrets'
const COLLECTION = 'org.freedesktop.Secret.Collection'
const LOGIN = `${PATH}/collection/login`
const PROMPT_PATH = `${PATH}/prompt/u1`

export interface FakeSecretService {
  /** As its property tells; changing it by `lock` also signals it, as gnome-keyring does. */
  lock(locked: boolean): void
  /** Whether the alias "default" names a keyring. */
  hasDefault: boolean
  /** What a person answers to the prompt; null = the prompt stays open. */
  answer: 'password' | 'dismiss' | null
  /** While true, every call is taken and none answered. */
  hanging: boolean
  /** Members that were called, in order. */
  calls: string[]
  stop(): Promise<void>
}

/** @param bus a client of the bus that becomes the service */
export async function serveSecrets(bus: MessageBus, locked: boolean): Promise<FakeSecretService> {
  const collection = { Locked: locked }
  const called = async <T>(member: string, value: () => T): Promise<T> => {
    service.calls.push(member)
    if (service.hanging) await new Promise(() => undefined)
    return value()
  }
  const service: FakeSecretService = {
    lock(now) {
      collection.Locked = now
      bus.sendSignal(PATH, 'org.freedesktop.Secret.Service', 'CollectionChanged', 'o', [LOGIN])
      bus.sendSignal(LOGIN, 'org.freedesktop.DBus.Properties', 'PropertiesChanged', 'sa{sv}as', [COLLECTION, { Locked: now }, []])
    },
    hasDefault: true,
    answer: 'password',
    hanging: false,
    calls: [],
    stop: async () => await bus.close(),
  }
  bus.exportInterface(
    {
      ReadAlias: () => called('ReadAlias', () => (service.hasDefault ? LOGIN : '/')),
      Unlock: (paths: string[]) => called('Unlock', () => (collection.Locked ? [[], PROMPT_PATH] : [paths, '/'])),
      CreateCollection: () => called('CreateCollection', () => ['/', PROMPT_PATH]),
    },
    PATH,
    { name: 'org.freedesktop.Secret.Service', methods: { ReadAlias: ['s', 'o', ['name'], ['collection']], Unlock: ['ao', 'aoo', ['objects'], ['unlocked', 'prompt']], CreateCollection: ['a{sv}s', 'oo', ['properties', 'alias'], ['collection', 'prompt']] } },
  )
  bus.exportInterface(collection, LOGIN, { name: COLLECTION, properties: { Locked: 'b' } })
  bus.exportInterface(
    {
      Prompt: () => called('Prompt', () => {
        if (service.answer === null) return null
        if (service.answer === 'password') {
          service.hasDefault = true
          service.lock(false)
        }
        bus.sendSignal(PROMPT_PATH, 'org.freedesktop.Secret.Prompt', 'Completed', 'bs', [service.answer === 'dismiss', ''])
        return null
      }),
    },
    PROMPT_PATH,
    { name: 'org.freedesktop.Secret.Prompt', methods: { Prompt: ['s', '', ['window-id'], []] } },
  )
  await bus.requestName(NAME, 0)
  return service
}
