import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Channel, ChannelCapabilities, ChannelKind, ChannelMemory, ChannelPorts, DestinationConfig, Verdict } from './channels/channel.ts'
import type { Language } from './delivery/languages/language.ts'
import type { Message, Picture } from './delivery/message.ts'
import type { UnusableDestination } from './failing-destinations.ts'
import { isOnThisComputer } from './on-this-computer.ts'
import type { SecretStore } from './ports.ts'
import type { ResolvedDestination } from './settings/expand.ts'
import type { DestinationNetwork } from './settings/schema.ts'
import { sameSecrets } from './settings/secret.ts'
import { orTooLate } from './settle-within.ts'
import { usualTest } from './test-messages.ts'

export interface DestinationParts {
  /** Those of the settings in force. */
  destinations(): readonly ResolvedDestination[]
  channels: ReadonlyMap<string, ChannelKind>
  secrets: SecretStore
  /** What every destination's channel gets alike. */
  ports: Omit<ChannelPorts, 'memory' | 'language'>
  /** In which a destination is told something now; absent = English. */
  language?(destinationId: string): Language
  memoryOf(destinationId: string): ChannelMemory
  /** Runs `work` while nothing is sent to the destination. Absent = nothing ever is but what goes through here. */
  quietly?(destinationId: string, work: () => Promise<void>): Promise<void>
  /** A destination that can't be used, in words with the cure. */
  onTrouble(text: string): void
  /** A destination was opened, at the start or anew. */
  onOpened?(destinationId: string): void
}

/** A destination in use; one that could not be opened is there with a channel that says why. */
export interface OpenedDestination {
  capabilities: ChannelCapabilities
  channel: Channel
  /** Why it can't be used, and since when (epoch ms); null = it was opened. */
  unusable: { why: string; since: number } | null
  /** Whether it can be reached only while this computer has a network. */
  needsNetwork: boolean
}

export interface Destinations {
  readonly open: ReadonlyMap<string, OpenedDestination>
  /** Those that could not be opened. */
  unusable(): UnusableDestination[]
  /** Another one whenever what the channel is opened with is another; null = there is none, or it is switched off. Holds no secret. */
  fingerprint(destinationId: string): string | null
  label(destinationId: string): string
  start(): Promise<void>
  /** Closes what is no more, opens what is new, both for what changed; everything else stays as it is. */
  apply(before: readonly ResolvedDestination[]): Promise<void>
  /** Opens anew where the secrets are others now, or are there at last. Absent `destinationId` = every destination. */
  refreshSecrets(destinationId?: string): Promise<void>
  /** A message that is no event and need not survive a restart: a question, a notice. */
  tell(destinationId: string, message: Message, deliveryKey: string): Promise<Verdict>
  /**
   * Sends a test message and gives back the far side's real answer, within the channel's own deadline.
   * @param given what is sent; absent = the usual test message
   * @throws Error when there is no such destination
   */
  test(destinationId: string, given?: { message: Message; picture: Picture | null }): Promise<{ label: string; verdict: Verdict; ms: number }>
  close(): Promise<void>
}

/** How long a question or a notice may take. */
const TELL_MS = 15_000
/** How long a test may take where the channel declares no deadline of its own: as any message. */
const TEST_MS = 30_000
/** What the contract gives a channel for taking down its toasts and connections. */
const CLOSE_MS = 1_000
/** A store of secrets that answers later holds up nobody. */
const SECRETS_MS = 5_000
const USUAL_WAY: DestinationNetwork = { proxy: 'system' }

/** Opens every enabled destination. One that can't be opened holds up no other. */
export function openDestinations(parts: DestinationParts): Destinations {
  const { channels, ports } = parts
  const open = new Map<string, OpenedDestination>()
  /** With which each was opened. */
  const used = new Map<string, DestinationConfig['secrets']>()
  let closed = false
  const find = (destinationId: string): ResolvedDestination | undefined => parts.destinations().find(({ id }) => id === destinationId)
  /** Asked for at each step of a delivery; other settings come as other objects. */
  const fingerprints = new WeakMap<ResolvedDestination, string>()
  const label = (destinationId: string): string => find(destinationId)?.label ?? destinationId
  const quietly = parts.quietly ?? ((_destinationId: string, work: () => Promise<void>): Promise<void> => work())

  const languageOfOne = (destinationId: string): Pick<ChannelPorts, 'language'> => {
    const { language } = parts
    return language === undefined ? {} : { language: () => language(destinationId) }
  }

  async function secretsOf(destination: ResolvedDestination): Promise<DestinationConfig['secrets']> {
    return Object.fromEntries(await Promise.all(Object.entries(destination.secrets).map(async ([name, ref]) => [name, await parts.secrets.resolve(ref)] as const)))
  }

  /** The network by the destination's own way: its proxy, its certificate authority. */
  async function netOf({ network }: ResolvedDestination): Promise<ChannelPorts['net']> {
    if (ports.net.through === undefined) return ports.net
    const way = await orTooLate(() => ports.net.through?.(network ?? USUAL_WAY) ?? Promise.resolve({}), SECRETS_MS, ports.clock)
    if (way === null) throw new Error(`The file of its certificate authority could not be read within ${SECRETS_MS / 1000} s.`)
    return { ...ports.net, ...way }
  }

  async function openOne(destination: ResolvedDestination): Promise<void> {
    const kind = channels.get(destination.channel)
    if (!destination.enabled || !kind) return
    try {
      const secrets = await orTooLate(() => secretsOf(destination), SECRETS_MS, ports.clock)
      if (closed) return
      if (secrets === null) throw new Error(`Its secrets could not be read within ${SECRETS_MS / 1000} s.`)
      const net = await netOf(destination)
      if (closed) return
      const channel = kind.open({ destinationId: destination.id, label: destination.label, config: destination.config, secrets }, { ...ports, net, memory: parts.memoryOf(destination.id), ...languageOfOne(destination.id) })
      used.set(destination.id, secrets)
      open.set(destination.id, { capabilities: kind.capabilities, channel, unusable: null, needsNetwork: needsNetwork(destination, kind) })
      parts.onOpened?.(destination.id)
    } catch (error) {
      if (closed) return
      const why = (error as Error).message
      open.set(destination.id, { capabilities: kind.capabilities, channel: unusable(why), unusable: { why, since: ports.clock.now() }, needsNetwork: needsNetwork(destination, kind) })
      parts.onTrouble(`Destination "${destination.label}" can't be used: ${why}`)
    }
  }

  async function closeOne(destinationId: string): Promise<void> {
    const channel = open.get(destinationId)?.channel
    open.delete(destinationId)
    used.delete(destinationId)
    if (!channel) return
    try {
      const done = await orTooLate(() => channel.close().then(() => true), CLOSE_MS, ports.clock)
      if (done === null) throw new Error(`it did not close within ${CLOSE_MS / 1000} s`)
    } catch (error) {
      ports.log.error('a channel could not be closed', { error })
    }
  }

  function openAnew(destinationId: string): Promise<void> {
    return quietly(destinationId, async () => {
      await closeOne(destinationId)
      const destination = find(destinationId)
      if (destination && !closed) await openOne(destination)
    })
  }

  async function refreshOne(destination: ResolvedDestination): Promise<void> {
    const now = open.get(destination.id)
    if (!now) return
    const fresh = await orTooLate(() => secretsOf(destination).catch(() => 'missing' as const), SECRETS_MS, ports.clock)
    const before = used.get(destination.id)
    // A store that does not answer proves nothing; missing as before or the same as before is nothing new.
    if (fresh === null || (fresh === 'missing' ? now.unusable !== null : before && sameSecrets(fresh, before))) return
    await openAnew(destination.id)
  }

  function get(destinationId: string): OpenedDestination {
    const found = open.get(destinationId)
    if (found) return found
    const known = parts.destinations().map(({ id }) => id).join(', ') || 'none'
    throw new Error(find(destinationId) ? `destination "${destinationId}" is switched off` : `there is no destination "${destinationId}"; there are: ${known}`)
  }

  async function within(ms: number, send: (signal: AbortSignal) => Promise<Verdict>): Promise<Verdict> {
    const deadline = new AbortController()
    try {
      const verdict = await orTooLate(() => send(deadline.signal), ms, ports.clock)
      return verdict ?? { result: 'retry', after: null, why: `no answer within ${ms / 1000} s` }
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
    unusable: () => [...open].flatMap(([destinationId, opened]) => (opened.unusable ? [{ destinationId, ...opened.unusable }] : [])),
    fingerprint(destinationId) {
      const destination = find(destinationId)
      if (!destination?.enabled) return null
      const known = fingerprints.get(destination) ?? createHash('sha256').update(JSON.stringify(opening(destination))).digest('base64url').slice(0, 16)
      fingerprints.set(destination, known)
      return known
    },
    label,
    async start() {
      await Promise.all(parts.destinations().map(openOne))
    },
    async apply(before) {
      const next = parts.destinations()
      const ids = new Set([...before, ...next].map(({ id }) => id))
      const at = (list: readonly ResolvedDestination[], id: string): unknown => opening(list.find((destination) => destination.id === id))
      await Promise.all([...ids].filter((id) => !isDeepStrictEqual(at(before, id), at(next, id))).map(openAnew))
    },
    async refreshSecrets(destinationId) {
      await Promise.all(parts.destinations().filter(({ id }) => destinationId === undefined || id === destinationId).map(refreshOne))
    },
    async tell(destinationId, message, deliveryKey) {
      const { channel } = get(destinationId)
      return within(TELL_MS, (signal) => channel.sendPrinterNotification({ message, picture: null, deliveryKey, attempt: 1, update: false, signal }))
    },
    async test(destinationId, given) {
      const { channel, capabilities } = get(destinationId)
      const began = ports.clock.monotonic()
      const now = ports.clock.now()
      const { message, picture } = given ?? { message: usualTest(label(destinationId), now, parts.language?.(destinationId)), picture: null }
      const verdict = await within(capabilities.deadlineMs ?? TEST_MS, (signal) => channel.sendTestMessage({ message, picture, deliveryKey: `test-${now}`, attempt: 1, update: false, signal }))
      return { label: label(destinationId), verdict, ms: Math.round(ports.clock.monotonic() - began) }
    },
    async close() {
      closed = true
      await Promise.all([...open.keys()].map(closeOne))
    },
  }
}

/** What of a destination its channel is opened with; which events it gets is the rules' business. */
function opening(destination: ResolvedDestination | undefined): unknown {
  if (!destination?.enabled) return null
  const { channel, label, config, secrets, network } = destination
  return { channel, label, config, secrets, network }
}

function needsNetwork({ config }: Pick<ResolvedDestination, 'config'>, { capabilities }: Pick<ChannelKind, 'capabilities'>): boolean {
  return !capabilities.local && capabilities.runsPrograms !== true && !isOnThisComputer(config)
}

/** Stands in for a destination whose secret or config is missing: its messages wait, and their attempts say why. */
function unusable(why: string): Channel {
  const answer = async (): Promise<Verdict> => ({ result: 'rejected', scope: 'destination', why })
  return { sendPrinterNotification: answer, sendFailureAlert: answer, sendTestMessage: answer, close: async () => undefined }
}
