/** Moonraker's own notifications, for who selects them by name ("native:notify_job_queue_changed"). */
import type { Native } from '../../events/model.ts'

/**
 * What is passed on. Not here: what comes every second or more often (notify_proc_stat_update, notify_status_update,
 * notify_sensor_update), the console, and logins.
 */
const PASSED_ON: ReadonlySet<string> = new Set([
  'notify_klippy_ready', 'notify_klippy_shutdown', 'notify_klippy_disconnected', 'notify_history_changed', 'notify_job_queue_changed',
  'notify_power_changed', 'notify_cpu_throttled', 'notify_service_state_changed', 'notify_filelist_changed', 'notify_metadata_update',
  'notify_webcams_changed', 'notify_update_refreshed', 'notify_update_response', 'notify_announcement_update', 'notify_announcement_dismissed',
  'notify_announcement_wake', 'notify_button_event', 'notify_agent_event', 'notify_active_spool_set', 'notify_spoolman_status_changed',
  'notify_timelapse_event',
])

/** A server's own payload is stored beside its event and handed to templates. bytes of JSON */
const LARGEST_NATIVE = 16_384

/** @returns null for what is not passed on */
export function nativeOf(method: string, params: unknown): Native | null {
  if (!PASSED_ON.has(method)) return null
  const payload = Array.isArray(params) && params.length === 1 ? (params[0] as unknown) : (params ?? null)
  const size = sizeOf(payload)
  if (size === null) return { name: method, payload: { note: 'left out: nested too deep' } }
  return { name: method, payload: size <= LARGEST_NATIVE ? payload : { note: `left out: ${size} bytes of JSON, more than ${LARGEST_NATIVE}` } }
}

/** Bytes of JSON; null when it is nested deeper than it can be written again (reading has no such limit). */
function sizeOf(payload: unknown): number | null {
  try {
    return Buffer.byteLength(JSON.stringify(payload ?? null))
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
