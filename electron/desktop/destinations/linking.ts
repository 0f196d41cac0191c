/** Linking a destination to an account while the person confirms it there; goes on when the window is closed. */
import type { LinkingView } from '../../bridge/views/destinations.ts'
import type { Push } from '../../bridge/contract.ts'
import type { ChannelKind, ChannelPairStep, ChannelPorts } from '../../engine/channels/channel.ts'
import { passingMemory } from '../../engine/channels/memory.ts'
import type { DestinationNetwork } from '../../engine/settings/schema.ts'
import { Secret, scrub } from '../../engine/settings/secret.ts'
import type { SecretStore } from '../../engine/ports.ts'
import type { SettingsKeeper } from '../ports.ts'
import { problemSentence } from '../setup/draft.ts'

export interface LinkWish {
  /** null = it is not in the settings yet. */
  destinationId: string | null
  channel: string
  label: string
  /** What the form holds so far. */
  config: Readonly<Record<string, unknown>>
  /** Those that were entered; the stored ones stand in for the others. */
  secrets: Readonly<Record<string, string>>
}

export interface LinkingParts {
  channels: ReadonlyMap<string, ChannelKind>
  settings: Pick<SettingsKeeper, 'settings' | 'engine' | 'change' | 'setSecret'>
  secrets: SecretStore
  ports: Omit<ChannelPorts, 'memory' | 'shrink' | 'pressed'>
  push: Push
  newId(): string
  /** Opens a page that the channel named. Resolves to whether it was opened. */
  openPage(url: string): Promise<boolean>
}

export interface Linkings {
  /** Another one of the same destination ends: a code that is shown no more is good for nothing. Never throws for what the far side does. */
  start(wish: LinkWish): LinkingView
  cancel(linkId: string): void
  /** @returns whether the browser was opened */
  open(linkId: string): Promise<boolean>
  /** Ends all that run and waits for them. */
  close(): Promise<void>
}

interface Running {
  view: LinkingView
  wish: LinkWish
  kind: ChannelKind
  page: string | null
  abort: AbortController
  /** It is granted and on its way into the settings: too late to cancel. */
  keeping: boolean
}

type Done = Extract<ChannelPairStep, { step: 'done' }>

export function createLinkings(parts: LinkingParts): Linkings {
  const { channels, ports, push, settings } = parts
  const running = new Map<string, Running>()
  const ends = new Set<Promise<void>>()

  function change(one: Running, to: Partial<LinkingView>): void {
    one.view = { ...one.view, ...to, text: scrub(to.text ?? one.view.text) }
    push('linking.changed', one.view)
  }
  function end(one: Running, step: 'done' | 'failed', to: Partial<LinkingView> & { text: string }): void {
    running.delete(one.view.linkId)
    change(one, { ...to, step, canOpen: false, endsAt: null })
  }

  async function run(one: Running): Promise<void> {
    const { kind, wish, abort } = one
    try {
      const destination = { destinationId: wish.destinationId ?? 'new', label: wish.label || kind.displayName, config: wish.config, secrets: await secretsOf(wish, kind) }
      const net = { ...ports.net, ...await ports.net.through?.(networkOf(wish)) }
      for await (const step of kind.pair?.(destination, { ...ports, net, memory: passingMemory(), shrink: async () => null, pressed: () => undefined }, abort.signal) ?? []) {
        if (abort.signal.aborted) return
        if (step.step === 'wait') {
          one.page = step.url
          change(one, { step: 'wait', text: step.text, endsAt: step.endsAt, canOpen: step.url !== null })
          continue
        }
        if (step.step === 'failed') end(one, 'failed', { text: step.text })
        else await keep(one, step)
        return
      }
      if (!abort.signal.aborted) end(one, 'failed', { text: `${kind.displayName} ended the conversation without an answer. Try again.` })
    } catch (error) {
      ports.log.error('a linking broke', { channel: kind.kind, error })
      if (running.has(one.view.linkId)) end(one, 'failed', { text: 'Linking failed because of an error in Printbell. Its log says more. Try again, or fill the form in by hand.' })
    }
  }

  /** By the destination's own way, where it has one. */
  function networkOf({ destinationId }: LinkWish): DestinationNetwork {
    return settings.engine().destinations.find(({ id }) => id === destinationId)?.network ?? { proxy: 'system' }
  }

  /** What was entered wins over what is stored; one that can't be read is as good as none. */
  async function secretsOf({ destinationId, secrets: given }: LinkWish, kind: ChannelKind): Promise<Record<string, Secret>> {
    const known = settings.engine().destinations.find(({ id, channel }) => id === destinationId && channel === kind.kind)?.secrets ?? {}
    const stored = await Promise.all(Object.entries(known).map(async ([name, reference]) => {
      try {
        return [[name, await parts.secrets.resolve(reference)] as const]
      } catch (error) {
        ports.log.warn('a secret could not be read for linking', { name, error })
        return []
      }
    }))
    const entered = Object.entries(given).filter(([name, value]) => value.trim() !== '' && Object.hasOwn(kind.secretFields, name)).map(([name, value]) => [name, new Secret(value.trim())] as const)
    return Object.fromEntries([...stored.flat(), ...entered])
  }

  async function keep(one: Running, { config, secrets, text }: Done): Promise<void> {
    one.keeping = true
    const { destinationId } = one.wish
    const kept = destinationId === null ? await addNew(one, config, secrets) : await changeKnown(destinationId, config, secrets)
    if (typeof kept === 'string') end(one, 'failed', { text: `It is linked, but could not be kept. ${kept}`, config: { ...config } })
    else end(one, 'done', { text, destinationId: kept.id, config: { ...config } })
  }

  async function addNew({ wish, kind }: Running, config: Done['config'], secrets: Done['secrets']): Promise<{ id: string | null } | string> {
    const before = new Set(settings.settings().destinations.map(({ id }) => id))
    const brought = Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()]))
    const answer = await settings.change({ what: 'add-destination', channel: kind.kind, label: wish.label, config: { ...wish.config, ...config }, secrets: { ...wish.secrets, ...brought } })
    if (!answer.ok) return answer.problems.map(problemSentence).join(' ')
    return { id: settings.settings().destinations.find(({ id }) => !before.has(id))?.id ?? null }
  }

  async function changeKnown(id: string, config: Done['config'], secrets: Done['secrets']): Promise<{ id: string } | string> {
    const answers = [await settings.change({ what: 'destination', id, patch: { config: { ...config } } })]
    for (const [field, secret] of Object.entries(secrets)) answers.push(await settings.setSecret({ owner: 'destination', id, field }, secret))
    const problems = answers.flatMap((answer) => (answer.ok ? [] : answer.problems))
    return problems.length === 0 ? { id } : problems.map(problemSentence).join(' ')
  }

  return {
    start(wish) {
      const kind = channels.get(wish.channel)
      const view: LinkingView = { linkId: parts.newId(), step: 'asking', text: `Asking ${kind?.displayName ?? wish.channel}.`, canOpen: false, endsAt: null, destinationId: null, config: {} }
      if (!kind?.pair) return { ...view, step: 'failed', text: `${kind?.displayName ?? wish.channel} has nothing to link. Fill the form in by hand.` }
      for (const other of running.values()) if (other.wish.destinationId === wish.destinationId && other.kind === kind) stop(other)
      const one: Running = { view, wish, kind, page: null, abort: new AbortController(), keeping: false }
      running.set(view.linkId, one)
      const ended = run(one).finally(() => ends.delete(ended))
      ends.add(ended)
      return view
    },
    cancel(linkId) {
      const one = running.get(linkId)
      if (one) stop(one)
    },
    async open(linkId) {
      const page = running.get(linkId)?.page ?? null
      return page !== null && await parts.openPage(page)
    },
    async close() {
      for (const one of running.values()) one.abort.abort()
      await Promise.all(ends)
    },
  }

  function stop(one: Running): void {
    if (one.keeping) return
    one.abort.abort()
    end(one, 'failed', { text: 'Stopped.' })
  }
}
