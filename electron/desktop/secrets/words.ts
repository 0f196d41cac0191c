/** What is told of the key store, in sentences of cause and cure. Pure. */
import type { SystemFacts } from '../../bridge/views/settings.ts'
import type { DesktopSettings } from '../../engine/settings/schema.ts'
import type { KeyringState } from './ports.ts'

export type SecretMode = DesktopSettings['keepSecrets']

/** What the key store gives now; 'looking' = it was not asked yet. */
export type Protection =
  | { is: 'protected' }
  | { is: 'locked'; why: Exclude<KeyringState, 'open' | 'absent'> | 'looking' }
  | { is: 'unprotected' }

const NAMES: Readonly<Record<string, string>> = {
  gnome_libsecret: 'the keyring of this desktop', kwallet: 'KWallet', kwallet5: 'KWallet', kwallet6: 'KWallet', dpapi: 'Windows’ data protection', keychain: 'the Keychain',
}

const LOCKED: Readonly<Record<Extract<Protection, { is: 'locked' }>['why'], string>> = {
  looking: 'Printbell is asking the key store of this desktop.',
  locked: 'The keyring of this desktop is locked. Unlock it, so that Printbell can read its keys.',
  missing: 'This desktop has no keyring yet. Create one, so that Printbell can keep its keys.',
  silent: 'The keyring of this desktop does not answer. Unlock it, or log in to the desktop again.',
}

/** @param path of the file of secrets */
export function factsOf(mode: SecretMode, protection: Protection, backend: string, path: string): SystemFacts['secrets'] {
  if (mode === 'session') return { protection: 'session_only', backend, detail: 'Keys are kept in memory until Printbell ends, as you chose. They must be entered again after each start.' }
  switch (protection.is) {
    case 'protected':
      return { protection: 'protected', backend, detail: `Keys are encrypted by ${NAMES[backend] ?? 'the key store of this system'}.` }
    case 'locked':
      return { protection: 'locked', backend, detail: LOCKED[protection.why] }
    case 'unprotected':
      return {
        protection: 'unprotected',
        backend,
        detail: mode === 'anyway'
          ? `No key store protects keys on this computer. They lie unencrypted in ${path}, which only your user may read.`
          : 'No key store protects keys on this computer, so they are kept in memory until Printbell ends. Set up a keyring, or choose to store them anyway.',
      }
  }
}

/** Why a secret of the file can't be read now, and what helps. */
export function unreadable(name: string, protection: Protection): string {
  if (protection.is === 'locked') return `The key "${name}" can't be read. ${LOCKED[protection.why]}`
  return `The key "${name}" was encrypted by a key store that is not there now. Start Printbell inside the desktop session it was kept in, or enter the key again.`
}

export const notThere = (name: string): string => `The key "${name}" is not in the key store. Enter it again.`
export const notDecrypted = (name: string): string => `The key "${name}" can't be decrypted: the key store does not know it any more. Enter it again.`

/** Why a secret could not be put into the file. */
export function notKept(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'The disk is full. Free some space, then enter it again.'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return `The file of keys may not be written (${code}). Let your user write into the data folder.`
  if (code === 'EDAMAGED') return 'The file of keys is damaged and can\'t be renamed. Rename it, then start Printbell anew.'
  return typeof code === 'string' ? `The file of keys can't be written (${code}).` : 'The key store did not encrypt it. Enter it again, or choose to keep keys in memory only.'
}
