/** Holds the settings while the app runs: one reader, one writer, everything checked before it is written. */
import { isDeepStrictEqual } from 'node:util'
import type { Saved } from '../../bridge/views/common.ts'
import type { Added } from '../../bridge/views/setup.ts'
import type { Clock, Log } from '../../engine/ports.ts'
import type { EngineSettings } from '../../engine/settings/expand.ts'
import type { ReadBefore } from '../../engine/settings/load.ts'
import { suggest, type Problem } from '../../engine/settings/problems.ts'
import type { ManagedDestination } from '../../engine/settings/managed.ts'
import { SETTINGS_VERSION, type Settings } from '../../engine/settings/schema.ts'
import { Secret } from '../../engine/settings/secret.ts'
import type { SecretKeeper, SettingsKeeper, Stop } from '../ports.ts'
import { draftAddition, type AddressKinds } from './addition.ts'
import { secretName, withoutLineBreaks, type Draft, type NewSecret, type Owner } from './draft-parts.ts'
import { draftOf, draftPing, storeNames } from './draft.ts'
import { draftManaged, withOwnCopy } from './draft-managed.ts'
import type { ManagedFiles } from './managed-files.ts'
import { draftRules } from './draft-rules.ts'
import { entries } from './inline.ts'
import { replaced } from './patching.ts'
import { readText, relativeTo, type Reading } from './reading.ts'
import { textOf, type Raw, type SettingsStore } from './store.ts'
import { rulesOf, viewOf, type DestinationStanding } from './view.ts'

export interface KeeperParts {
  store: SettingsStore
  kinds: AddressKinds
  secrets: Pick<SecretKeeper, 'keep' | 'forget' | 'has'>
  /** How each destination does now. Asked once for a view, so that what belongs to all of them is looked up once. */
  standing(): (destinationId: string) => DestinationStanding
  /** Destinations of an administrator; absent = there are none. */
  managed?: ManagedFiles
  /** What was made of the file's text before; absent = nobody knows. Asked for the first reading only. */
  before?: ReadBefore
  clock: Clock
  log: Log
  /**
   * This server or destination has another secret under the same reference, so that its settings look the same: whoever uses it
   * must take it anew. Called after the listeners of the change.
   */
  onSecret?(of: { serverId: string } | { destinationId: string }): void
  /**
   * Loads every kind that settings may name: until then `kinds` has those that the file named at the start. Called before anything changes. Absent = they
   * are all there.
   */
  allKinds?(): Promise<void>
  /** A sentence or two for the person, with the file's name and the cure. May come while the keeper is being made. */
  onNotice(notice: { level: 'info' | 'warn' | 'error'; text: string }): void
}

/** SettingsKeeper, and its end. */
export interface RunningSettingsKeeper extends SettingsKeeper {
  /** Ends watching the file. What is being written is written. */
  close(): Promise<void>
}

type Result = { ok: true } | { ok: false; problems: Problem[] }
const OK: Result = { ok: true }
const SAVED: Saved = { ok: true }
const refused = (...problems: Problem[]): Result => ({ ok: false, problems })

/** What a first start begins with: toasts on this computer. */
export const FIRST_SETTINGS: Raw = { version: SETTINGS_VERSION, printers: [], destinations: [{ id: 'desk', label: 'This computer', channel: 'desktop', config: {} }] }

/** Reads the settings; makes new ones where there are none, or none that can be used. Never throws for what a file may hold. */
export function createSettingsKeeper(parts: KeeperParts): RunningSettingsKeeper {
  const { store, kinds, secrets, log, clock } = parts
  const listeners = new Set<(settings: Settings, engine: EngineSettings, by: 'window' | 'file') => void>()
  /** What the file held when it was last read or written; null = there was none. */
  let text: string | null = null
  let current!: { raw: Raw; settings: Settings; engine: EngineSettings }
  /** Why nothing may be written; null = it may. */
  let readOnly: Problem | null = null
  /** The file holds something that can't be used: it is set aside before the next write. */
  let damaged: string | null = null
  /** Each change waits for the one before it. */
  let queue: Promise<unknown> = Promise.resolve()

  const managed = (): readonly ManagedDestination[] => parts.managed?.destinations() ?? []

  begin()
  const stopManaged = parts.managed?.watch(fromOutside(() => {
    const reading = readText(textOf(current.raw), kinds, store.path, managed())
    if (reading.is === 'good') become(reading, 'file')
  }))
  const stopWatching = store.watch(fromOutside(lookAgain))

  function begin(): void {
    let reading: Reading
    try {
      text = store.read()
      reading = text === null ? { is: 'absent' } : readText(text, kinds, store.path, managed(), parts.before)
    } catch (error) {
      reading = { is: 'newer', problem: { path: '', message: `can't be changed: the file ${store.path} can't be read (${codeOf(error)})`, cure: 'Let your user read and write it, then start Printbell anew.' } }
    }
    if (reading.is === 'good') current = reading
    else {
      take(FIRST_SETTINGS)
      if (reading.is === 'newer') forbid(reading.problem)
      else {
        if (reading.is === 'damaged') keepAside(reading.why)
        if (readOnly === null) void inTurn(writeFirst)
      }
    }
  }

  function take(raw: Raw): void {
    const reading = readText(textOf(raw), kinds, store.path, managed())
    if (reading.is !== 'good') throw new Error('the first settings are not valid')
    current = reading
  }

  function forbid(problem: Problem): void {
    readOnly = problem
    parts.onNotice({ level: 'error', text: `The settings ${problem.message}. ${problem.cure}` })
  }

  function keepAside(why: string): void {
    try {
      const kept = store.setAside(clock.now())
      damaged = null
      text = null
      parts.onNotice({ level: 'error', text: `The settings file could not be used and was kept as ${kept}; new settings were begun. What is wrong: ${why}` })
    } catch (error) {
      forbid({ path: '', message: `can't be changed: the file ${store.path} is damaged and can't be renamed (${codeOf(error)})`, cure: `Rename it yourself, then start Printbell anew. What is wrong: ${why}` })
    }
  }

  async function writeFirst(): Promise<void> {
    try {
      await write(current.raw)
    } catch (error) {
      const { message, cure } = notWritten(error)
      parts.onNotice({ level: 'error', text: `The settings ${message}. ${cure}` })
    }
  }

  async function write(raw: Raw): Promise<void> {
    await store.write(raw)
    text = textOf(raw)
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = queue.then(work)
    // One that failed holds up no other; who asked for it hears of it.
    queue = mine.then(() => undefined, () => undefined)
    return mine
  }

  /** What others wrote may name any kind. */
  function fromOutside(take: () => void): () => void {
    return () => void inTurn(async () => {
      await parts.allKinds?.()
      take()
    })
  }

  /** What somebody else wrote into the file is taken over when it can be used, and told when not. */
  function lookAgain(): void {
    let now: string | null
    try {
      now = store.read()
    } catch (error) {
      log.warn('the settings file could not be read again', { error })
      return
    }
    if (now === text || now === null) return
    text = now
    const reading = readText(now, kinds, store.path, managed())
    if (reading.is === 'good') {
      readOnly = null
      damaged = null
      log.info('the settings file was changed from elsewhere and is in force')
      become(reading, 'file')
    } else if (reading.is === 'newer') forbid(reading.problem)
    else if (reading.is === 'damaged') {
      damaged = reading.why
      parts.onNotice({ level: 'warn', text: `The settings file ${store.path} was changed and can't be used; the settings from before stay in force. What is wrong: ${reading.why}` })
    }
  }

  function become(next: { raw: Raw; settings: Settings; engine: EngineSettings }, by: 'window' | 'file'): void {
    // The same object as before tells listeners that the engine has nothing to do.
    const same = isDeepStrictEqual(next.engine, current.engine)
    current = { raw: next.raw, settings: next.settings, engine: same ? current.engine : next.engine }
    for (const listener of [...listeners]) {
      try {
        listener(current.settings, current.engine, by)
      } catch (error) {
        log.error('a listener of the settings broke', { error })
      }
    }
  }

  /** Checks, keeps the secrets, writes, tells. Everything or nothing. */
  async function apply(draft: Draft): Promise<Result> {
    if (draft.problems.length > 0) return refused(...draft.problems)
    const reading = readText(textOf(draft.raw), kinds, null, managed())
    if (reading.is !== 'good') return refused(...(reading.is === 'damaged' ? relativeTo(draft.at, reading.problems) : []))
    if (draft.secrets.length === 0 && isDeepStrictEqual(draft.raw, current.raw)) return OK
    if (damaged !== null) keepAside(damaged)
    if (readOnly !== null) return refused(readOnly)
    const before = storeNames(current.raw)
    const kept = await keepAll(draft.secrets)
    if (!kept.ok) return kept
    try {
      await write(draft.raw)
    } catch (error) {
      log.warn('the settings could not be written', { error })
      await forgetAll(draft.secrets.map(({ name }) => name).filter((name) => !before.has(name)))
      return refused(notWritten(error))
    }
    const after = storeNames(draft.raw)
    become(reading, 'window')
    tellOfSecrets(draft.secrets)
    await forgetAll([...before].filter((name) => !after.has(name)))
    return OK
  }

  /** Each change builds on those before it; what they come to is checked once. */
  function tryRules(changes: Parameters<SettingsKeeper['tryRules']>[0]): ReturnType<SettingsKeeper['tryRules']> {
    let { raw } = current
    let at = ''
    for (const change of changes) {
      const draft = draftRules(raw, change)
      if (draft.problems.length > 0) return { ok: false, problems: draft.problems }
      raw = draft.raw
      at = draft.at
    }
    const reading = changes.length === 0 ? { is: 'good' as const, ...current } : readText(textOf(raw), kinds, null, managed())
    if (reading.is === 'good') return { ok: true, rules: rulesOf(reading.settings), engine: reading.engine }
    return { ok: false, problems: reading.is === 'damaged' ? relativeTo(at, reading.problems) : [{ path: '', message: 'can\'t be tried', cure: 'Change it again.' }] }
  }

  async function keepAll(given: readonly NewSecret[]): Promise<Result> {
    for (const { field, name, value } of given) {
      try {
        await secrets.keep(name, new Secret(value))
      } catch (error) {
        return refused({ path: `secrets.${field}`, message: 'could not be kept', cure: (error as Error).message })
      }
    }
    return OK
  }

  function tellOfSecrets(given: readonly NewSecret[]): void {
    // The sign of life asks for its address each time.
    const owners = new Map(given.filter(({ owner }) => owner !== 'ping').map(({ owner, ownerId }) => [`${owner} ${ownerId}`, owner === 'server' ? { serverId: ownerId } : { destinationId: ownerId }]))
    for (const of of owners.values()) parts.onSecret?.(of)
  }

  async function forgetAll(names: readonly string[]): Promise<void> {
    for (const name of names) {
      try {
        await secrets.forget(name)
      } catch (error) {
        log.warn('a secret that is no longer needed could not be removed', { name, error })
      }
    }
  }

  async function begun(make: () => Promise<Result>): Promise<Result> {
    lookAgain()
    return readOnly === null ? await make() : refused(readOnly)
  }

  async function setPing(field: string, value: Secret | null): Promise<Result> {
    const result = await apply(draftPing(current.raw, field, value === null ? null : withoutLineBreaks(value.reveal()).trim()))
    return result.ok ? result : refused(...result.problems.map((problem) => ({ ...problem, path: problem.path === `secrets.${field}` ? field : problem.path })))
  }

  async function setSecret(of: { owner: Owner; id: string; field: string }, value: Secret | null): Promise<Result> {
    if (of.owner === 'ping') return setPing(of.field, value)
    const list = of.owner === 'server' ? 'servers' : 'destinations'
    const { raw, id } = (of.owner === 'destination' ? withOwnCopy(current.raw, of.id, managed()) : null) ?? { raw: current.raw, id: of.id }
    const entry = entries(raw, list).find((one) => one.id === id)
    if (!entry) return refused({ path: '', message: `is no longer there ("${of.id}")`, cure: 'It was removed meanwhile. Go back to the list.' })
    const fields = (of.owner === 'server' ? kinds.adapters.get(String(entry.kind)) : kinds.channels.get(String(entry.channel)))?.secretFields ?? {}
    if (!Object.hasOwn(fields, of.field)) return refused({ path: of.field, message: 'is not a known secret', cure: suggest(of.field, Object.keys(fields)) })
    const name = secretName(of.owner, id, of.field)
    const text = value === null ? null : withoutLineBreaks(value.reveal())
    if (text === '') return refused({ path: of.field, message: 'is empty', cure: 'Enter it, or remove it.' })
    const { [of.field]: _old, ...rest } = of.owner === 'server' ? entry : (entry.config as Raw | undefined) ?? {}
    const next = text === null ? rest : { ...rest, [of.field]: { store: name } }
    const result = await apply({
      raw: replaced(raw, list, id, of.owner === 'server' ? next : { ...entry, config: next }),
      at: '',
      secrets: text === null ? [] : [{ owner: of.owner, ownerId: id, field: of.field, name, value: text }],
      problems: [],
    })
    return result.ok ? result : refused(...result.problems.map((problem) => ({ ...problem, path: problem.path === `secrets.${of.field}` ? of.field : problem.path })))
  }

  return {
    settings: () => current.settings,
    engine: () => current.engine,
    view: () => viewOf(current.settings, { kinds, managed: managed(), has: (name) => secrets.has(name), standing: parts.standing() }),
    change: (change) => inTurn(async () => saved(await begun(() => apply(draftManaged(current.raw, change, managed(), kinds) ?? draftOf(current.raw, change, kinds))))),
    tryRules,
    setSecret: (of, value) => inTurn(async () => saved(await begun(() => setSecret(of, value)))),
    add: (addition) => inTurn(async (): Promise<Added> => {
      let printerIds: string[] = []
      const result = await begun(() => {
        const draft = draftAddition(current.raw, addition, kinds)
        printerIds = draft.printerIds
        return apply(draft)
      })
      return result.ok ? { ok: true, printerIds } : { ok: false, problems: result.problems }
    }),
    onChanged(listener): Stop {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async close() {
      stopWatching()
      stopManaged?.()
      await queue
    },
  }
}

const saved = (result: Result): Saved => (result.ok ? SAVED : { ok: false, problems: result.problems })

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null
  return typeof code === 'string' ? code : 'unknown error'
}

/** Why the file could not be written, to be read after "The settings". */
function notWritten(error: unknown): Problem {
  const code = codeOf(error)
  const stays = 'The old settings stay in force.'
  if (code === 'ENOSPC' || code === 'EDQUOT') return { path: '', message: 'could not be saved: the disk is full', cure: `Free some space, then change it again. ${stays}` }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return { path: '', message: `could not be saved: their file may not be written (${code})`, cure: `Let your user write into its folder, then change it again. ${stays}` }
  return { path: '', message: `could not be saved (${code})`, cure: `Change it again; the log says more. ${stays}` }
}
