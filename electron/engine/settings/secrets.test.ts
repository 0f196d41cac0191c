import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { memoryLog } from '../../../test/support/log.ts'
import type { SecretRef } from '../ports.ts'
import { headlessSecrets } from './secrets.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'printbell-secrets-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const log = memoryLog()
const store = (platform: NodeJS.Platform = 'linux') => headlessSecrets({ env: { KEY: 'CANARY-env', EMPTY: '' }, base: folder, log, platform })
const valueOf = async (ref: SecretRef) => (await store().resolve(ref)).reveal()
beforeEach(() => {
  log.lines.length = 0
})

test('an environment variable gives its value as it is', async () => {
  expect(await valueOf({ env: 'KEY' })).toBe('CANARY-env')
})

test('a file gives its text without the one newline at its end', async () => {
  writeFileSync(join(folder, 'key'), ' ab\ncd\r\n', { mode: 0o600 })
  writeFileSync(join(folder, 'two'), 'x\n\n', { mode: 0o600 })
  expect(await valueOf({ file: 'key' })).toBe(' ab\ncd')
  expect(await valueOf({ file: join(folder, 'two') })).toBe('x\n')
  expect(log.lines).toEqual([])
})

test.each<[string, SecretRef, string]>([
  ['a variable that is not set', { env: 'OCTO_KEY' }, 'The environment variable OCTO_KEY is not set. Set it for the process that runs Printbell.'],
  ['an empty variable', { env: 'EMPTY' }, 'The environment variable EMPTY is empty. Put the secret into it.'],
  ['a missing file', { file: 'nope' }, 'The secret file FOLDER/nope does not exist. Create it, readable only for the user that runs Printbell.'],
  ['an empty file', { file: 'empty' }, 'The secret file FOLDER/empty is empty. Put the secret into it.'],
  ['a folder', { file: 'sub' }, 'The secret file FOLDER/sub is not a file. Name a file that holds nothing but the secret.'],
  ['a picture', { file: 'big' }, 'The secret file FOLDER/big is larger than 64 KB. Name a file that holds nothing but the secret.'],
  ['the key store', { store: 'octo' }, 'The secret "octo" lies in the desktop app\'s key store, which the headless engine cannot open. Refer to it by { "env": "NAME" } or { "file": "/path" } instead.'],
])('%s is refused with the cure', async (_name, ref, expected) => {
  writeFileSync(join(folder, 'empty'), '\n')
  writeFileSync(join(folder, 'big'), 'CANARY'.repeat(20_000))
  mkdirSync(join(folder, 'sub'))
  await expect(store().resolve(ref)).rejects.toThrow(expected.replace('FOLDER', folder))
})

test('a file that others may read works, and is warned of once', async () => {
  const file = join(folder, 'key')
  writeFileSync(file, 'CANARY-file')
  chmodSync(file, 0o640)
  const secrets = store()
  await secrets.resolve({ file })
  await secrets.resolve({ file })
  expect(log.lines).toEqual([{ level: 'warn', message: 'a secret file is open to other users of this computer', fields: { file, cure: `chmod 600 ${file}` } }])
  log.lines.length = 0
  await store('win32').resolve({ file })
  expect(log.lines).toEqual([])
})

test('a changed file counts at the next look', async () => {
  const file = join(folder, 'key')
  writeFileSync(file, 'one', { mode: 0o600 })
  const secrets = store()
  expect((await secrets.resolve({ file })).reveal()).toBe('one')
  writeFileSync(file, 'two')
  expect((await secrets.resolve({ file })).reveal()).toBe('two')
})
