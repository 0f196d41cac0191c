/** From the toast to the arguments of org.freedesktop.Notifications.Notify (Desktop Notifications Specification 1.2). Pure. */
import { Variant } from 'dbus-native'
import type { ActionId } from '../../delivery/message.ts'
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

/** The key that the specification gives to a click on the notification itself. */
export const DEFAULT_KEY = 'default'

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
  const title = percent === null || bar || tellsPercent(`${toast.title}\n${toast.body}`, toast.progress ?? 0) ? toast.title : `${toast.title}, ${percent} %`
  const body = can('actions') ? toast.body : withHint(toast)
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

/** Which of our actions each key of a toast stands for. */
export function keysOf(toast: Toast): Map<string, ActionId> {
  return new Map<string, ActionId>([[DEFAULT_KEY, toast.defaultAction.id], ...toast.actions.map((action): [string, ActionId] => [action.id, action.id])])
}

/** Makes text safe where the body is markup: one raw "&" turns xfce4-notifyd's whole body into literal tags (seen). */
export function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Rounded down, so that 100 is only told at the end; the small term undoes 0.29 * 100 = 28.999... */
function wholePercent(fraction: number): number {
  return Math.floor(fraction * 100 + 1e-6)
}

/** True when the text has the percentage already, rounded either way. */
function tellsPercent(text: string, fraction: number): boolean {
  return [wholePercent(fraction), Math.round(fraction * 100)].some((percent) => new RegExp(`(?<![\\d.,])${percent}\\s?%`).test(text))
}

/** Where buttons can't be drawn, the body says what there is to choose. */
function withHint(toast: Toast): string {
  if (toast.actions.length === 0) return toast.body
  const choices = toast.actions.map((action) => action.label).join(', ')
  return `${toast.body}${toast.body === '' ? '' : '\n'}In Printbell: ${choices}`
}
