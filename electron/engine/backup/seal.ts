/** Keys under a passphrase: scrypt makes the key, AES-256-GCM seals and proves. Parameters stand in the header, the passphrase nowhere. */
import { createCipheriv, createDecipheriv, randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'
import { z } from 'zod'
import type { Secret } from '../settings/secret.ts'
import { BackupError, damaged } from './format.ts'

/** 128 MB and some tenths of a second for each guess: what OWASP names for scrypt. */
const COST = { N: 2 ** 17, r: 8, p: 1 } as const
/** A hostile header must not ask for more. Bytes of memory that scrypt takes are 128 * N * r. */
const MOST_MEMORY = 512 * 1024 * 1024
const KEY_BYTES = 32
/** Part of the derived bytes, kept in the header: tells a wrong passphrase from a changed file, and costs a guesser the same. */
const CHECK_BYTES = 16
export const SHORTEST_PASSPHRASE = 8

const base64 = (bytes: number) => z.base64().refine((text) => Buffer.from(text, 'base64').length === bytes)
const sealed = z.strictObject({
  kdf: z.strictObject({ name: z.literal('scrypt'), N: z.number().int().min(2 ** 14).max(2 ** 20), r: z.number().int().min(8).max(32), p: z.number().int().min(1).max(4), salt: base64(16) }),
  check: base64(CHECK_BYTES),
  cipher: z.strictObject({ name: z.literal('aes-256-gcm'), nonce: base64(12), tag: base64(16) }),
  data: z.base64(),
})

/** @returns JSON text. @throws BackupError 'passphrase' when it is too short */
export async function seal(text: string, passphrase: Secret): Promise<string> {
  const problem = problemOfPassphrase(passphrase.reveal())
  if (problem !== null) throw new BackupError('passphrase', problem)
  const salt = randomBytes(16)
  const { key, check } = await derive(passphrase, salt, COST)
  const nonce = randomBytes(12)
  const kdf = { name: 'scrypt', ...COST, salt: salt.toString('base64') }
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(kdf))
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return `${JSON.stringify({
    kdf, check: check.toString('base64'),
    cipher: { name: 'aes-256-gcm', nonce: nonce.toString('base64'), tag: cipher.getAuthTag().toString('base64') },
    data: data.toString('base64'),
  }, null, 2)}\n`
}

/** @throws BackupError 'passphrase' when it is the wrong one, 'damaged' when the sealed text was changed */
export async function unseal(text: string, passphrase: Secret): Promise<string> {
  const { kdf, check, cipher, data } = parse(text)
  const { N, r, p } = kdf
  const derived = await derive(passphrase, Buffer.from(kdf.salt, 'base64'), { N, r, p })
  if (!timingSafeEqual(derived.check, Buffer.from(check, 'base64'))) throw new BackupError('passphrase', 'The passphrase is not the one this backup was made with. Nothing was changed. Try again, or restore without the keys.')
  try {
    const decipher = createDecipheriv('aes-256-gcm', derived.key, Buffer.from(cipher.nonce, 'base64')).setAAD(boundTo(kdf)).setAuthTag(Buffer.from(cipher.tag, 'base64'))
    return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8')
  } catch (error) {
    throw damaged('its sealed part was changed', error)
  }
}

/** Why this can't be a passphrase; null = it can. */
export function problemOfPassphrase(text: string): string | null {
  return [...text.normalize('NFC')].length < SHORTEST_PASSPHRASE ? `The passphrase is too short. Use at least ${SHORTEST_PASSPHRASE} characters, better several words.` : null
}

function parse(text: string): z.infer<typeof sealed> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw damaged('its sealed part can\'t be read', error)
  }
  const read = sealed.safeParse(value)
  if (!read.success || 128 * read.data.kdf.N * read.data.kdf.r > MOST_MEMORY) throw damaged('its sealed part is not as Printbell writes it')
  return read.data
}

/** Whoever changes the parameters breaks the seal. */
function boundTo(kdf: { name: string; N: number; r: number; p: number; salt: string }): Buffer {
  return Buffer.from(JSON.stringify(['printbell-sealed', kdf.name, kdf.N, kdf.r, kdf.p, kdf.salt]))
}

async function derive(passphrase: Secret, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<{ key: Buffer; check: Buffer }> {
  const options: ScryptOptions = { ...cost, maxmem: 128 * cost.N * cost.r + 64 * 1024 * 1024 }
  // The same letter can be typed as one character or as two.
  const text = passphrase.reveal().normalize('NFC')
  const bytes = await new Promise<Buffer>((done, fail) => {
    scrypt(text, salt, KEY_BYTES + CHECK_BYTES, options, (error, derived) => (error ? fail(error) : done(derived)))
  })
  return { key: bytes.subarray(0, KEY_BYTES), check: bytes.subarray(KEY_BYTES) }
}
