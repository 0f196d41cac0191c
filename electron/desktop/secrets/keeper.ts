/** Secrets of the desktop app: encrypted by the system's key store where it protects, in memory where it does not. */
import type { Clock, Log, SecretRef } from '../../engine/ports.ts'
import { Secret } from '../../engine/settings/secret.ts'
import { headlessSecrets, SecretError } from '../../engine/settings/secrets.ts'
import type { SecretKeeper, Stop } from '../ports.ts'
import { openSecretFile, PLAIN, type SecretEntry } from './file.ts'
import type { Keyring, SecretBox } from './ports.ts'
import { factsOf, notDecrypted, notKept, notThere, unreadable, type Protection, type SecretMode } from './words.ts'

export interface SecretParts {
  /** Absolute path of secrets.json. */
  file: string
  box: SecretBox
  /** Null where there is none to ask: Windows, macOS, no desktop session. */
  keyring: Keyring | null
  /** `desktop.keepSecrets` as it stands when the app starts. */
  mode: SecretMode
  /** For references to the environment and to files; relative ones start at the settings file's folder. */
  env: Readonly<Record<string, string | undefined>>
  settingsFolder: string
  platform: NodeJS.Platform
  clock: Clock
  log: Log
  /** May come while the keeper is being made. */
  onNotice(notice: { level: 'warn' | 'error'; text: string }): void
}

/** SecretKeeper, its start and its end. */
export interface RunningSecretKeeper extends SecretKeeper {
  /**
   * Follows `desktop.keepSecrets`: secrets move between file and memory. The first call asks the key store, which takes some seconds at most; whoever
   * needs a secret before waits for the answer.
   */
  setMode(mode: SecretMode): Promise<void>
  /** Lets go of the bus and waits for what is being written. */
  close(): Promise<void>
}

/** ms between two looks at a keyring that is locked: its signals may get lost with the bus. */
const LOOK_AGAIN = 15_000
/** Electron's backends that encrypt with a key everybody knows, or have not chosen yet. */
const NO_PROTECTION: ReadonlySet<string> = new Set(['basic_text', 'unknown'])

export function createSecretKeeper(parts: SecretParts): RunningSecretKeeper {
  const { box, keyring, clock, log } = parts
  const elsewhere = headlessSecrets({ env: parts.env, base: parts.settingsFolder, log, platform: parts.platform })
  const file = openSecretFile(parts.file, clock.now())
  if (file.trouble !== null) parts.onNotice({ level: 'error', text: file.trouble })
  /** Names of the file, whether they can be read now or not. */
  const entries = new Map(file.entries)
  /** Values that are known: kept, or read once. A name that has no entry beside it is in memory only. */
  const memory = new Map<string, Secret>()
  const listeners = new Set<() => void>()
  let mode = parts.mode
  let protection: Protection = { is: 'locked', why: 'looking' }
  let told = ''
  let looking: Promise<Protection> | null = null
  let cancelLook = (): void => undefined
  let closed = false
  /** One change of the file after the other. */
  let queue: Promise<unknown> = Promise.resolve()

  const facts = (): ReturnType<SecretKeeper['state']> => factsOf(mode, protection, box.backend(), file.path)

  // -------------------------------------------------------------------------------------------------- the key store
  /** Asks anew; several who ask at once share the answer. */
  function look(): Promise<Protection> {
    looking ??= ask().then(seen, (error: unknown) => {
      log.warn('the key store could not be asked', { error })
      return seen({ is: 'unprotected' })
    }).finally(() => {
      looking = null
    })
    return looking
  }

  async function ask(): Promise<Protection> {
    if (NO_PROTECTION.has(box.backend())) return { is: 'unprotected' }
    if (box.needsKeyring()) {
      const state = keyring === null ? 'absent' : await keyring.state()
      if (state === 'absent') return { is: 'unprotected' }
      // Not one call of the box from here on: it would freeze the app until the person has typed a password.
      if (state !== 'open') return { is: 'locked', why: state }
    }
    return (await box.available()) ? { is: 'protected' } : { is: 'unprotected' }
  }

  function seen(now: Protection): Protection {
    const before = protection
    protection = now
    cancelLook()
    if (now.is === 'locked' && !closed) cancelLook = clock.after(LOOK_AGAIN, () => void look())
    if (now.is !== before.is) {
      log.info('the key store', { protection: now.is, backend: box.backend() })
      if (now.is !== 'locked') void inTurn(settle).catch((error: unknown) => log.warn('secrets in memory could not be put into the file', { error }))
    }
    tell()
    return now
  }

  function tell(): void {
    const now = JSON.stringify(facts())
    if (now === told) return
    told = now
    for (const listener of [...listeners]) {
      try {
        listener()
      } catch (error) {
        log.error('a listener of the key store broke', { error })
      }
    }
  }

  // ------------------------------------------------------------------------------------------------------- the file
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = queue.then(work)
    queue = mine.then(() => undefined, () => undefined)
    return mine
  }

  /** Brings the file to what mode and protection say. @throws Error when it can't be encrypted or written; then all is as before */
  async function settle(): Promise<void> {
    const next = new Map(entries)
    if (mode === 'session') await intoMemory(next)
    else await intoFile(next)
    await write(next)
  }

  async function intoFile(next: Map<string, SecretEntry>): Promise<void> {
    const plain = [...next].filter(([, entry]) => entry.by === PLAIN).map(([name]) => name)
    if (protection.is === 'protected') {
      for (const name of plain) if (!memory.has(name)) remember(name, valueOf(next.get(name)))
      for (const [name, secret] of memory) {
        if (!next.has(name) || plain.includes(name)) next.set(name, await encrypted(secret))
      }
    } else if (protection.is === 'unprotected') {
      if (mode === 'anyway') {
        for (const [name, secret] of memory) if (!next.has(name)) next.set(name, { by: PLAIN, data: Buffer.from(secret.reveal(), 'utf8').toString('base64') })
      } else {
        // "Anyway" was taken back.
        for (const name of plain) {
          remember(name, valueOf(next.get(name)))
          next.delete(name)
        }
      }
    }
  }

  async function intoMemory(next: Map<string, SecretEntry>): Promise<void> {
    for (const [name, entry] of [...next]) {
      // What can't be read now waits in the file until it can; a key that nobody can read is lost, not private.
      if (!memory.has(name) && entry.by !== PLAIN && protection.is !== 'protected') continue
      if (!memory.has(name)) {
        try {
          remember(name, entry.by === PLAIN ? valueOf(entry) : (await box.decrypt(Buffer.from(entry.data, 'base64'))).text)
        } catch (error) {
          log.warn('a secret that can\'t be decrypted any more was dropped', { name, error })
        }
      }
      next.delete(name)
    }
  }

  async function encrypted(secret: Secret): Promise<SecretEntry> {
    const by = box.backend()
    return { by, data: Buffer.from(await box.encrypt(secret.reveal())).toString('base64') }
  }

  async function write(next: Map<string, SecretEntry>): Promise<void> {
    const same = next.size === entries.size && [...next].every(([name, entry]) => entries.get(name) === entry)
    if (same) return
    await file.write(next)
    entries.clear()
    for (const [name, entry] of next) entries.set(name, entry)
  }

  const valueOf = (entry: SecretEntry | undefined): string => Buffer.from(entry?.data ?? '', 'base64').toString('utf8')

  function remember(name: string, value: string): Secret {
    const secret = new Secret(value)
    memory.set(name, secret)
    return secret
  }

  // ---------------------------------------------------------------------------------------------------- what it does
  async function keep(name: string, secret: Secret): Promise<void> {
    const before = { secret: memory.get(name), entry: entries.get(name) }
    memory.set(name, secret)
    try {
      // Asked anew each time: a keyring that was locked since would freeze the app in the next call of the box.
      if (mode !== 'session') await look()
      const next = new Map(entries)
      // The former value must not come back after a restart, whatever becomes of this one.
      next.delete(name)
      if (mode !== 'session') await intoFile(next)
      await write(next)
    } catch (error) {
      if (before.secret) memory.set(name, before.secret)
      else memory.delete(name)
      log.warn('a secret could not be kept', { name, error })
      throw new SecretError(notKept(error), { cause: error })
    }
  }

  async function fromStore(name: string): Promise<Secret> {
    const known = memory.get(name)
    if (known) return known
    if (!entries.has(name)) throw new SecretError(notThere(name))
    // The file may be told of meanwhile, so the entry is taken after the question.
    const now = entries.get(name)?.by === PLAIN ? protection : await look()
    const entry = entries.get(name)
    if (!entry) return memory.get(name) ?? fail(notThere(name))
    if (entry.by === PLAIN) return remember(name, valueOf(entry))
    if (now.is !== 'protected') throw new SecretError(unreadable(name, now))
    let opened: { text: string; stale: boolean }
    try {
      opened = await box.decrypt(Buffer.from(entry.data, 'base64'))
    } catch (error) {
      log.warn('a secret can\'t be decrypted', { name, error })
      throw new SecretError(notDecrypted(name), { cause: error })
    }
    const secret = memory.get(name) ?? remember(name, opened.text)
    if (opened.stale) void inTurn(() => encryptAnew(name, entry)).catch((error: unknown) => log.warn('a secret could not be encrypted with the new key', { name, error }))
    return secret
  }

  /** The system changed its key: what it still reads is written with the new one. */
  async function encryptAnew(name: string, old: SecretEntry): Promise<void> {
    const secret = memory.get(name)
    if (!secret || entries.get(name) !== old || protection.is !== 'protected') return
    await write(new Map(entries).set(name, await encrypted(secret)))
  }

  const stopListening = keyring?.onChanged(() => void look()) ?? (() => undefined)

  return {
    resolve: (ref: SecretRef) => ('store' in ref ? fromStore(ref.store) : elsewhere.resolve(ref)),
    keep: (name, secret) => inTurn(() => keep(name, secret)),
    forget: (name) => inTurn(async () => {
      memory.delete(name)
      const next = new Map(entries)
      next.delete(name)
      await write(next)
    }),
    has: (name) => memory.has(name) || entries.has(name),
    state: facts,
    async unlock() {
      if (box.needsKeyring()) await keyring?.unlock()
      // What was being asked meanwhile is older than the answer.
      await looking
      await look()
    },
    onChanged(listener): Stop {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    setMode: (next) => inTurn(async () => {
      const looked = protection.is !== 'locked' || protection.why !== 'looking'
      if (next === mode && looked) return
      mode = next
      try {
        await look()
        await settle()
      } finally {
        tell()
      }
    }),
    async close() {
      closed = true
      cancelLook()
      stopListening()
      keyring?.close()
      await queue
    },
  }
}

function fail(text: string): never {
  throw new SecretError(text)
}
