/** OctoPrint as a kind of printer server. */
import type { EventType } from '../../events/model.ts'
import type { PrinterAdapter } from '../adapter.ts'
import { discover } from './discover.ts'
import { createInterpreter } from './interpret.ts'
import { pair, unpair } from './pair.ts'
import { baseUrl, octoprintSecrets, octoprintSettings, SOURCE_ID, type OctoPrintSettings } from './settings.ts'
import { supervise } from './supervisor.ts'
import { test } from './test.ts'

const KIND = 'octoprint'

/** All that an OctoPrint can tell: it counts no layers, has no door, no plate. Failures are a plugin's to tell (detector.ts). */
const EVENTS: readonly EventType[] = [
  'job.started', 'job.first_layer_done', 'job.progress', 'job.milestone_time', 'job.finishing_soon', 'job.eta_slipped', 'job.stalled',
  'job.paused', 'job.resumed', 'job.done', 'job.cancelled', 'job.failed', 'job.result_unknown',
  'attention.filament_runout', 'attention.filament_change', 'attention.user_input', 'attention.cleared', 'attention.reminder',
  'failure.warning', 'failure.detected',
  'heater.target_reached', 'heater.cooled', 'heater.left_on', 'heater.runaway',
  'device.ready', 'device.error', 'device.shutdown', 'device.fault',
  'link.up', 'link.lost', 'link.auth_failed', 'link.refused', 'camera.lost', 'camera.up',
  'message.display', 'message.user', 'command.succeeded', 'command.failed', 'command.acknowledged', 'server.event',
]

export const octoprint: PrinterAdapter<OctoPrintSettings> = {
  kind: KIND,
  displayName: 'OctoPrint',
  settingsSchema: octoprintSettings,
  secretFields: octoprintSecrets,
  capabilities: {
    push: true, discover: true, pair: true, snapshot: true,
    commands: ['pause', 'resume', 'cancel', 'gcode', 'answer'],
    events: new Set(EVENTS),
    jobSurvivesServer: false,
  },
  webUrl: (settings) => `${baseUrl(settings.url)}/`,
  discover: (ports, signal) => discover(KIND, ports, signal),
  test,
  pair: (server, ports, signal) => pair(server, ports, signal),
  unpair: (server, ports, signal) => unpair(server, ports, signal),
  connect: (server, sink, signal, ports, options) => supervise(server, createInterpreter({ sourceId: SOURCE_ID, junk: (what) => sink.junk(what) }), sink, signal, ports, options),
}
