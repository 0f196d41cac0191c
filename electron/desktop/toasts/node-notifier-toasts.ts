/**
 * The last way before a notice in the window: node-notifier, which starts a small program of its own (Windows: SnoreToast, macOS:
 * terminal-notifier). Text and a picture, one click, no buttons, nothing that is shown can be changed or taken down.
 *
 * Never on Linux and the BSDs: there node-notifier 10 joins title and text into one string for a shell (`notify-send "..." "..."`),
 * and a title that begins with "-" is read as an option of notify-send. Its quoting held what we tried, but texts of printers don't
 * belong into a shell, and notify-send needs the same notification service as the D-Bus client. On Windows and macOS the program is
 * started with a list of arguments, without a shell (read in node-notifier 10.0.1).
 */
import { fileURLToPath } from 'node:url'
import { cutToBytes } from '../../engine/channels/desktop/macos.ts'
import { ToastError } from '../../engine/channels/desktop/port.ts'
import type { OpenToasts, Showing, Shown, ToastFacts, ToastGiven, ToastPort } from '../../engine/channels/desktop/port.ts'
import { bodyWithChoices, DEFAULT_KEY, titleWithPercent } from '../../engine/channels/desktop/toast.ts'
import type { Toast } from '../../engine/channels/desktop/toast.ts'

/** What is used of node-notifier. */
export interface NodeNotifier {
  notify(options: Record<string, unknown>, done: (error: unknown, response?: string) => void): unknown
}

export interface NodeNotifierParts {
  platform: NodeJS.Platform
  /** Loads the package when it is first needed. */
  load(): Promise<NodeNotifier>
  /** Windows takes the name in the toast from it. */
  appId: string
}

/** ms after which a program that did not fail is taken to show the toast: it only ends when the toast does. */
const FAILS_WITHIN = 1_000
const SHOWN_BYTES = 256
const FACTS: ToastFacts = { path: 'node-notifier', name: 'node-notifier', pictures: true, buttons: false, updates: false, why: null }

/** Whether texts can be handed over without a shell between. */
export function nodeNotifierIsSafe(platform: NodeJS.Platform): boolean {
  return platform === 'win32' || platform === 'darwin'
}

/** @throws Error on a system where a shell would read the texts */
export function nodeNotifierToasts(parts: NodeNotifierParts): OpenToasts {
  if (!nodeNotifierIsSafe(parts.platform)) throw new Error('node-notifier hands texts to a shell on this system: it is not used here')
  return (given) => open(parts, given)
}

function open(parts: NodeNotifierParts, given: ToastGiven): ToastPort {
  let count = 0
  let ended = false
  return {
    ready: async () => FACTS,
    show: async (showing): Promise<Shown> => {
      const id = `n${++count}`
      await notify(parts, given, showing, () => {
        if (!ended) given.events.pressed(id, DEFAULT_KEY)
      })
      return { id, by: FACTS.name }
    },
    close: async () => undefined,
    end: () => {
      ended = true
    },
  }
}

async function notify({ load, platform, appId }: NodeNotifierParts, { clock }: ToastGiven, { toast, signal }: Showing, onClick: () => void): Promise<void> {
  let notifier: NodeNotifier
  try {
    notifier = await load()
  } catch (error) {
    throw new ToastError('absent', 'node-notifier could not be loaded', { cause: error })
  }
  if (signal?.aborted) throw new ToastError('stopped', 'given up before the desktop answered')
  await new Promise<void>((resolve, reject) => {
    let settled = false
    const settle = (then: () => void): void => {
      if (settled) return
      settled = true
      cancel()
      then()
    }
    const cancel = clock.after(FAILS_WITHIN, () => settle(resolve))
    const failed = (error: unknown): void => settle(() => reject(new ToastError('absent', `node-notifier failed: ${wordsOf(error)}`, { cause: error })))
    try {
      // The answer comes when the toast is over; on Windows a failure is answered a second time.
      notifier.notify(optionsOf(toast, platform, appId), (error, response) => {
        if (error) return failed(error)
        // Ended at once without a word of what became of it: the program was not allowed to, or could not show anything.
        if (!settled && !response) return failed('it ended without having shown anything')
        settle(resolve)
        if (response === 'activate') onClick()
      })
    } catch (error) {
      failed(error)
    }
  })
}

function optionsOf(toast: Toast, platform: NodeJS.Platform, appId: string): Record<string, unknown> {
  const picture = toast.picture === null ? null : fileURLToPath(toast.picture.url)
  const title = words(titleWithPercent(toast))
  const body = bodyWithChoices(toast)
  return {
    title: cutToBytes(title, SHOWN_BYTES / 2),
    // It refuses to show nothing.
    message: words(cutToBytes(body === '' ? toast.title : body, SHOWN_BYTES)),
    sound: !toast.quiet,
    ...(platform === 'win32' ? { appID: appId, ...(picture === null ? {} : { icon: picture }) } : { ...(picture === null ? {} : { contentImage: picture }), wait: true }),
  }
}

/** A text that can't be taken for an option, however its program reads its arguments. */
function words(text: string): string {
  return /^[-/[]/.test(text) ? `\u200b${text}` : text
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message.split('\n')[0] ?? '' : String(error)
}
