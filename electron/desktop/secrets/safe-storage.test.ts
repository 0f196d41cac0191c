import { describe, expect, it, vi } from 'vitest'

vi.mock('electron', () => ({ safeStorage: {} }))
const { safeStorageBox } = await import('./safe-storage.ts')

function older() {
  return { isEncryptionAvailable: () => true, encryptString: (text: string) => Buffer.from(`sync ${text}`), decryptString: (bytes: Buffer) => bytes.toString().slice(5), getSelectedStorageBackend: () => 'gnome_libsecret' as const }
}
function newer() {
  return {
    ...older(),
    isAsyncEncryptionAvailable: async () => true,
    encryptStringAsync: async (text: string) => Buffer.from(`async ${text}`),
    decryptStringAsync: async (bytes: Buffer) => ({ result: bytes.toString().slice(6), shouldReEncrypt: true }),
    isEncryptionAvailable: (): boolean => {
      throw new Error('the synchronous calls are deprecated')
    },
  }
}

describe('Electron\'s safeStorage', () => {
  it('is used by its asynchronous calls where it has them', async () => {
    const box = safeStorageBox(newer(), 'linux')
    expect(await box.available()).toBe(true)
    expect(Buffer.from(await box.encrypt('a')).toString()).toBe('async a')
    expect(await box.decrypt(Buffer.from('async b'))).toEqual({ text: 'b', stale: true })
  })

  it('is used by the others where it has not', async () => {
    const box = safeStorageBox(older(), 'linux')
    expect(await box.available()).toBe(true)
    expect(Buffer.from(await box.encrypt('a')).toString()).toBe('sync a')
    expect(await box.decrypt(Buffer.from('sync b'))).toEqual({ text: 'b', stale: false })
  })

  it('names what protects, and asks the keyring only where that is one', () => {
    const { getSelectedStorageBackend: _backend, ...elsewhere } = older()
    expect([safeStorageBox(older(), 'linux'), safeStorageBox({ ...older(), getSelectedStorageBackend: () => 'basic_text' }, 'linux'), safeStorageBox({ ...older(), getSelectedStorageBackend: () => 'kwallet6' }, 'linux'), safeStorageBox(elsewhere, 'win32'), safeStorageBox(elsewhere, 'darwin')].map((box) => [box.backend(), box.needsKeyring()])).toEqual([
      ['gnome_libsecret', true], ['basic_text', false], ['kwallet6', false], ['dpapi', false], ['keychain', false],
    ])
  })
})
