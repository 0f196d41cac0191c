/** Key stores made of memory, for the tests of the keeper. */
import type { Keyring, KeyringState, SecretBox } from './ports.ts'

export interface FakeBox extends SecretBox {
  backendName: string
  works: boolean
  /** What it was asked for, in order. */
  calls: string[]
  /** Ciphertexts made before are still read, and to be made anew. */
  rotated: boolean
  /** Called before each call of the box: throws where none may come. */
  guard(): void
}

/** "Encrypts" by turning the text around, so that no test finds the value in a file by chance. */
export function fakeBox(backendName = 'gnome_libsecret'): FakeBox {
  const turned = (text: string): string => [...text].reverse().join('')
  return {
    backendName, works: true, calls: [], rotated: false,
    guard: () => undefined,
    backend() {
      return this.backendName
    },
    needsKeyring() {
      return this.backendName === 'gnome_libsecret'
    },
    async available() {
      this.guard()
      this.calls.push('available')
      return this.works
    },
    async encrypt(text) {
      this.guard()
      this.calls.push('encrypt')
      if (!this.works) throw new Error('it does not encrypt')
      return Buffer.from(`${this.rotated ? 'v2' : 'v1'}${turned(text)}`)
    },
    async decrypt(bytes) {
      this.guard()
      this.calls.push('decrypt')
      const text = Buffer.from(bytes).toString()
      if (!text.startsWith('v')) throw new Error('this was never encrypted here')
      return { text: turned(text.slice(2)), stale: this.rotated && text.startsWith('v1') }
    },
  }
}

export interface FakeKeyring extends Keyring {
  now: KeyringState
  /** What the person makes of the prompt. */
  onUnlock(): void
  closed: boolean
  /** As the service signals it. */
  become(state: KeyringState): void
}

export function fakeKeyring(now: KeyringState = 'open'): FakeKeyring {
  const listeners = new Set<() => void>()
  return {
    now, closed: false,
    onUnlock: () => undefined,
    async state() {
      return this.now
    },
    async unlock() {
      this.onUnlock()
    },
    onChanged(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close() {
      this.closed = true
    },
    become(state) {
      this.now = state
      for (const listener of listeners) listener()
    },
  }
}
