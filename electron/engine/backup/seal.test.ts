import { beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '../settings/secret.ts'
import { problemOfPassphrase, seal, unseal } from './seal.ts'
import { failure } from './test-support.ts'

const pass = new Secret('correct horse battery')

describe('keys under a passphrase', () => {
  /** 'CANARY-key' under `pass`: each derivation costs what a guess should cost. */
  let text: string
  beforeAll(async () => {
    text = await seal('CANARY-key', pass)
  })

  it('come back under the same passphrase, also when its letters are composed another way', async () => {
    const umlauts = await seal('{"key":"CANARY-äöü"}', new Secret('Mühle am Bach'))
    expect(await unseal(umlauts, new Secret('Mu\u0308hle am Bach'))).toBe('{"key":"CANARY-äöü"}')
  })

  it('leave neither a key nor the passphrase readable, and name how they are sealed', () => {
    for (const word of ['CANARY-key', 'correct horse']) {
      expect(text).not.toContain(word)
      expect(text).not.toContain(Buffer.from(word).toString('base64').slice(0, 10))
    }
    expect(JSON.parse(text)).toMatchObject({ kdf: { name: 'scrypt', N: 131_072, r: 8, p: 1 }, cipher: { name: 'aes-256-gcm' } })
  })

  it('are sealed anew each time: no salt and no nonce is used twice', async () => {
    const [a, b] = [JSON.parse(text), JSON.parse(await seal('CANARY-key', pass))] as { kdf: { salt: string }; cipher: { nonce: string } }[]
    expect(a?.kdf.salt).not.toBe(b?.kdf.salt)
    expect(a?.cipher.nonce).not.toBe(b?.cipher.nonce)
  })

  it('a wrong passphrase is told as such, and not taken for a damaged file', async () => {
    const error = await failure(unseal(text, new Secret('correct horse batterY')))
    expect(error).toMatchObject({ code: 'passphrase', message: 'The passphrase is not the one this backup was made with. Nothing was changed. Try again, or restore without the keys.' })
  })

  it('a changed text or changed tag under the right passphrase is told as damage', async () => {
    const changed = (change: (content: { data: string; cipher: { tag: string } }) => void): string => {
      const content = JSON.parse(text) as { data: string; cipher: { tag: string } }
      change(content)
      return JSON.stringify(content)
    }
    const flipped = (base64: string): string => {
      const bytes = Buffer.from(base64, 'base64')
      bytes[0] = (bytes[0] ?? 0) ^ 1
      return bytes.toString('base64')
    }
    expect(await failure(unseal(changed((content) => { content.data = flipped(content.data) }), pass))).toMatchObject({ code: 'damaged' })
    expect(await failure(unseal(changed((content) => { content.cipher.tag = flipped(content.cipher.tag) }), pass))).toMatchObject({ code: 'damaged' })
  })

  it.each([
    ['cost that takes gigabytes', { N: 2 ** 20, r: 32 }],
    ['cost that protects nothing', { N: 2 }],
    ['cost that is no number', { N: '131072' }],
    ['another derivation', { name: 'md5' }],
  ])('a header that asks for %s is refused before anything is derived', async (_what, kdf) => {
    const content = JSON.parse(text) as { kdf: object }
    expect(await failure(unseal(JSON.stringify({ ...content, kdf: { ...content.kdf, ...kdf } }), pass))).toMatchObject({ code: 'damaged' })
  })

  it('a passphrase below 8 characters is refused', async () => {
    expect(problemOfPassphrase('sevench')).toBe('The passphrase is too short. Use at least 8 characters, better several words.')
    expect(problemOfPassphrase('eightchr')).toBeNull()
    expect(await failure(seal('x', new Secret('short')))).toMatchObject({ code: 'passphrase' })
  })
})
