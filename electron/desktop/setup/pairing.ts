/** Getting keys while the person confirms at the server: several at once, and on when the window is closed. */
import type { Pairing } from '../../bridge/views/setup.ts'
import type { PairStep } from '../../engine/printers/adapter.ts'
import { sameAddress } from '../../engine/printers/same-address.ts'
import { mayOpen } from '../shell/security.ts'
import { addServer, type Wanted } from './adding.ts'
import { readAddress } from './address.ts'
import { canPair } from './discovery.ts'
import { storedSecrets } from './known.ts'
import { problemSentence, readDraft, typedUrl, type Draft, type ReadDraft } from './draft.ts'
import type { SetupParts } from './parts.ts'

type PairingParts = Pick<SetupParts, 'adapters' | 'ports' | 'settings' | 'secrets' | 'push' | 'newId' | 'openExternal'>
type Failed = Extract<PairStep, { step: 'failed' }>

/** One pairing that is under way. */
interface Running {
  view: Pairing
  draft: ReadDraft
  name: string
  /** The server's address. */
  url: string
  /** Its id when it is in the settings. */
  serverId: string | undefined
  /** Where the person confirms. */
  dialog: string | null
  abort: AbortController
  /** The key is granted and on its way into the settings: too late to cancel. */
  keeping: boolean
}

export interface Pairings {
  /** Asks the server; the same server asked again gives the pairing that runs. Never throws for what the far side does. */
  start(draft: Draft, name: string): Pairing
  cancel(pairingId: string): void
  /** Brings the person to where they confirm. @returns whether the browser was opened */
  open(pairingId: string): Promise<boolean>
  /** Ends all that run and waits for them. */
  close(): Promise<void>
}

/** ms the look at a server's printers may take after it granted a key. */
const LOOK_MS = 20_000

export function createPairings(parts: PairingParts): Pairings {
  const { adapters, ports, push } = parts
  const running = new Map<string, Running>()
  const ends = new Set<Promise<void>>()

  function change(one: Running, change: Partial<Pairing>): void {
    one.view = { ...one.view, ...change }
    push('pairing.changed', one.view)
  }

  function fail(one: Running, cause: string, text: string): void {
    running.delete(one.view.pairingId)
    change(one, { step: 'failed', cause, text, endsAt: null, canOpen: false })
  }

  async function run(one: Running): Promise<void> {
    const { adapter } = one.draft
    try {
      const stored = await storedSecrets(one.serverId, one.url, { settings: parts.settings.engine(), adapters, secrets: parts.secrets })
      const config = { ...one.draft.config, secrets: { ...stored, ...one.draft.secrets } }
      for await (const step of adapter.pair?.(config, ports, one.abort.signal) ?? []) {
        if (one.abort.signal.aborted) return
        await follow(one, step)
        if (step.step !== 'confirm') return
      }
      if (!one.abort.signal.aborted) fail(one, 'unreachable', `${adapter.displayName} ended the conversation without an answer. Try again.`)
    } catch (error) {
      ports.log.error('a pairing broke', { kind: adapter.kind, error })
      if (running.has(one.view.pairingId)) fail(one, 'unreachable', 'Connecting failed because of an error in Printbell. Its log says more. Try again, or enter a key.')
    }
  }

  async function follow(one: Running, step: PairStep): Promise<void> {
    if (step.step === 'failed') fail(one, step.cause, step.text)
    else if (step.step === 'done') await keep(one, step)
    else {
      one.dialog = step.url
      change(one, { step: 'confirm', text: step.text, endsAt: step.endsAt, canOpen: step.url !== null })
    }
  }

  async function keep(one: Running, step: Extract<PairStep, { step: 'done' }>): Promise<void> {
    one.keeping = true
    const secrets = { ...one.draft.secrets, ...step.secrets }
    const granted: ReadDraft = { ...one.draft, secrets, config: { ...one.draft.config, secrets: { ...one.draft.config.secrets, ...secrets } } }
    const added = await addServer(granted, await printersOf(granted, one.name), parts)
    if (!added.ok) return fail(one, 'not_kept', `The key was granted but could not be kept. ${added.problems.map(problemSentence).join(' ')}`)
    running.delete(one.view.pairingId)
    change(one, { step: 'done', text: step.text, cause: null, endsAt: null, canOpen: false, printerIds: added.printerIds })
  }

  /** Of a kind that speaks for several printers all are taken, by their own names: each is easily removed. */
  async function printersOf({ adapter, config }: ReadDraft, name: string): Promise<Wanted[]> {
    if (adapter.capabilities.manyPrinters !== true) return [{ name, sourceId: null }]
    const abort = new AbortController()
    const cancel = ports.clock.after(LOOK_MS, () => abort.abort())
    try {
      const { sources } = await adapter.test(config, ports, abort.signal)
      return sources.length === 0 ? [{ name, sourceId: null }] : sources
    } finally {
      cancel()
    }
  }

  /** A pairing that failed before anything was asked. */
  function refuse(cause: Failed['cause'] | 'bad_address', text: string): Pairing {
    return { pairingId: parts.newId(), step: 'failed', canOpen: false, text, cause, endsAt: null, printerIds: [] }
  }

  return {
    start(draft, name) {
      const adapter = draft.kind === null ? undefined : adapters.get(draft.kind)
      if (!adapter) return refuse('unsupported', 'It is not known yet what kind of printer server this is. Check the address first.')
      if (!canPair(adapter)) return refuse('unsupported', `${adapter.displayName} gives no keys this way. Make one in its own settings and enter it here.`)
      const address = readAddress(typedUrl(draft))
      if (!address.ok) return refuse('bad_address', address.detail)
      const { url } = address.attempts[0]
      const already = [...running.values()].find((one) => one.draft.adapter === adapter && sameAddress(one.url, url))
      if (already) return already.view
      const read = readDraft(draft, adapter, url)
      if (!read.ok) return refuse('bad_address', read.problems.map(problemSentence).join(' '))
      const view: Pairing = { pairingId: parts.newId(), step: 'asking', canOpen: false, text: `Asking ${adapter.displayName} for access.`, cause: null, endsAt: null, printerIds: [] }
      const one: Running = { view, draft: read.draft, name, url, serverId: draft.serverId, dialog: null, abort: new AbortController(), keeping: false }
      running.set(view.pairingId, one)
      const end = run(one).finally(() => ends.delete(end))
      ends.add(end)
      return view
    },
    cancel(pairingId) {
      const one = running.get(pairingId)
      if (!one || one.keeping) return
      one.abort.abort()
      fail(one, 'cancelled', 'Stopped.')
    },
    async open(pairingId) {
      const one = running.get(pairingId)
      if (!one || one.dialog === null) return false
      // The page is the adapter's word: it must not lead away from the server the person chose.
      if (mayOpen(one.dialog, { serverUrls: [one.url], allowed: [] })) return parts.openExternal(one.dialog, one.url)
      ports.log.warn('a page for confirming is not on the server it belongs to', { url: one.dialog })
      return false
    },
    async close() {
      for (const one of running.values()) one.abort.abort()
      await Promise.all(ends)
    },
  }
}
