/**
 * Whether a Linux panel shows tray icons: somebody has to be org.kde.StatusNotifierWatcher and know of a host. Electron says nothing
 * of it and falls back to an icon that GNOME and Wayland don't show, so the bus is asked.
 */
import { DesktopError, SessionBus } from '../../engine/channels/desktop/dbus.ts'
import type { Cancel, Clock, Log } from '../../engine/ports.ts'
import { hasOwner, isOwnerChange, ownerRule, processOf, property, type Remote } from '../presence/bus.ts'

/** 'unknown' = nobody could be asked. */
export type TrayHostState = 'shown' | 'no_host' | 'unknown'

export interface TrayHost {
  /** Whether the panel knows of an icon of this process; null = nobody can say. Never throws. */
  hasOurs(): Promise<boolean | null>
  /** Ends watching. */
  close(): void
}

export interface TrayHostParts {
  /** The session bus; null = there is none to ask. */
  address: string | null
  /** Of this process, as the bus knows it. */
  pid: number
  clock: Clock
  log: Log
  /** Told once for the first answer, then on every change. */
  onState(state: TrayHostState): void
}

const NAME = 'org.kde.StatusNotifierWatcher'
const WATCHER: Remote = { destination: NAME, path: '/StatusNotifierWatcher', interface: NAME }
/** ms after which a lost or silent bus is asked again. */
const RETRY_AFTER = 5_000

export function watchTrayHost({ address, pid, clock, log, onState }: TrayHostParts): TrayHost {
  let state: TrayHostState | null = null
  let closed = false
  let asked = 0
  let cancelRetry: Cancel = () => undefined
  if (address === null) {
    tell('unknown', 'there is no session bus')
    return { hasOurs: async () => null, close: () => undefined }
  }
  const bus = new SessionBus({
    address, clock, log,
    // Everything that the watcher says of itself: a host registered, is gone, a property changed.
    rules: [ownerRule(NAME), `type='signal',path='${WATCHER.path}'`],
    onMessage: (message) => {
      if (isOwnerChange(message, NAME) || (message.type === 4 && message.path === WATCHER.path)) void check()
    },
    onLost: () => {
      if (closed) return
      tell('unknown', 'the session bus went away')
      retry()
    },
  })
  void check()

  function tell(now: TrayHostState, why: string): void {
    if (now === state) return
    state = now
    log.info('tray host', { state: now, why })
    onState(now)
  }

  function retry(): void {
    cancelRetry()
    cancelRetry = clock.after(RETRY_AFTER, () => void check())
  }

  /** Answers may overtake one another; only the one to the last question counts. */
  async function check(): Promise<void> {
    const question = ++asked
    let answer: { state: TrayHostState; why: string; again: boolean }
    try {
      if (!(await hasOwner(bus, NAME))) answer = { state: 'no_host', why: 'nobody watches for tray icons', again: false }
      else if ((await property(bus, WATCHER, 'IsStatusNotifierHostRegistered')) === true) answer = { state: 'shown', why: 'a panel shows tray icons', again: false }
      else answer = { state: 'no_host', why: 'no panel shows tray icons', again: false }
    } catch (error) {
      if (!(error instanceof DesktopError)) throw error
      // Gone between the two questions: its going is a signal that asks anew.
      answer = { state: 'unknown', why: error.message, again: error.fault !== 'bad_address' }
    }
    if (closed || question !== asked) return
    tell(answer.state, answer.why)
    if (answer.again) retry()
  }

  return {
    async hasOurs() {
      try {
        const items = await property(bus, WATCHER, 'RegisteredStatusNotifierItems')
        if (!Array.isArray(items)) return null
        // ":1.42/StatusNotifierItem", ":1.42@/StatusNotifierItem" (GNOME's extension) or "org.kde.StatusNotifierItem-4077-1": whose it is, the bus knows.
        const owners = await Promise.all(items.map((item) => processOf(bus, String(item).split(/[@/]/)[0] ?? '')))
        return owners.includes(pid) ? true : owners.includes(null) ? null : false
      } catch (error) {
        if (!(error instanceof DesktopError)) throw error
        return null
      }
    },
    close() {
      closed = true
      cancelRetry()
      bus.close()
    },
  }
}
