/** Reading properties and telling signals apart on a message bus: what tray host and presence both do. */
import type { Message } from 'dbus-native'
import { DesktopError, type SessionBus } from '../../engine/channels/desktop/dbus.ts'

/** Whom a call goes to. */
export interface Remote {
  destination: string
  path: string
  interface: string
}

/** What of SessionBus is used here. */
export type Caller = Pick<SessionBus, 'call'>

const BUS: Remote = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus' }
const SIGNAL = 4

/** Calls without a limit of the caller's own; SessionBus has one. @throws DesktopError */
export async function invoke(bus: Caller, remote: Remote, member: string, signature = '', body: unknown[] = []): Promise<unknown> {
  return await bus.call({ ...remote, member, ...(signature === '' ? {} : { signature, body }) }, { signal: null })
}

/** The property's value, its variant taken off. @throws DesktopError, also when there is no such property */
export async function property(bus: Caller, remote: Remote, name: string): Promise<unknown> {
  return await bus.call({ ...remote, interface: 'org.freedesktop.DBus.Properties', member: 'Get', signature: 'ss', body: [remote.interface, name] }, { signal: null })
}

/** Whether anybody has that name now; starts nobody. @throws DesktopError */
export async function hasOwner(bus: Caller, name: string): Promise<boolean> {
  return (await invoke(bus, BUS, 'NameHasOwner', 's', [name])) === true
}

/** The process behind a name; null = it is gone, or the bus does not tell. @throws DesktopError when the bus itself does not answer */
export async function processOf(bus: Caller, name: string): Promise<number | null> {
  try {
    const pid = await invoke(bus, BUS, 'GetConnectionUnixProcessID', 's', [name])
    return typeof pid === 'number' ? pid : null
  } catch (error) {
    if (error instanceof DesktopError && (error.fault === 'refused' || error.fault === 'no_service')) return null
    throw error
  }
}

/** Match rule of a name's coming and going. */
export function ownerRule(name: string): string {
  return `type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='${name}'`
}

export function isSignal(message: Message, from: { interface: string; member: string }): boolean {
  return message.type === SIGNAL && message.interface === from.interface && message.member === from.member
}

/** Whether the message says that a name has come, gone or changed hands. */
export function isOwnerChange(message: Message, name: string): boolean {
  return message.sender === BUS.destination && isSignal(message, { interface: BUS.interface, member: 'NameOwnerChanged' }) && message.body?.[0] === name
}
