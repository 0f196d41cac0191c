/** What the key store of a system is to us. The keeper knows nothing of Electron or D-Bus. */
import type { Stop } from '../ports.ts'

/** Encrypts by the system's key store. No call of it may come while a keyring is locked: it would freeze the main process. */
export interface SecretBox {
  /** The system's own name of what protects: "gnome_libsecret", "kwallet6", "dpapi", "keychain"; "basic_text" = nothing does. */
  backend(): string
  /** Whether the Secret Service must be asked first. */
  needsKeyring(): boolean
  available(): Promise<boolean>
  encrypt(text: string): Promise<Uint8Array>
  /** `stale`: it is to be encrypted anew, the system changed its key. @throws Error when it can't be decrypted */
  decrypt(bytes: Uint8Array): Promise<{ text: string; stale: boolean }>
}

/**
 * `missing`: the service is there, a keyring is not yet. `absent`: no service. `silent`: it does not answer, which is no reason to
 * believe that it is open.
 */
export type KeyringState = 'open' | 'locked' | 'missing' | 'absent' | 'silent'

/** The keyring of a Linux desktop, as the Secret Service tells of it. */
export interface Keyring {
  /** Asks anew, within some seconds. */
  state(): Promise<KeyringState>
  /** Lets the service ask the person to unlock, or to make, the keyring. Resolves when that is answered, however. */
  unlock(): Promise<void>
  /** Something about it may have changed: ask again. */
  onChanged(listener: () => void): Stop
  close(): void
}
