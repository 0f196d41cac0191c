/** The one model of a toast. What each system's notification service makes of it is the matter of linux.ts and its like. */
import { pathToFileURL } from 'node:url'
import type { LanguageCode } from '../../delivery/languages/codes.ts'
import { languageOf } from '../../delivery/languages/language.ts'
import type { ActionId, Message, MessageAction, Picture } from '../../delivery/message.ts'
import { TERMINAL_TYPES } from '../../events/model.ts'
import type { EventType } from '../../events/model.ts'

/** What a click on the toast itself does, and what that button is called where it is drawn as one. */
export interface DefaultAction {
  id: ActionId
  label: string
}

/** The freedesktop categories that fit us; other systems ignore it. */
export type ToastCategory = 'transfer' | 'transfer.complete' | 'transfer.error' | 'device' | 'device.error'

export interface Toast {
  /** What it is told in, for what is added where a system shows less; absent = English. */
  language?: LanguageCode
  /** Plain text on one line. */
  title: string
  /** Plain text; may hold line breaks. */
  body: string
  /** `url` is a file: address of the stored JPEG. */
  picture: { url: string; width: number; height: number } | null
  urgency: 'normal' | 'critical'
  /** Of the running job, fraction 0..1; null = none, unknown or over. */
  progress: number | null
  defaultAction: DefaultAction
  /** Beside the default one, in order; none of them repeats it. */
  actions: MessageAction[]
  /** Toasts with the same key replace each other in place. */
  threadKey: string
  /** Stays until a person acts on it, where the system allows. */
  sticky: boolean
  /** ms after which the system shall take it down; null = the system's own habit. Never set together with `sticky`. */
  lifetime: number | null
  category: ToastCategory | null
  /** Changes what is shown already: make no sound again. */
  quiet: boolean
}

/** Stands for a click on the toast itself, beside the ids of its buttons. The specification of Linux desktops has it so. */
export const DEFAULT_KEY = 'default'

/** How long a question waits for its answer, in ms; after that nothing happens. */
export const QUESTION_LIFETIME = 60_000
/** Longest texts in characters. Messages are far shorter (40 and 90); this bounds what a hostile server's text can do. */
const LONGEST_TITLE = 200
const LONGEST_BODY = 1000
const QUESTION = 'question '

/**
 * Makes the toast of a message. Pure.
 * @param picture null = none (yet)
 * @param update true when the same message is on the screen already and only its picture came
 */
export function toToast(message: Message, picture: Picture | null, update = false): Toast {
  const defaultAction = defaultActionOf(message)
  const question = message.kind === 'question'
  return {
    ...(message.language === undefined ? {} : { language: message.language }),
    title: oneLine(message.title, LONGEST_TITLE),
    body: lines(message.body, LONGEST_BODY),
    picture: picture && { url: pathToFileURL(picture.file).href, width: picture.width, height: picture.height },
    urgency: message.severity === 'critical' ? 'critical' : 'normal',
    progress: runningProgress(message),
    defaultAction,
    // Opening is what a click on the toast does already: a second button for it would only take room.
    actions: message.actions.filter((action) => action.id !== 'open' && action.id !== defaultAction.id),
    threadKey: threadOf(message),
    sticky: !question && staysUntilActedOn(message),
    lifetime: question ? QUESTION_LIFETIME : null,
    category: categoryOf(message),
    quiet: update,
  }
}

/**
 * The key under which a message's toast lives. A question has a toast of its own beside the job's: news of the job must not
 * take the question away from under the pointer.
 */
export function threadOf(message: Message): string {
  return message.kind === 'question' ? questionThread(message.threadKey) : message.threadKey
}

/** The key of the question that belongs to a thread. */
export function questionThread(threadKey: string): string {
  return `${QUESTION}${threadKey}`
}

/** The thread of the job that a question or its news belong to. */
export function jobThreadOf(threadKey: string): string {
  return threadKey.startsWith(QUESTION) ? threadKey.slice(QUESTION.length) : threadKey
}

/** Which of our actions each key of a toast stands for. */
export function keysOf(toast: Toast): Map<string, ActionId> {
  return new Map<string, ActionId>([[DEFAULT_KEY, toast.defaultAction.id], ...toast.actions.map((action): [string, ActionId] => [action.id, action.id])])
}

/** The title with the percentage in words, for what draws no bar; unless title or body tell it already. */
export function titleWithPercent(toast: Toast): string {
  const { title, body, progress } = toast
  return progress === null || tellsPercent(`${title}\n${body}`, progress) ? title : `${title}, ${languageOf(toast.language).formats.percent(wholePercent(progress) / 100)}`
}

/** Where buttons can't be drawn, the body says what there is to choose. */
export function bodyWithChoices(toast: Toast): string {
  if (toast.actions.length === 0) return toast.body
  const choices = toast.actions.map((action) => action.label).join(', ')
  return `${toast.body}${toast.body === '' ? '' : '\n'}${languageOf(toast.language).words.toast.choices(choices)}`
}

/** Rounded down, so that 100 is only told at the end; the small term undoes 0.29 * 100 = 28.999... */
export function wholePercent(fraction: number): number {
  return Math.floor(fraction * 100 + 1e-6)
}

/** True when the text has the percentage already, rounded either way. */
function tellsPercent(text: string, fraction: number): boolean {
  return [wholePercent(fraction), Math.round(fraction * 100)].some((percent) => new RegExp(`(?<![\\d.,])${percent}\\s?%`).test(text))
}

/** True for an event that calls for a person: every attention, but not the news that one is over. */
export function isAttention(type: EventType): boolean {
  return type.startsWith('attention.') && type !== 'attention.cleared'
}

/** A click on a question must be harmless, so it gives the safe answer; on a summary it opens the history. */
function defaultActionOf(message: Message): DefaultAction {
  const wanted: ActionId | null = message.kind === 'question' ? 'keep' : message.kind === 'summary' ? 'open_history' : null
  const offered = message.actions.find((action) => action.id === wanted)
  return offered ? { id: offered.id, label: offered.label } : { id: 'open', label: languageOf(message.language).words.toast.open }
}

function staysUntilActedOn(message: Message): boolean {
  if (message.kind === 'test') return false
  // What happened meanwhile waits for whoever comes back; a burst is as loud as each of it.
  if (message.kind === 'summary' && message.late) return true
  return isAttention(message.type) || message.severity === 'critical' || message.severity === 'error'
}

/** Nothing done yet is not worth a bar or a word ("print started, 0 %"). */
function runningProgress(message: Message): number | null {
  if (message.kind !== 'event' || !message.job || message.progress === null || message.progress <= 0 || TERMINAL_TYPES.includes(message.type)) return null
  return Math.min(1, message.progress)
}

function categoryOf(message: Message): ToastCategory | null {
  if (message.kind !== 'event') return null
  const bad = message.severity === 'error' || message.severity === 'critical'
  const [group] = message.type.split('.')
  if (message.type === 'job.done') return 'transfer.complete'
  if (group === 'job') return bad ? 'transfer.error' : 'transfer'
  if (group === 'app' || group === 'message' || group === 'server') return null
  return bad ? 'device.error' : 'device'
}

function oneLine(text: string, longest: number): string {
  return lines(text, longest).replace(/\s*\n\s*/g, ' ')
}

/**
 * Text that can be put on a bus and a screen: line breaks unified, other control characters gone (D-Bus forbids NUL),
 * halves of surrogate pairs replaced (D-Bus wants valid UTF-8), cut at whole characters.
 */
function lines(text: string, longest: number): string {
  const clean = Buffer.from(text, 'utf8').toString('utf8')
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/\p{Cc}/gu, (character) => (character === '\n' ? '\n' : character === '\t' ? ' ' : ''))
    .trim()
  const characters = [...clean]
  return characters.length <= longest ? clean : `${characters.slice(0, longest - 1).join('')}…`
}
