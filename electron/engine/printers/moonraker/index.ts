/** Moonraker, the server in front of Klipper, as a kind of printer server. */
import type { EventType } from '../../events/model.ts'
import type { PrinterAdapter } from '../adapter.ts'
import { discover } from './discover.ts'
import { createInterpreter } from './interpret.ts'
import { baseUrl, moonrakerSecrets, moonrakerSettings, SOURCE_ID, type MoonrakerSettings } from './settings.ts'
import { supervise } from './supervisor.ts'
import { test } from './test.ts'

const KIND = 'moonraker'

/** All that a Moonraker can tell: it has no failure detector, no door, no plate. */
const EVENTS: readonly EventType[] = [
  'job.started', 'job.first_layer_done', 'job.layer', 'job.progress', 'job.milestone_time', 'job.finishing_soon', 'job.eta_slipped', 'job.stalled',
  'job.paused', 'job.resumed', 'job.done', 'job.cancelled', 'job.failed', 'job.result_unknown',
  'attention.filament_runout', 'attention.filament_change', 'attention.user_input', 'attention.cleared', 'attention.reminder',
  'heater.target_reached', 'heater.cooled', 'heater.left_on', 'heater.runaway',
  'device.ready', 'device.error', 'device.shutdown', 'device.fault',
  'link.up', 'link.lost', 'link.auth_failed', 'link.refused', 'camera.lost', 'camera.up',
  'message.display', 'message.user', 'command.succeeded', 'command.failed', 'command.acknowledged', 'server.event',
]

export const moonraker: PrinterAdapter<MoonrakerSettings> = {
  kind: KIND,
  displayName: 'Moonraker (Klipper)',
  settingsSchema: moonrakerSettings,
  secretFields: moonrakerSecrets,
  capabilities: {
    push: true, discover: true, pair: false, snapshot: true,
    commands: ['pause', 'resume', 'cancel', 'gcode', 'answer', 'emergency_stop'],
    events: new Set(EVENTS),
    // Klipper prints from its own card: Moonraker may be restarted meanwhile.
    jobSurvivesServer: true,
  },
  webUrl: (settings) => webPage(settings.url),
  discover: (ports, signal) => discover(KIND, ports, signal),
  test,
  connect: (server, sink, signal, ports, options) => supervise(server, createInterpreter({ sourceId: SOURCE_ID, junk: (what) => sink.junk(what) }), sink, signal, ports, options),
}

/** Mainsail or Fluidd: on the usual port of the computer, where Moonraker's own port was given. */
function webPage(url: string): string {
  const base = new URL(baseUrl(url))
  if (/^71[23]\d$/.test(base.port)) base.port = ''
  return base.href
}
