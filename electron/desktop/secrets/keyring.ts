/** The Secret Service of the session bus: whether the default keyring is locked, and how to unlock it. It reads no secret. */
import type { Message } from 'dbus-native'
import { Variant } from '../../engine/channels/desktop/variant.ts'
import { sessionBusAddress } from '../../engine/channels/desktop/bus-address.ts'
import { DesktopError, SessionBus } from '../../engine/channels/desktop/dbus.ts'
import type { Clock, Log } from '../../engine/ports.ts'
import type { Stop } from '../ports.ts'
import type { Keyring, KeyringState } from './ports.ts'

const NAME = 'org.freedesktop.secrets'
const PATH = '/org/freedesktop/secrets'
const SERVICE = 'org.freedesktop.Secret.Service'
const COLLECTION = 'org.freedesktop.Secret.Collection'
const PROMPT = 'org.freedesktop.Secret.Prompt'
const PROPERTIES = 'org.freedesktop.DBus.Properties'
/** The object path that stands for none. */
const NONE = '/'
const SIGNAL = 4
/** ms a person may take for a password. */
const PROMPT_LIMIT = 5 * 60_000

const RULES = [
  `type='signal',sender='${NAME}',interface='${PROPERTIES}',member='PropertiesChanged'`,
  `type='signal',sender='${NAME}',interface='${SERVICE}'`,
  `type='signal',sender='${NAME}',interface='${PROMPT}',member='Completed'`,
  `type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='${NAME}'`,
]

/** @returns null where there is no session bus to ask (Windows, macOS, no desktop session) */
export function sessionKeyring(around: { platform: NodeJS.Platform; env: Readonly<Record<string, string | undefined>>; clock: Clock; log: Log }): Keyring | null {
  const address = around.platform === 'win32' || around.platform === 'darwin' ? null : sessionBusAddress(around.env)
  return address === null ? null : openKeyring({ address, clock: around.clock, log: around.log })
}

/** Connects when first asked. A bus that goes away is found again at the next question. */
export function openKeyring({ address, clock, log }: { address: string; clock: Clock; log: Log }): Keyring {
  const listeners = new Set<() => void>()
  /** Those who wait for a prompt to be answered, by its path. */
  const prompts = new Map<string, () => void>()
  const tell = (): void => [...listeners].forEach((listener) => listener())
  const bus = new SessionBus({
    address, clock, log, rules: RULES,
    onMessage: heard,
    onLost() {
      for (const ended of [...prompts.values()]) ended()
      tell()
    },
  })

  /** Who really sent it does not matter: whatever it says, the service is asked again. */
  function heard(message: Message): void {
    if (message.type !== SIGNAL) return
    if (message.interface === PROMPT && message.member === 'Completed') prompts.get(message.path ?? '')?.()
    else if (message.interface === 'org.freedesktop.DBus' ? message.member === 'NameOwnerChanged' : message.path?.startsWith(PATH) === true) tell()
  }

  async function call(path: string, iface: string, member: string, signature: string, body: unknown[]): Promise<unknown> {
    return await bus.call({ destination: NAME, path, interface: iface, member, signature, body }, { signal: null })
  }

  async function defaultCollection(): Promise<string> {
    const path = await call(PATH, SERVICE, 'ReadAlias', 's', ['default'])
    return typeof path === 'string' ? path : NONE
  }

  async function state(): Promise<KeyringState> {
    try {
      const collection = await defaultCollection()
      if (collection === NONE) return 'missing'
      return (await call(collection, PROPERTIES, 'Get', 'ss', [COLLECTION, 'Locked'])) === false ? 'open' : 'locked'
    } catch (error) {
      if (!(error instanceof DesktopError)) throw error
      log.debug('the Secret Service could not be asked', { fault: error.fault })
      return error.fault === 'silent' || error.fault === 'lost' ? 'silent' : 'absent'
    }
  }

  /** Path of the prompt that must be shown; NONE = it was done without. */
  async function begin(): Promise<string> {
    const collection = await defaultCollection()
    const answer = collection === NONE
      ? await call(PATH, SERVICE, 'CreateCollection', 'a{sv}s', [{ [`${COLLECTION}.Label`]: new Variant('s', 'Default keyring') }, 'default'])
      : await call(PATH, SERVICE, 'Unlock', 'ao', [[collection]])
    const prompt: unknown = Array.isArray(answer) ? answer[1] : NONE
    return typeof prompt === 'string' ? prompt : NONE
  }

  async function unlock(): Promise<void> {
    try {
      const prompt = await begin()
      if (prompt === NONE) return
      let cancel = (): void => undefined
      const answered = new Promise<void>((done) => {
        prompts.set(prompt, done)
        cancel = clock.after(PROMPT_LIMIT, done)
      })
      try {
        await call(prompt, PROMPT, 'Prompt', 's', [''])
        await answered
      } finally {
        cancel()
        prompts.delete(prompt)
      }
    } catch (error) {
      if (!(error instanceof DesktopError)) throw error
      log.warn('the keyring could not be unlocked', { fault: error.fault, error })
    }
  }

  return {
    state,
    unlock,
    onChanged(listener): Stop {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: () => bus.close(),
  }
}
