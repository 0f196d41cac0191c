/**
 * Presence on Linux. Lock and idle hint come from logind; the time since the last touch from GNOME's compositor, else from what the
 * caller can measure (X11's own counter); a screen saver that covers the screen is the last resort. Every one of them may be missing.
 * org.freedesktop.ScreenSaver's GetSessionIdleTime is not asked: some answer in seconds, some in milliseconds, and KWin on Wayland not
 * at all. So on a Wayland desktop other than GNOME nobody is idle before the session says so or its screen is covered.
 */
import { DesktopError, SessionBus } from '../../engine/channels/desktop/dbus.ts'
import type { Clock, Log } from '../../engine/ports.ts'
import { hasOwner, invoke, isSignal, property, type Caller, type Remote } from './bus.ts'
import type { Readings } from './merge.ts'
import type { ReadingsSource } from './source.ts'

export interface LinuxPresenceParts {
  /** null = there is none. */
  sessionBus: string | null
  systemBus: string
  /** XDG_SESSION_ID; null = not set. */
  sessionId: string | null
  clock: Clock
  log: Log
  /** ms since the last key or pointer movement as the display server counts; null = it doesn't. */
  measuredIdle(): number | null
}

const LOGIND = 'org.freedesktop.login1'
const MANAGER: Remote = { destination: LOGIND, path: '/org/freedesktop/login1', interface: 'org.freedesktop.login1.Manager' }
const MUTTER: Remote = { destination: 'org.gnome.Mutter.IdleMonitor', path: '/org/gnome/Mutter/IdleMonitor/Core', interface: 'org.gnome.Mutter.IdleMonitor' }
/** GNOME's shows the lock screen; the other name is shared by KDE's, Xfce's and others' and says only that the screen is covered. */
const GNOME_SAVER: Remote = { destination: 'org.gnome.ScreenSaver', path: '/org/gnome/ScreenSaver', interface: 'org.gnome.ScreenSaver' }
const SAVER: Remote = { destination: 'org.freedesktop.ScreenSaver', path: '/org/freedesktop/ScreenSaver', interface: 'org.freedesktop.ScreenSaver' }
const PROPERTIES = 'org.freedesktop.DBus.Properties'

/** DBUS_SYSTEM_BUS_ADDRESS, else the socket that the specification names. */
export function systemBusAddress(env: Readonly<Record<string, string | undefined>>): string {
  return env['DBUS_SYSTEM_BUS_ADDRESS']?.trim() || 'unix:path=/var/run/dbus/system_bus_socket'
}

export function linuxReadings(parts: LinuxPresenceParts): ReadingsSource {
  const { clock, log } = parts
  let hint = (): void => undefined
  let sources = ''
  const logind = new Logind(parts, () => hint())
  const session = parts.sessionBus === null ? null : new SessionBus({
    address: parts.sessionBus, clock, log, onLost: () => undefined,
    rules: [GNOME_SAVER, SAVER].map((saver) => `type='signal',interface='${saver.interface}',member='ActiveChanged'`),
    onMessage: (message) => {
      if ([GNOME_SAVER, SAVER].some((saver) => isSignal(message, { interface: saver.interface, member: 'ActiveChanged' }))) hint()
    },
  })

  /** A missing service is an everyday thing; null says so. */
  async function asked(what: string, bus: Caller | null, remote: Remote, member: string): Promise<unknown> {
    if (bus === null) return null
    try {
      return (await hasOwner(bus, remote.destination)) ? await invoke(bus, remote, member) : null
    } catch (error) {
      if (!(error instanceof DesktopError)) throw error
      log.debug('a source of presence does not answer', { what, error: error.message })
      return null
    }
  }

  function choose(found: Record<string, boolean>): void {
    const now = Object.entries(found).filter(([, is]) => is).map(([name]) => name).join(', ') || 'none'
    if (now === sources) return
    sources = now
    log.info('sources of presence', { sources: now })
  }

  return {
    async read() {
      const { locked, idleHint } = await logind.read()
      const mutter = idleTime(await asked('mutter', session, MUTTER, 'GetIdletime'))
      const idleMs = mutter ?? parts.measuredIdle()
      const gnome = boolean(await asked('gnome-screensaver', session, GNOME_SAVER, 'GetActive'))
      const saver = idleMs === null || locked === null ? boolean(await asked('screensaver', session, SAVER, 'GetActive')) : null
      choose({ logind: locked !== null, 'logind idle hint': idleHint !== null, mutter: mutter !== null, display: mutter === null && idleMs !== null, 'gnome screen saver': gnome !== null, 'screen saver': saver !== null })
      const readings: Readings = { locked: gnome === true ? true : locked ?? gnome, idleMs, idleHint, screenSaver: saver }
      return readings
    },
    onHint(listener) {
      hint = listener
      return () => {
        hint = () => undefined
      }
    },
    close() {
      logind.close()
      session?.close()
    },
  }
}

const boolean = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null)
/** `t` comes as a bigint. */
const idleTime = (value: unknown): number | null => (typeof value === 'bigint' || typeof value === 'number' ? Number(value) : null)

/** This login's session as logind knows it. */
class Logind {
  readonly #bus: SessionBus
  readonly #log: Log
  readonly #sessionId: string | null
  #session: Remote | null = null
  /** Whether the idle hint was ever set: false means nothing on a desktop that never sets it. */
  #hints = false

  constructor({ systemBus, sessionId, clock, log }: LinuxPresenceParts, changed: () => void) {
    this.#log = log
    this.#sessionId = sessionId
    this.#bus = new SessionBus({
      address: systemBus, clock, log,
      onLost: () => {
        this.#session = null
      },
      rules: [`type='signal',sender='${LOGIND}',interface='${PROPERTIES}',member='PropertiesChanged',arg0='${LOGIND}.Session'`],
      onMessage: (message) => {
        if (isSignal(message, { interface: PROPERTIES, member: 'PropertiesChanged' }) && message.path === this.#session?.path) changed()
      },
    })
  }

  async read(): Promise<Pick<Readings, 'locked' | 'idleHint'>> {
    try {
      this.#session ??= await this.#find()
      const [locked, on, since] = [await property(this.#bus, this.#session, 'LockedHint'), await property(this.#bus, this.#session, 'IdleHint'), await property(this.#bus, this.#session, 'IdleSinceHint')]
      this.#hints ||= on === true
      const micros = idleTime(since)
      return { locked: boolean(locked), idleHint: this.#hints ? { on: on === true, since: micros === null || micros === 0 ? null : micros / 1000 } : null }
    } catch (error) {
      if (!(error instanceof DesktopError)) throw error
      this.#log.debug('logind does not tell of the session', { error: error.message })
      // Its path is another one after a restart.
      this.#session = null
      return { locked: null, idleHint: null }
    }
  }

  /** By its id; else the caller's own, or that of the person's display ("auto", systemd 243 and later). */
  async #find(): Promise<Remote> {
    for (const id of this.#sessionId === null ? ['auto'] : [this.#sessionId, 'auto']) {
      try {
        const path = await invoke(this.#bus, MANAGER, 'GetSession', 's', [id])
        if (typeof path === 'string') return { destination: LOGIND, path, interface: `${LOGIND}.Session` }
      } catch (error) {
        if (!(error instanceof DesktopError) || error.fault !== 'refused') throw error
        this.#log.debug('logind knows no such session', { id, error: error.message })
      }
    }
    throw new DesktopError('refused', 'logind knows no session of this login')
  }

  close(): void {
    this.#bus.close()
  }
}
