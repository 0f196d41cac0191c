/** From the toast to the arguments of org.freedesktop.Notifications.Notify (Desktop Notifications Specification 1.2). Pure. */
import { Variant } from './variant.ts'
import { bodyWithChoices, DEFAULT_KEY, titleWithPercent, wholePercent } from './toast.ts'
import type { Toast } from './toast.ts'

/** What the running notification service said of itself. */
export interface ServiceFacts {
  name: string
  version: string
  capabilities: ReadonlySet<string>
}

export type HintValue = string | boolean | Variant<number>

/** In the order of the call; D-Bus signature `susssasa{sv}i`. */
export interface NotifyArguments {
  appName: string
  replacesId: number
  appIcon: string
  summary: string
  body: string
  /** Key, label, key, label ... */
  actions: string[]
  hints: Record<string, HintValue>
  /** ms; -1 = the service's own habit, 0 = never. */
  expireTimeout: number
}

const APP_NAME = 'Printbell'
/** The name of our .desktop file: services take the icon and the application's name from it. */
const DESKTOP_ENTRY = 'printbell'
const URGENCY = { normal: 1, critical: 2 } as const
/**
 * Services that draw the `value` hint as a bar beside the text, by the name they give. xfce4-notifyd 0.7.3 drops title, body
 * and buttons for it (seen), so a service is put here only once somebody looked.
 */
const KEEPS_TEXT_BESIDE_VALUE: ReadonlySet<string> = new Set(['dunst'])

/** @param replacesId id of the toast to change in place; 0 = a new one */
export function renderNotify(toast: Toast, service: ServiceFacts, replacesId: number): NotifyArguments {
  const can = (capability: string) => service.capabilities.has(capability)
  const percent = toast.progress === null ? null : wholePercent(toast.progress)
  const bar = percent !== null && KEEPS_TEXT_BESIDE_VALUE.has(service.name)
  const title = bar ? toast.title : titleWithPercent(toast)
  const body = can('actions') ? toast.body : bodyWithChoices(toast)
  const hints: Record<string, HintValue> = { urgency: new Variant('y', URGENCY[toast.urgency]), 'desktop-entry': DESKTOP_ENTRY }
  if (toast.category) hints['category'] = toast.category
  if (toast.picture) hints['image-path'] = toast.picture.url
  if (toast.quiet) hints['suppress-sound'] = true
  if (bar) hints['value'] = new Variant('i', percent)
  return {
    appName: APP_NAME,
    replacesId,
    appIcon: '',
    // The summary is plain text by the specification, whatever the service does with the body.
    summary: can('body') || body === '' ? title : `${title}: ${body.replaceAll('\n', ' ')}`,
    body: !can('body') ? '' : can('body-markup') ? escapeMarkup(body) : body,
    actions: can('actions') ? [DEFAULT_KEY, toast.defaultAction.label, ...toast.actions.flatMap((action) => [action.id, action.label])] : [],
    hints,
    expireTimeout: toast.sticky ? 0 : toast.lifetime ?? -1,
  }
}

/** Makes text safe where the body is markup: one raw "&" turns xfce4-notifyd's whole body into literal tags (seen). */
export function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
