/** One hook of the plugin's as the config of a destination. octoprint.md 7.10 lists the keys. */
import { validateOctoPrintWebhooks } from '../channels/octoprint-webhooks/config.ts'
import { pythonText } from '../channels/octoprint-webhooks/python-text.ts'
import { objectOf } from '../channels/octoprint-webhooks/secrets.ts'
import { Secret } from '../settings/secret.ts'
import { octoPrintEvent } from './octoprint-events.ts'
import type { FoundHook } from './octoprint-webhooks-file.ts'
import { TakenOut, takeFromBody, takeFromHeaders, takeFromUrl } from './octoprint-webhooks-secrets.ts'

type Hook = Readonly<Record<string, unknown>>

/** What came of a hook: to be looked at before it is taken over. */
export interface ImportedHook {
  /** Where it stood in the text, from 1. */
  line: number
  channel: 'octoprint-webhooks'
  label: string
  /** Without secrets. Valid but for what `missing` names. */
  config: Readonly<Record<string, unknown>>
  /** By the channel's secret fields. */
  secrets: Readonly<Record<string, Secret>>
  /** Fields of the config that someone must still fill in. */
  missing: readonly string[]
  /** What is other than it was, in sentences. */
  notes: readonly string[]
  /** False: it was switched off there, or something of it could not be taken over. */
  enabled: boolean
  /** Selectors, as in the settings. */
  events: readonly string[]
}

/** Each of the plugin's switches, and what is heard for it. */
export const TOGGLES: Readonly<Record<string, readonly string[]>> = {
  eventPrintStarted: ['job.started'],
  eventPrintDone: ['job.done'],
  eventPrintFailed: ['job.failed', 'job.cancelled', 'job.result_unknown'],
  eventPrintPaused: ['job.paused'],
  eventUserActionNeeded: ['attention.filament_runout', 'attention.filament_change', 'attention.user_input', 'attention.door', 'attention.plate'],
  // A print that fails of an error is one event of ours; the plugin's receivers hear of both.
  eventError: ['device.error', 'device.shutdown', 'native:Error'],
}
/** The OctoPrint event behind each switch: listed among the custom ones as well, it is sent once. */
const EVENT_OF_TOGGLE: Readonly<Record<string, string>> = { PrintStarted: 'eventPrintStarted', PrintDone: 'eventPrintDone', PrintFailed: 'eventPrintFailed', PrintPaused: 'eventPrintPaused', Error: 'eventError' }
/** Fires before PrintFailed at every cancel; both are one event of ours. */
const CANCELLED = 'PrintCancelled'

export const MESSAGES: Readonly<Record<string, string>> = {
  eventPrintStartedMessage: 'startedMessage', eventPrintDoneMessage: 'doneMessage', eventPrintFailedMessage: 'failedMessage', eventPrintPausedMessage: 'pausedMessage',
  eventUserActionNeededMessage: 'actionMessage', eventPrintProgressMessage: 'progressMessage', eventErrorMessage: 'errorMessage',
}
export const TEST_EVENTS: Readonly<Record<string, string>> = {
  PrintStarted: 'started', PrintDone: 'done', PrintFailed: 'failed', PrintPaused: 'paused', plugin_webhooks_notify: 'action', plugin_webhooks_progress: 'progress', Error: 'error',
}
const KNOWN = new Set([
  'url', 'apiSecret', 'deviceIdentifier', 'webhook_enabled', 'event_print_progress', 'event_print_progress_interval', 'headers', 'data', 'oauth_headers', 'oauth_data', 'http_method', 'oauth_http_method',
  'content_type', 'oauth_content_type', 'oauth', 'oauth_url', 'test_event', 'customEvents', 'event_cooldown', 'verify_ssl', 'settings_version', 'hooks', '_name', '_description', '_config_version', 'customEvent',
  ...Object.keys(TOGGLES), ...Object.keys(MESSAGES),
])

/** @returns two where the plugin sent two messages for what is one event here */
export function destinationsOf({ fields: hook, line }: FoundHook, label: string): ImportedHook[] {
  const taken = new TakenOut()
  const notes: string[] = []
  const note = (sentence: string): void => void notes.push(sentence)
  let enabled = hook.webhook_enabled !== false
  const problem = (sentence: string): void => {
    enabled = false
    note(`${sentence} It arrived switched off.`)
  }
  const { events, customEvents, asideEvents } = eventsOf(hook, note)
  const config: Record<string, unknown> = {
    ...addressOf(hook, taken, problem),
    ...encodingOf(hook, '', problem),
    ...(textOf(hook.deviceIdentifier) === '' ? {} : { deviceIdentifier: textOf(hook.deviceIdentifier) }),
    ...dataOf(hook, taken, problem),
    ...Object.fromEntries(Object.entries(MESSAGES).flatMap(([theirs, ours]) => (hook[theirs] === undefined || hook[theirs] === null ? [] : [[ours, textOf(hook[theirs])]]))),
    ...(Object.keys(customEvents).length > 0 ? { customEvents } : {}),
    ...stepsOf(hook, note),
    ...cooldownOf(hook, note),
    ...(typeof hook.test_event === 'string' && TEST_EVENTS[hook.test_event] !== undefined ? { testEvent: TEST_EVENTS[hook.test_event] } : {}),
    ...loginOf(hook, taken, problem),
  }
  if (hook.verify_ssl === false) note('The plugin did not check the certificate of its server. Printbell does: name the certificate, or who signed it, in the network settings of the destination, or its messages will wait.')
  const strange = Object.keys(hook).filter((name) => !KNOWN.has(name))
  if (strange.length > 0) note(`Not taken over, because nobody here knows it: ${strange.join(', ')}.`)
  const { checked, missing } = sound(config, problem)
  const secrets = secretsOf(hook, taken)
  const aside = Object.keys(asideEvents).length > 0
  if (aside) note(`A cancelled print came twice, as Print Failed and as the custom event ${CANCELLED}; so it does here, by a second destination.`)
  const destination: ImportedHook = { line, label, channel: 'octoprint-webhooks', enabled, config: checked, secrets, events, missing, notes }
  return aside ? [destination, { ...destination, label: `${label}, ${CANCELLED}`, config: { ...checked, customEvents: asideEvents }, events: [`native:${CANCELLED}`], notes: [] }] : [destination]
}

function addressOf(hook: Hook, taken: TakenOut, problem: (sentence: string) => void): Record<string, unknown> {
  const given = textOf(hook.url).trim()
  if (given === '') {
    problem('It has no address. Enter it.')
    return headersOf(hook, null, taken, problem)
  }
  const { url, authorization } = takeFromUrl(given, taken)
  return { url, ...headersOf(hook, authorization, taken, problem) }
}

function headersOf(hook: Hook, authorization: string | null, taken: TakenOut, problem: (sentence: string) => void): Record<string, unknown> {
  const given = jsonOf(hook.headers)
  if (given === null) problem('Its headers are no JSON object, so they were left out. Enter them anew.')
  const headers = takeFromHeaders(Object.fromEntries(Object.entries(given ?? {}).map(([name, value]) => [name, textOf(value)])), taken)
  const login = authorization !== null && !Object.keys(headers).some((name) => name.toLowerCase() === 'authorization') ? { Authorization: authorization } : {}
  const all = { ...headers, ...login }
  return Object.keys(all).length === 0 ? {} : { headers: all }
}

function dataOf(hook: Hook, taken: TakenOut, problem: (sentence: string) => void): Record<string, unknown> {
  if (textOf(hook.data).trim() === '') return {}
  const given = jsonOf(hook.data)
  if (given === null) {
    problem('Its data is no JSON object, so it sends the default. Enter it anew.')
    return {}
  }
  const before = Object.keys(taken.values).length
  const clean = takeFromBody(given, taken)
  // As the person laid it out, where nothing had to be taken out.
  const asItWas = Object.keys(taken.values).length === before && objectOf(textOf(hook.data)) !== null
  return { data: asItWas ? textOf(hook.data) : JSON.stringify(clean, null, 2) }
}

function encodingOf(hook: Hook, prefix: '' | 'oauth_', problem: (sentence: string) => void): Record<string, unknown> {
  const names = prefix === '' ? ['method', 'contentType'] as const : ['oauthMethod', 'oauthContentType'] as const
  const method = textOf(hook[`${prefix}http_method`]).toUpperCase() || 'POST'
  const known = ['GET', 'POST', 'PUT', 'DELETE'].includes(method)
  if (!known) problem('Its method is none of GET, POST, PUT and DELETE, so it uses POST.')
  return { [names[0]]: known ? method : 'POST', [names[1]]: textOf(hook[`${prefix}content_type`]).toUpperCase() === 'FORM' ? 'FORM' : 'JSON' }
}

function loginOf(hook: Hook, taken: TakenOut, problem: (sentence: string) => void): Record<string, unknown> {
  const url = textOf(hook.oauth_url).trim()
  if (url === '') {
    if (hook.oauth === true) problem('It logs in with OAuth, but the address for that is missing, so it does not log in. Enter it.')
    return {}
  }
  if (jsonOf(hook.oauth_headers) === null || jsonOf(hook.oauth_data) === null) problem('Headers or data of its OAuth login are no JSON object. Enter them anew.')
  // A login in the address would have to be a header among secrets.
  const { url: clean } = takeFromUrl(url, taken)
  return { oauth: hook.oauth === true, oauthUrl: clean, ...encodingOf(hook, 'oauth_', problem) }
}

function secretsOf(hook: Hook, taken: TakenOut): Record<string, Secret> {
  const given: Record<string, Secret> = {}
  const keep = (name: string, value: string): void => {
    if (value !== '') given[name] = new Secret(value)
  }
  keep('apiSecret', textOf(hook.apiSecret))
  if (textOf(hook.oauth_url).trim() !== '') {
    for (const [name, key] of [['oauthHeaders', 'oauth_headers'], ['oauthData', 'oauth_data']] as const) {
      const value = jsonOf(hook[key])
      if (value !== null && Object.keys(value).length > 0) keep(name, JSON.stringify(value))
    }
  }
  if (Object.keys(taken.values).length > 0) keep('secrets', JSON.stringify(taken.values))
  return given
}

function stepsOf(hook: Hook, note: (sentence: string) => void): Record<string, unknown> {
  const interval = Number.parseInt(textOf(hook.event_print_progress_interval), 10)
  const step = Number.isInteger(interval) && interval >= 1 && interval <= 99 ? interval : null
  if (hook.event_print_progress === true) {
    if (step === null) note('Its progress interval is no number from 1 to 99: progress comes as often as the printer tells it.')
    else note(`It hears of progress each ${step} %. Set "Progress each" of its printers to ${step} % or to a part of that: they tell it each 25 % unless you say otherwise.`)
  }
  return step === null ? {} : { progressEvery: step }
}

function cooldownOf(hook: Hook, note: (sentence: string) => void): Record<string, unknown> {
  const seconds = Math.round(Number(hook.event_cooldown ?? 0))
  if (!Number.isFinite(seconds) || seconds <= 0) return {}
  if (seconds > 86_400) note('Its cooldown is longer than a day; it was set to one day.')
  return { cooldown: Math.min(seconds, 86_400) }
}

interface Events {
  events: string[]
  customEvents: Record<string, string>
  /** For a destination of their own. */
  asideEvents: Record<string, string>
}

function eventsOf(hook: Hook, note: (sentence: string) => void): Events {
  const on = (toggle: string): boolean => hook[toggle] !== false && hook[toggle] !== null
  const events = Object.entries(TOGGLES).flatMap(([toggle, types]) => (on(toggle) ? types : []))
  if (hook.event_print_progress === true) events.push('job.progress')
  const customEvents: Record<string, string> = {}
  const asideEvents: Record<string, string> = {}
  for (const { name, message } of customOf(hook.customEvents)) {
    const known = octoPrintEvent(name)
    if (known === null) note(`OctoPrint has no event "${name.slice(0, 60)}", so it is not heard of.`)
    const toggle = known === null ? undefined : EVENT_OF_TOGGLE[known]
    // As in the plugin, which looks at its switches first.
    if (known === null || (toggle !== undefined && on(toggle))) continue
    if (known === CANCELLED && on('eventPrintFailed')) asideEvents[known] ??= message
    else if (!(known in customEvents)) {
      customEvents[known] = message
      events.push(`native:${known}`)
    }
  }
  return { events, customEvents, asideEvents }
}

function customOf(given: unknown): { name: string; message: string }[] {
  if (!Array.isArray(given)) return []
  return given.flatMap((entry: unknown) => {
    const fields = typeof entry === 'object' && entry !== null ? entry as Hook : {}
    const name = textOf(fields.name).trim()
    return name === '' ? [] : [{ name, message: textOf(fields.message) }]
  })
}

/** What the channel does not take falls back to its default, and is told; what has none is missing. */
function sound(config: Record<string, unknown>, problem: (sentence: string) => void): { checked: Record<string, unknown>; missing: string[] } {
  const checked = validateOctoPrintWebhooks({ url: 'https://address.invalid/', ...config })
  const missing = config.url === undefined ? ['url'] : []
  if (checked.ok) return { checked: config, missing }
  const wrong = new Set(checked.errors.map(({ field }) => field.split('.')[0] ?? ''))
  for (const { field, message } of checked.errors) problem(`Its ${field} can't be taken over. ${message}`)
  const rest = Object.fromEntries(Object.entries(config).filter(([name]) => !wrong.has(name)))
  return { checked: { ...rest, ...(wrong.has('oauthUrl') ? { oauth: false } : {}) }, missing: wrong.has('url') ? ['url'] : missing }
}

/** A value of YAML's as the text that Python would have sent. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : pythonText(value)
}

/** A text that holds a JSON object; nothing = an empty one; null = it holds something else. Line breaks inside of texts, which JSON forbids, are taken. */
function jsonOf(value: unknown): Record<string, unknown> | null {
  const text = textOf(value)
  if (text.trim() === '') return {}
  return objectOf(text) ?? objectOf(text.replace(/"(?:[^"\\]|\\[^])*"/g, (quoted) => quoted.replace(/\\?\r?\n/g, '\\n').replaceAll('\t', '\\t')))
}
