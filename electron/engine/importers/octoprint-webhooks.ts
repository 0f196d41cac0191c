/** Hooks of OctoPrint-Webhooks as destinations, and back. Pure: text in, text out; what to do with the secrets is the caller's business. */
import { stringify } from 'yaml'
import { octoprintWebhooksSchema, type OctoPrintWebhooksConfig } from '../channels/octoprint-webhooks/config.ts'
import { objectOf } from '../channels/octoprint-webhooks/secrets.ts'
import type { EventType } from '../events/model.ts'
import { anySelectorMatches } from '../rules/selectors.ts'
import { REMOTE_DEFAULTS } from '../settings/defaults.ts'
import { findHooks } from './octoprint-webhooks-file.ts'
import { destinationsOf, MESSAGES, TEST_EVENTS, TOGGLES, type ImportedHook } from './octoprint-webhooks-hook.ts'
import { putBack } from './octoprint-webhooks-secrets.ts'

export { ImportError } from './octoprint-webhooks-file.ts'
export type { ImportedHook } from './octoprint-webhooks-hook.ts'

/** The newest that is known: 4.4.0 of the plugin. */
const SETTINGS_VERSION = 5

export interface ImportedWebhooks {
  destinations: ImportedHook[]
  /** What belongs to none of them, in sentences. */
  notes: string[]
}

/**
 * @param text OctoPrint's config.yaml whole, its part `plugins: webhooks`, the answer of GET /api/settings, or a template file of the plugin
 * @throws ImportError naming line, cause and cure
 */
export function importOctoPrintWebhooks(text: string): ImportedWebhooks {
  const { hooks, template, version } = findHooks(text)
  const notes: string[] = []
  const labels = new Set<string>()
  if (version !== null && version > SETTINGS_VERSION) notes.push(`These settings are of a newer OctoPrint-Webhooks (version ${version} of its settings; ${SETTINGS_VERSION} is known here). Look through what came of them.`)
  if (hooks.length === 0) notes.push('OctoPrint-Webhooks has no hooks.')
  const destinations = hooks.flatMap((hook, index) => {
    const { url } = hook.fields
    if (template === null && (typeof url !== 'string' || url.trim() === '')) {
      notes.push(`Hook ${index + 1} has no address and was left out.`)
      return []
    }
    return destinationsOf(hook, free(template?.name ?? labelOf(url), labels))
  })
  return { destinations, notes }
}

/** The computer that is called; nothing of the path, where a key may stand. */
function labelOf(url: unknown): string {
  const host = typeof url === 'string' ? /^https?:\/\/(?:[^/?#]*@)?([^/?#@:\s]+)/i.exec(url.trim())?.[1] : undefined
  return host === undefined ? 'OctoPrint webhook' : `Webhook to ${host.slice(0, 100)}`
}

function free(label: string, taken: Set<string>): string {
  const wanted = label.trim().slice(0, 180) || 'OctoPrint webhook'
  let unique = wanted
  for (let number = 2; taken.has(unique); number += 1) unique = `${wanted} ${number}`
  taken.add(unique)
  return unique
}

/** What an export needs of a destination; others than of this channel are passed over. */
export interface ExportableDestination {
  channel: string
  enabled: boolean
  config: Readonly<Record<string, unknown>>
  /** Absent = the defaults of a remote destination. */
  events?: readonly string[]
  /** Values by secret field; needed only for an export with secrets. */
  secrets?: Readonly<Record<string, string>>
}

/**
 * The part `plugins: webhooks` for OctoPrint's config.yaml, in the plugin's newest form.
 * @param withSecrets writes keys and passwords into it, as the plugin itself does; else `@secrets.NAME` stays where they go, and the API secret is empty
 */
export function exportOctoPrintWebhooks(destinations: readonly ExportableDestination[], { withSecrets = false }: { withSecrets?: boolean } = {}): string {
  const hooks = destinations.filter(({ channel }) => channel === 'octoprint-webhooks').map((destination) => hookOf(destination, withSecrets ? destination.secrets ?? {} : {}))
  const head = withSecrets
    ? '# Holds keys and passwords: keep it to yourself.\n'
    : '# Secrets were left out: fill in apiSecret, oauth_headers and oauth_data, and what says @secrets.NAME.\n'
  return `${head}${stringify({ plugins: { webhooks: { settings_version: SETTINGS_VERSION, hooks } } }, { version: '1.1', lineWidth: 0 })}`
}

function hookOf({ enabled, config: given, events = REMOTE_DEFAULTS }: ExportableDestination, secrets: Readonly<Record<string, string>>): Record<string, unknown> {
  const config = octoprintWebhooksSchema.parse(given)
  const others = secrets.secrets === undefined ? {} : objectOf(secrets.secrets) as Record<string, string> ?? {}
  const hears = (types: readonly string[]): boolean => types.filter((type): type is EventType => !type.startsWith('native:')).some((type) => anySelectorMatches(events, { type }))
  return {
    url: putBack(config.url, others, encodeUnlessAddress),
    apiSecret: secrets.apiSecret ?? '',
    deviceIdentifier: config.deviceIdentifier,
    webhook_enabled: enabled,
    ...Object.fromEntries(Object.entries(TOGGLES).map(([toggle, types]) => [toggle, hears(types)])),
    event_print_progress: hears(['job.progress']),
    event_print_progress_interval: String(config.progressEvery === 0 ? 25 : config.progressEvery),
    ...Object.fromEntries(Object.entries(MESSAGES).map(([theirs, ours]) => [theirs, config[ours as 'doneMessage']])),
    headers: JSON.stringify(putBack(config.headers, others), null, 2),
    data: dataOf(config, others),
    http_method: config.method,
    content_type: config.contentType,
    oauth: config.oauth,
    oauth_url: putBack(config.oauthUrl, others, encodeUnlessAddress),
    oauth_headers: secrets.oauthHeaders ?? '{}',
    oauth_data: secrets.oauthData ?? '{}',
    oauth_http_method: config.oauthMethod,
    oauth_content_type: config.oauthContentType,
    test_event: Object.entries(TEST_EVENTS).find(([, ours]) => ours === config.testEvent)?.[0] ?? 'PrintStarted',
    customEvents: customOf(config, events),
    event_cooldown: config.cooldown,
    verify_ssl: true,
  }
}

function dataOf({ data }: OctoPrintWebhooksConfig, others: Readonly<Record<string, string>>): string {
  const body = objectOf(data) ?? {}
  const filled = putBack(body, others)
  return JSON.stringify(filled) === JSON.stringify(body) ? data : JSON.stringify(filled, null, 2)
}

/** Those that are heard: the message where one was written. What has a switch of its own is none. */
function customOf({ customEvents }: OctoPrintWebhooksConfig, events: readonly string[]): { name: string; message: string }[] {
  return events.filter((selector) => /^native:[A-Za-z0-9_-]+$/.test(selector) && (selector !== 'native:Error' || customEvents.Error !== undefined)).map((selector) => {
    const name = selector.slice('native:'.length)
    return { name, message: customEvents[name] ?? '' }
  })
}

function encodeUnlessAddress(text: string): string {
  return /^https?:\/\//i.test(text) ? text : encodeURIComponent(text)
}
