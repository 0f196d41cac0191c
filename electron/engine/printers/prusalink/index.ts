/** PrusaLink as a kind of printer server: in the firmware of Buddy boards, and as a program on a Pi. */
import type { EventType } from '../../events/model.ts'
import type { PrinterAdapter } from '../adapter.ts'
import { discover } from './discover.ts'
import { baseUrl, prusalinkSecrets, prusalinkSettings, type PrusaLinkSettings } from './settings.ts'
import { supervise } from './supervisor.ts'
import { test } from './test.ts'

const KIND = 'prusalink'

/** All that a PrusaLink can tell: why it wants somebody it does not say, and it counts no layers, sends no messages, has no events. */
const EVENTS: readonly EventType[] = [
  'job.started', 'job.first_layer_done', 'job.progress', 'job.milestone_time', 'job.finishing_soon', 'job.eta_slipped', 'job.stalled',
  'job.paused', 'job.resumed', 'job.done', 'job.cancelled', 'job.failed', 'job.result_unknown',
  'attention.user_input', 'attention.cleared', 'attention.reminder',
  'heater.target_reached', 'heater.cooled', 'heater.left_on',
  'device.ready', 'device.error',
  'link.up', 'link.lost', 'link.auth_failed', 'link.refused', 'camera.lost', 'camera.up',
  'command.succeeded', 'command.failed', 'command.acknowledged',
]

export const prusalink: PrinterAdapter<PrusaLinkSettings> = {
  kind: KIND,
  displayName: 'PrusaLink',
  settingsSchema: prusalinkSettings,
  secretFields: prusalinkSecrets,
  capabilities: {
    push: false, discover: true, pair: false, snapshot: true,
    commands: ['pause', 'resume', 'cancel'],
    events: new Set(EVENTS),
    jobSurvivesServer: false,
  },
  webUrl: (settings) => `${baseUrl(settings.url)}/`,
  discover: (ports, signal) => discover(KIND, ports, signal),
  test,
  connect: (server, sink, signal, ports, options) => supervise(server, sink, signal, ports, options),
}
