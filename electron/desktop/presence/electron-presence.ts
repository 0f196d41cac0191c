/** Electron's end of presence: chooses the source for this system. */
import { powerMonitor } from 'electron'
import { sessionBusAddress } from '../../engine/channels/desktop/bus-address.ts'
import type { Clock, Log } from '../../engine/ports.ts'
import type { PresenceSource } from '../ports.ts'
import { linuxReadings, systemBusAddress } from './linux.ts'
import { monitorReadings } from './monitor.ts'
import { createPresence } from './source.ts'

export interface PresenceOptions {
  platform: NodeJS.Platform
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  log: Log
  /** The setting, as it is now. */
  idleMinutes(): number
}

/** Must be called after the app is ready. */
export function openPresence({ platform, env, clock, log, idleMinutes }: PresenceOptions): PresenceSource {
  if (platform === 'win32' || platform === 'darwin') {
    log.info('sources of presence', { sources: 'powerMonitor' })
    return createPresence({ source: monitorReadings(powerMonitor), clock, log, idleMinutes })
  }
  // Only X11 counts for everybody; on Wayland Chromium answers 0, which would mean that nobody ever leaves.
  const counts = (env['DISPLAY'] ?? '') !== '' && env['XDG_SESSION_TYPE'] !== 'wayland' && (env['WAYLAND_DISPLAY'] ?? '') === ''
  const source = linuxReadings({
    sessionBus: sessionBusAddress(env), systemBus: systemBusAddress(env), sessionId: env['XDG_SESSION_ID']?.trim() || null, clock, log,
    measuredIdle: () => (counts ? powerMonitor.getSystemIdleTime() * 1000 : null),
  })
  return createPresence({ source, clock, log, idleMinutes })
}
