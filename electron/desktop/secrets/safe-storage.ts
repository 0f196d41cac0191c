/** Electron's safeStorage as a SecretBox. Which calls there are is found out once: the asynchronous ones where Electron has them. */
import { safeStorage } from 'electron'
import type { SecretBox } from './ports.ts'

/** The part of safeStorage that is used; newer Electrons have the asynchronous calls, older ones only the others. */
export type SafeStorage = Pick<typeof safeStorage, 'isEncryptionAvailable' | 'encryptString' | 'decryptString'>
  & Partial<Pick<typeof safeStorage, 'getSelectedStorageBackend' | 'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync'>>

/** Call it after the app is ready. */
export const electronBox = (platform: NodeJS.Platform): SecretBox => safeStorageBox(safeStorage, platform)

/** Exported for tests. */
export function safeStorageBox(storage: SafeStorage, platform: NodeJS.Platform): SecretBox {
  const { isAsyncEncryptionAvailable, encryptStringAsync, decryptStringAsync } = storage
  const backend = (): string => (platform === 'win32' ? 'dpapi' : platform === 'darwin' ? 'keychain' : storage.getSelectedStorageBackend?.() ?? 'unknown')
  return {
    backend,
    needsKeyring: () => backend() === 'gnome_libsecret',
    ...(typeof isAsyncEncryptionAvailable === 'function' && typeof encryptStringAsync === 'function' && typeof decryptStringAsync === 'function'
      ? {
          available: () => isAsyncEncryptionAvailable.call(storage),
          encrypt: (text: string) => encryptStringAsync.call(storage, text),
          async decrypt(bytes: Uint8Array) {
            const { result, shouldReEncrypt } = await decryptStringAsync.call(storage, Buffer.from(bytes))
            return { text: result, stale: shouldReEncrypt }
          },
        }
      : {
          available: async () => storage.isEncryptionAvailable(),
          encrypt: async (text: string) => storage.encryptString(text),
          decrypt: async (bytes: Uint8Array) => ({ text: storage.decryptString(Buffer.from(bytes)), stale: false }),
        }),
  }
}
