/** What the tests of the rules, the delivery and the commands start from. */
import type { z } from 'zod'
import type { ChannelCapabilities } from '../../electron/engine/channels/channel.ts'
import { EVENT_TYPES, type EventType, type Job, type PrinterEvent } from '../../electron/engine/events/model.ts'
import { settingsSchema, type Settings } from '../../electron/engine/settings/schema.ts'
import { compileProfiles } from '../../electron/engine/rules/profiles.ts'
import type { RouteContext } from '../../electron/engine/rules/route.ts'
import { compile, type RoutedKind, type RoutedKinds, type Subscription } from '../../electron/engine/rules/subscriptions.ts'

/** 2026-01-15 12:00 UTC, where TestClock begins. */
export const NOON = Date.UTC(2026, 0, 15, 12)

export const LAMP: Job = {
  key: 'local/lamp-vase.gcode@1',
  file: { name: 'lamp-vase.gcode', path: 'lamp-vase.gcode', origin: 'local', size: 1000 },
  startedAt: NOON - 3_600_000,
  endedAt: null,
  user: null,
}

export function anEvent(type: EventType, over: Partial<PrinterEvent> = {}): PrinterEvent {
  return {
    id: '01KF0000000000000000000001', seq: 1, dedupeKey: `mk4|x|${type}`, occurredAt: NOON, observedAt: NOON, late: false, type, severity: 'info',
    printerId: 'mk4', printerName: 'MK4 left bench', serverKind: 'octoprint', byUs: false, snapshot: 'none', ...over,
  }
}

export function aKind(kind: string, capabilities: Partial<ChannelCapabilities> = {}, features: readonly EventType[] = EVENT_TYPES): RoutedKind {
  return {
    kind,
    capabilities: { image: 'upload', maxText: null, maxImageBytes: null, canUpdate: false, actions: false, idempotencyKey: true, local: false, ...capabilities },
    supportedFeatures: () => new Set(features),
  }
}

export const KINDS: RoutedKinds = new Map([
  ['desktop', aKind('desktop', { local: true, canUpdate: true, actions: true })],
  ['webhook', aKind('webhook')],
  ['sms', aKind('sms', { image: 'none' }, ['job.done', 'job.failed'])],
])

export function someSettings(over: z.input<ReturnType<typeof settingsSchema>> extends infer T ? Partial<T> : never = {}): Settings {
  return settingsSchema().parse({
    version: 1,
    printers: [{ id: 'mk4', name: 'MK4 left bench' }],
    destinations: [
      { id: 'desk', label: 'Desk', channel: 'desktop' },
      { id: 'hook', label: 'My hook', channel: 'webhook' },
    ],
    ...over,
  })
}

/** The subscriptions of these settings, of all their profiles. */
export function subscriptionsOf(settings: Settings, kinds: RoutedKinds = KINDS): Subscription[] {
  return compile(settings, kinds, compileProfiles(settings, () => 'UTC'))
}

/** What these settings are judged with at noon; this computer's zone is UTC. */
export function contextOf(settings: Settings, over: Partial<RouteContext> = {}): RouteContext {
  return {
    now: NOON, subscriptions: subscriptionsOf(settings), profiles: compileProfiles(settings, () => 'UTC'), tagsOf: (printerId) => settings.printers.find(({ id }) => id === printerId)?.tags ?? [],
    silences: [], destinations: settings.destinations, kinds: KINDS, settings, presence: 'unknown', ...over,
  }
}
