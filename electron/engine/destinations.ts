import type { Channel, ChannelCapabilities, ChannelKind, ChannelPorts, Verdict } from './channels/channel.ts'
import type { Message } from './delivery/message.ts'
import { render } from './delivery/render.ts'
import { appDraft } from './events/app.ts'
import type { Cancel, Clock, SecretStore } from './ports.ts'
import type { EngineSettings } from './settings/expand.ts'

export interface DestinationParts {
  settings: Pick<EngineSettings, 'destinations'>
  channels: ReadonlyMap<string, ChannelKind>
  secrets: SecretStore
  ports: ChannelPorts
  /** A destination that can't be used, in words with the cure. */
  onTrouble(text: string): void
}

export interface Destinations {
  /** Open channels by destination id; a destination that could not be opened is there with a channel that says why. */
  readonly open: ReadonlyMap<string, { capabilities: ChannelCapabilities; channel: Channel }>
  label(destinationId: string): string
  start(): Promise<void>
  /** A message that is no event and need not survive a restart: a question, a notice. */
  tell(destinationId: string, message: Message, deliveryKey: string): Promise<Verdict>
  /** Sends a test message and gives back the far side's real answer. @throws Error when there is no such destination */
  test(destinationId: string): Promise<{ label: string; verdict: Verdict; ms: number }>
  close(): Promise<void>
}

/** How long a question, a notice or a test may take. */
const TELL_MS = 15_000
/** What the contract gives a channel for taking down its toasts and connections. */
const CLOSE_MS = 1_000

/** Opens every enabled destination. One that can't be opened holds up no other. */
export function openDestinations(parts: DestinationParts): Destinations {
  const { settings, channels, ports } = parts
  const open = new Map<string, { capabilities: ChannelCapabilities; channel: Channel }>()
  const label = (destinationId: string): string => settings.destinations.find(({ id }) => id === destinationId)?.label ?? destinationId

  async function openOne(destination: EngineSettings['destinations'][number]): Promise<void> {
    const kind = channels.get(destination.channel)
    if (!destination.enabled || !kind) return
    try {
      const secrets = await Promise.all(Object.entries(destination.secrets).map(async ([name, ref]) => [name, await parts.secrets.resolve(ref)] as const))
      const channel = kind.open({ destinationId: destination.id, label: destination.label, config: destination.config, secrets: Object.fromEntries(secrets) }, ports)
      open.set(destination.id, { capabilities: kind.capabilities, channel })
    } catch (error) {
      const why = (error as Error).message
      open.set(destination.id, { capabilities: kind.capabilities, channel: unusable(why) })
      parts.onTrouble(`Destination "${destination.label}" can't be used: ${why}`)
    }
  }

  function get(destinationId: string): { channel: Channel } {
    const found = open.get(destinationId)
    if (found) return found
    const known = settings.destinations.map(({ id }) => id).join(', ') || 'none'
    const disabled = settings.destinations.some(({ id }) => id === destinationId)
    throw new Error(disabled ? `destination "${destinationId}" is switched off` : `there is no destination "${destinationId}"; there are: ${known}`)
  }

  async function within(send: (signal: AbortSignal) => Promise<Verdict>): Promise<Verdict> {
    const deadline = new AbortController()
    try {
      const verdict = await orTooLate(() => send(deadline.signal), TELL_MS, ports.clock)
      return verdict ?? { result: 'retry', after: null, why: `no answer within ${TELL_MS / 1000} s` }
    } catch (error) {
      ports.log.error('a channel threw; a channel must not', { error })
      return { result: 'retry', after: null, why: 'the channel failed in an unexpected way' }
    } finally {
      // Only a channel that still works on it listens any more.
      deadline.abort()
    }
  }

  return {
    open,
    label,
    async start() {
      await Promise.all(settings.destinations.map(openOne))
    },
    async tell(destinationId, message, deliveryKey) {
      const { channel } = get(destinationId)
      return within((signal) => channel.sendPrinterNotification({ message, picture: null, deliveryKey, attempt: 1, update: false, signal }))
    },
    async test(destinationId) {
      const { channel } = get(destinationId)
      const began = ports.clock.monotonic()
      const now = ports.clock.now()
      const event = { ...appDraft('app.test', { now, reason: 'test', text: label(destinationId) }), id: `test-${now}`, seq: 0 }
      const message = render(event, { now, capabilities: null })
      const verdict = await within((signal) => channel.sendTestMessage({ message, picture: null, deliveryKey: event.id, attempt: 1, update: false, signal }))
      return { label: label(destinationId), verdict, ms: Math.round(ports.clock.monotonic() - began) }
    },
    async close() {
      await Promise.all([...open.values()].map(async ({ channel }) => {
        try {
          const closed = await orTooLate(() => channel.close().then(() => true), CLOSE_MS, ports.clock)
          if (closed === null) throw new Error(`it did not close within ${CLOSE_MS / 1000} s`)
        } catch (error) {
          ports.log.error('a channel could not be closed', { error })
        }
      }))
    },
  }
}

/** What `work` gives, or null when it takes longer than `ms`: a channel may hang and heed no signal. */
async function orTooLate<T>(work: () => Promise<T>, ms: number, clock: Clock): Promise<T | null> {
  let cancel: Cancel = () => undefined
  const late = new Promise<null>((done) => {
    cancel = clock.after(ms, () => done(null))
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    cancel()
  }
}

/** Stands in for a destination whose secret or config is missing: its messages wait, and their attempts say why. */
function unusable(why: string): Channel {
  const answer = async (): Promise<Verdict> => ({ result: 'rejected', scope: 'destination', why })
  return { sendPrinterNotification: answer, sendFailureAlert: answer, sendTestMessage: answer, close: async () => undefined }
}
