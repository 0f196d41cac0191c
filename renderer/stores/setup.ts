/** Finding and connecting printers: what was found, which pairings run, and what came of them. */
import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef } from 'vue'
import type { ProblemView } from '../../electron/bridge/views/common.ts'
import type { PrinterCard } from '../../electron/bridge/views/printers.ts'
import type { Discovery, Pairing, TestResultView } from '../../electron/bridge/views/setup.ts'
import { ask, onPush } from '../lib/bridge.ts'
import { nameFor } from '../components/setup/words.ts'
import { errorText, problemText } from '../lib/problems.ts'

/** A server a person may connect: found in the network, or checked by its address. */
export interface Row {
  key: string
  kind: string
  kindName: string
  name: string
  url: string
  version: string | null
  /** Printers that watch it; empty = new. */
  printerIds: readonly string[]
  canPair: boolean
  /** Fields beside the address: a pinned certificate. */
  fields: Readonly<Record<string, unknown>>
}

/** What came of a key that was entered. */
export type KeyAnswer =
  | { is: 'added' }
  /** The server speaks for several printers: which ones? */
  | { is: 'choose'; sources: TestResultView['sources'] }
  /** `fingerprint` is there when pinning it would help. */
  | { is: 'wrong'; text: string; fingerprint: string | null; /** What is wrong is that there is no key, or another one. */ needsKey: boolean }

/** What only a server of that very kind says: it can be connected, at once or later. */
const ITSELF: readonly string[] = ['ok', 'key_missing', 'key_invalid', 'permission_missing', 'too_old', 'setup_unfinished', 'booting']

export const useSetup = defineStore('setup', () => {
  const discovery = shallowRef<Discovery | null>(null)
  const manual = shallowRef<Row | null>(null)
  /** By the row's key. */
  const pairings = reactive(new Map<string, Pairing>())
  const cards = reactive(new Map<string, PrinterCard>())
  /** Printers that were added since the page was opened, by the row's key. */
  const added = reactive(new Map<string, readonly string[]>())
  const simulated = ref<readonly string[]>([])
  /** Why nothing could be looked for; null = it could. */
  const failed = ref<string | null>(null)
  /** What a screen reader hears next. */
  const said = ref('')
  /** Pushes that came before the answer they belong to. */
  const early = new Map<string, Pairing>()

  const rows = computed((): Row[] => (discovery.value?.found ?? []).map((found) => ({ ...found, fields: {} })))
  /** Every printer that was added here, the first one first. */
  const newPrinters = computed(() => [...[...added.values()].flat(), ...simulated.value])

  onPush('discovery.changed', (changed) => {
    discovery.value = changed
  })
  onPush('pairing.changed', (changed) => {
    const key = [...pairings].find(([, { pairingId }]) => pairingId === changed.pairingId)?.[0]
    if (key === undefined) early.set(changed.pairingId, changed)
    else take(key, changed)
  })
  onPush('printers.changed', (changed) => {
    for (const card of changed.cards) cards.set(card.id, card)
    for (const id of changed.removed) forget(id)
  })

  /** A printer that was removed elsewhere is not one that was added here. */
  function forget(printerId: string): void {
    cards.delete(printerId)
    simulated.value = simulated.value.filter((id) => id !== printerId)
    for (const [key, ids] of added) {
      const left = ids.filter((id) => id !== printerId)
      if (left.length === 0) added.delete(key)
      else if (left.length < ids.length) added.set(key, left)
    }
  }

  function take(key: string, pairing: Pairing): void {
    pairings.set(key, pairing)
    said.value = pairing.text
    if (pairing.step === 'done') added.set(key, pairing.printerIds)
  }

  /** Begins to look, and reads which printers there are. What goes wrong is in `failed`. */
  async function start(): Promise<void> {
    added.clear()
    manual.value = null
    // A pairing goes on without the page; what is over is told in the settings by now.
    for (const [key, { step }] of pairings) if (step === 'done' || step === 'failed') pairings.delete(key)
    await look()
  }

  async function stop(): Promise<void> {
    try {
      discovery.value = await ask('setup.discover', { on: false })
    } catch (error) {
      failed.value = errorText(error)
    }
  }

  async function lookAgain(): Promise<void> {
    await stop()
    await look()
  }

  async function look(): Promise<void> {
    failed.value = null
    try {
      const [found, list] = await Promise.all([ask('setup.discover', { on: true }), ask('printers.list')])
      discovery.value = found
      cards.clear()
      for (const card of list) cards.set(card.id, card)
    } catch (error) {
      failed.value = errorText(error)
    }
  }

  const draftOf = (row: Row, secrets: Record<string, string> = {}) => ({ kind: row.kind, fields: { ...row.fields, url: row.url }, secrets })
  /** Printers of a row, whether they were there before or were added just now. */
  const printersOf = (row: Row): readonly string[] => added.get(row.key) ?? row.printerIds

  async function pair(row: Row): Promise<void> {
    const answer = await ask('setup.pair', { server: draftOf(row), name: row.name })
    take(row.key, early.get(answer.pairingId) ?? answer)
    early.delete(answer.pairingId)
  }

  async function cancel(row: Row): Promise<void> {
    const pairing = pairings.get(row.key)
    if (!pairing) return
    await ask('setup.cancel-pairing', pairing.pairingId)
    pairings.delete(row.key)
  }

  async function openPairing(row: Row): Promise<boolean> {
    const pairing = pairings.get(row.key)
    return pairing ? await ask('setup.open-pairing', pairing.pairingId) : false
  }

  /** Tries a key that was entered, or none, and adds the server's printer with it. @param sourceIds null = not chosen yet */
  async function connectByKey(row: Row, secrets: Record<string, string>, sourceIds: readonly string[] | null): Promise<KeyAnswer> {
    const draft = draftOf(row, secrets)
    if (sourceIds === null) {
      const test = await ask('setup.test', draft)
      if (!test.ok) return { is: 'wrong', text: test.detail, fingerprint: test.fingerprint, needsKey: test.cause === 'key_missing' || test.cause === 'key_invalid' }
      if (test.sources.length > 1) return { is: 'choose', sources: test.sources }
    }
    const answer = await ask('setup.add', { server: draft, name: row.name, sourceIds: sourceIds === null ? null : [...sourceIds] })
    if (!answer.ok) return { is: 'wrong', text: wordsOf(answer.problems), fingerprint: null, needsKey: false }
    added.set(row.key, answer.printerIds)
    pairings.delete(row.key)
    return { is: 'added' }
  }

  /** Asks what is at an address. A server that answers becomes the row under the field. @param kind null = every kind is asked */
  async function check(url: string, pin: string | null, kind: string | null): Promise<TestResultView> {
    manual.value = null
    return await ask('setup.test', { kind, fields: pin === null ? { url } : { url, pin } })
  }

  function showManual(result: TestResultView, pin: string | null): void {
    // A kind that was chosen by hand is named also where it does not answer as itself.
    if (result.kind === null || result.url === null || !ITSELF.includes(result.cause)) return
    const { kind, url } = result
    manual.value = {
      key: `manual ${kind} ${url}`, kind, kindName: result.kindName ?? kind, name: result.sources[0]?.name ?? nameFor(result.kindName ?? kind, url), url, version: result.version, printerIds: [],
      canPair: result.canPair, fields: pin === null ? {} : { pin },
    }
  }

  /** Adds the simulated printer, or takes it away. @returns what is wrong; null = nothing */
  async function simulate(on: boolean): Promise<string | null> {
    const answer = await ask('setup.simulator', { on })
    if (!answer.ok) return wordsOf(answer.problems)
    simulated.value = answer.printerIds
    return null
  }

  async function rename(printerId: string, name: string): Promise<string | null> {
    const answer = await ask('settings.change', { what: 'printer', id: printerId, patch: { name } })
    return answer.ok ? null : wordsOf(answer.problems)
  }

  return {
    discovery, rows, manual, pairings, cards, added, newPrinters, simulated, failed, said,
    start, stop, lookAgain, printersOf, pair, cancel, openPairing, connectByKey, check, showManual, simulate, rename,
  }
})

function wordsOf(problems: readonly ProblemView[]): string {
  return problems.map((problem) => problemText(problem)).join(' ')
}
