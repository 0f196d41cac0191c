/** The desktop as a channel: native toasts over the session bus of Linux and the BSDs, or by the ways that the desktop app brings. */
import { existsSync } from 'node:fs'
import { env, platform } from 'node:process'
import { z } from 'zod'
import { EVENT_TYPES } from '../../events/model.ts'
import type { Channel, ChannelKind, Prerequisite, Verdict } from '../channel.ts'
import { DesktopChannel } from './channel.ts'
import { sessionBusAddress } from './bus-address.ts'
import { lateDbusToasts } from './late-dbus-toasts.ts'
import type { OpenToasts } from './port.ts'

const configSchema = z.strictObject({})
export type DesktopConfig = z.output<typeof configSchema>

/** Where this process runs; taken once, it does not change. */
export interface DesktopSurroundings {
  platform: NodeJS.Platform
  env: Readonly<Record<string, string | undefined>>
}

const NO_BUS_HERE = 'this computer has no session bus for toasts: the engine without the desktop app shows them on Linux and BSD only; use another destination here'
export const NO_ADDRESS = 'no desktop session was found: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set; start Printbell inside the desktop session or set one of them'
/** Title and body together that common services show without cutting: two lines more or less (40 and 90 by our own rule). */
const TEXT_SHOWN = 130

/** What the desktop app brings in place of the bare session bus. */
export interface DesktopToasts {
  open: OpenToasts
  /** The setting of that name: with it, toasts that need a person stay until acted on. */
  staysUntilActedOn(): boolean
  prerequisites(): Prerequisite[]
}

/** @param toasts the ways that the desktop app has; without it the session bus alone */
export function createDesktopChannel(surroundings: DesktopSurroundings, toasts?: DesktopToasts): ChannelKind<DesktopConfig> {
  const hasBus = surroundings.platform !== 'win32' && surroundings.platform !== 'darwin'
  const address = hasBus ? sessionBusAddress(surroundings.env) : null
  return {
    kind: 'desktop',
    displayName: 'This desktop',
    group: 'computer',
    guide: { steps: ['Nothing to enter. Its toasts show on this computer.'], links: [] },
    primary: [],
    configSchema,
    secretFields: {},
    capabilities: { image: 'upload', maxText: TEXT_SHOWN, maxImageBytes: null, canUpdate: true, actions: true, idempotencyKey: false, local: true },
    validateConfig(input) {
      const result = configSchema.safeParse(input)
      if (result.success) return { ok: true, config: result.data }
      return { ok: false, errors: result.error.issues.map((issue) => ({ field: fieldOf(issue), message: 'the desktop has no such setting; remove it' })) }
    },
    prerequisites(): Prerequisite[] {
      if (toasts) return toasts.prerequisites()
      if (!hasBus) return [{ name: 'session bus', help: NO_BUS_HERE, met: false }]
      return [{ name: 'session bus', help: address === null ? NO_ADDRESS : 'A desktop session with a notification service, whose message bus Printbell can reach.', met: address !== null && listens(address) }]
    },
    supportedFeatures: () => new Set(EVENT_TYPES),
    open({ destinationId }, ports): Channel {
      if (toasts) return new DesktopChannel({ destinationId, open: toasts.open, staysUntilActedOn: () => toasts.staysUntilActedOn() }, ports)
      if (address === null) return absentDesktop(hasBus ? NO_ADDRESS : NO_BUS_HERE)
      return new DesktopChannel({ destinationId, open: lateDbusToasts(address), staysUntilActedOn: () => true }, ports)
    },
  }
}

/** The registry lists finished kinds, so where this process runs is taken here. */
export const desktopChannel: ChannelKind<DesktopConfig> = createDesktopChannel({ platform, env })

/** Where there is nothing to connect to, every try says so, with the cure. */
function absentDesktop(why: string): Channel {
  const verdict: Verdict = { result: 'rejected', scope: 'destination', why }
  return {
    sendPrinterNotification: () => Promise.resolve(verdict),
    sendFailureAlert: () => Promise.resolve(verdict),
    sendTestMessage: () => Promise.resolve(verdict),
    close: () => Promise.resolve(),
  }
}

/** True unless the address is a socket file that is not there. */
function listens(address: string): boolean {
  const path = /^unix:(?:[^;]*,)?path=([^,;]+)/.exec(address)?.[1]
  return path === undefined || existsSync(path)
}

function fieldOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.join('.')
}
