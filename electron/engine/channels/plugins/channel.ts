/** A destination of a plugin: the same duties as any channel's, done in the plugin's process. */
import { endingWith } from '../../ending-with.ts'
import type { Channel, Sending, Verdict } from '../channel.ts'
import type { Secret } from '../../settings/secret.ts'
import { createHost, type Answer, type HostParts } from './host.ts'
import { openedOf, verdictOf, wordsOf, type Opened, type ToPlugin } from './messages.ts'

export interface PluginChannelParts extends HostParts {
  config: unknown
  secrets: Readonly<Record<string, Secret>>
  /** The hash of the files as they are, when they may run; else why not. Looked at before each message. */
  look(): { hash: string } | { why: string }
  /** Calls back when it may run no more; the answer ends listening. */
  onForbidden?(stop: () => void): () => void
}

type Duty = Extract<ToPlugin, { ask: 'send' }>['duty']
/** How much earlier than its end a plugin hears of it. ms */
const NOTICE_MS = 2_000

export function openPluginChannel(parts: PluginChannelParts): Channel {
  const host = createHost(parts)
  const closing = new AbortController()
  let running: { hash: string; opened: Opened } | null = null
  let last: Promise<unknown> = Promise.resolve()
  // At once, whatever it does: the next message is told why.
  const unlisten = parts.onForbidden?.(() => void host.end())

  /** One after the other: what one message does to the process must not hit another. */
  function inTurn(duty: Duty, sending: Sending): Promise<Verdict> {
    const mine = last.then(() => send(duty, sending))
    last = mine.catch(() => undefined)
    return mine
  }

  const send = (duty: Duty, sending: Sending): Promise<Verdict> => endingWith([sending.signal, closing.signal], (ended) => sendOnce(duty, sending, ended))

  async function sendOnce(duty: Duty, sending: Sending, signal: AbortSignal): Promise<Verdict> {
    if (signal.aborted) return later('Ended before an answer came.')
    const now = parts.look()
    if ('why' in now) {
      await host.end()
      return stuck(now.why)
    }
    const deadline = parts.clock.monotonic() + parts.limitMs
    const trouble = await beOpen(now.hash, signal, deadline)
    if (trouble) return trouble
    const features = running?.opened.features ?? null
    if (features && sending.message.kind !== 'test' && !features.includes(sending.message.type)) {
      return { result: 'rejected', scope: 'message', why: `The plugin does not carry ${sending.message.type}.` }
    }
    return judge(await host.ask({ ask: 'send', duty, ...partsOf(sending), patienceMs: patience(deadline) }, signal, deadline))
  }

  /** Null = the plugin is there, with these files, and takes this config. */
  async function beOpen(hash: string, signal: AbortSignal, deadline: number): Promise<Verdict | null> {
    if (host.isRunning() && running?.hash === hash) return null
    await host.end()
    running = null
    const secrets = Object.fromEntries(Object.entries(parts.secrets).map(([name, secret]) => [name, secret.reveal()]))
    let answer: Answer
    try {
      answer = await host.ask({ ask: 'open', config: parts.config, secrets }, signal, deadline)
    } catch (error) {
      parts.log.error('a plugin could not be started', { error })
      return later(`The plugin's process can't be started (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`)
    }
    const said = openedIn(answer)
    if ('verdict' in said) {
      await host.end()
      return said.verdict
    }
    running = { hash, opened: said.opened }
    return null
  }

  const patience = (deadline: number): number => Math.max(0, Math.round(deadline - parts.clock.monotonic() - NOTICE_MS))

  return {
    sendPrinterNotification: (sending) => inTurn('sendPrinterNotification', sending),
    sendFailureAlert: (sending) => inTurn('sendFailureAlert', sending),
    sendTestMessage: (sending) => inTurn('sendTestMessage', sending),
    async close() {
      unlisten?.()
      closing.abort()
      await host.end()
    },
  }
}

/** The process is ended where a plugin can't be opened: with the next message it is asked anew. */
function openedIn(answer: Answer): { opened: Opened } | { verdict: Verdict } {
  if ('none' in answer) return { verdict: later(answer.none) }
  if (answer.heard.threw !== undefined) return { verdict: stuck(`The plugin can't be loaded: ${wordsOf(answer.heard.threw)}`) }
  const read = openedOf(answer.heard.opened)
  if ('wrong' in read) return { verdict: stuck(`What the plugin says of itself can't be understood (${read.wrong}).`) }
  const { checked, prerequisites } = read.opened
  if (!checked.ok) return { verdict: stuck(`The plugin refuses its settings. ${checked.errors.map(({ field, message }) => `${field}: ${message}`).join(' ')}`) }
  const unmet = prerequisites.filter(({ met }) => !met)
  if (unmet.length > 0) return { verdict: stuck(`The plugin needs ${unmet.map(({ name, help }) => `${name}: ${help}`).join(' ')}`) }
  return read
}

function judge(answer: Answer): Verdict {
  if ('none' in answer) return later(answer.none)
  if (answer.heard.threw !== undefined) return later(`The plugin broke: ${wordsOf(answer.heard.threw)}`)
  const read = verdictOf(answer.heard.verdict)
  // Tried again and again it might deliver each time without saying so: somebody has to mend it.
  return 'verdict' in read ? read.verdict : stuck(`The plugin's answer is no verdict (${read.wrong}). It has to be mended.`)
}

function partsOf({ message, picture, deliveryKey, attempt }: Sending): Pick<Extract<ToPlugin, { ask: 'send' }>, 'message' | 'picture' | 'deliveryKey' | 'attempt'> {
  return {
    message, deliveryKey, attempt,
    picture: picture && { jpeg: Buffer.from(picture.jpeg).toString('base64'), width: picture.width, height: picture.height, takenAt: picture.takenAt },
  }
}

function later(why: string): Verdict {
  return { result: 'retry', after: null, why }
}

function stuck(why: string): Verdict {
  return { result: 'rejected', scope: 'destination', why: why.slice(0, LONGEST_WHY) }
}

const LONGEST_WHY = 300
