import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { privateKeyOf, publicText, signUpdates } from '../sign-updates.mjs'
import { root } from './paths.mjs'
import { run } from './run.mjs'

let folder
const { privateKey: key, publicKey } = generateKeyPairSync('ed25519')
const now = new Date(Date.UTC(2026, 11, 1, 9))
const put = (...names) => names.forEach((name) => writeFileSync(join(folder, name), `bytes of ${name}`))
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'))
const holds = (name) => verify(null, readFileSync(join(folder, name)), publicKey, Buffer.from(readFileSync(join(folder, `${name}.sig`), 'utf8'), 'base64'))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'printbell-sign-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the lists of a release', () => {
  it('are one for each system, with what renews itself there, and each is signed', async () => {
    put('Printbell-1.2.3.AppImage', 'Printbell-1.2.3-arm64.AppImage', 'printbell_1.2.3_amd64.deb', 'printbell-1.2.3.tar.gz', 'Printbell-Setup-1.2.3.exe', 'Printbell-1.2.3-arm64-mac.zip', 'Printbell-1.2.3-mac.zip', 'Printbell-1.2.3.dmg', 'SHA256SUMS')
    expect((await signUpdates(folder, { version: '1.2.3', key, now, notes: '- A bell.' })).sort()).toEqual(['latest-linux-arm64.yml', 'latest-linux.yml', 'latest-mac.yml', 'latest.yml'])
    expect(read('latest-linux.yml')).toEqual({
      list: 'latest-linux.yml', version: '1.2.3', releaseDate: '2026-12-01T09:00:00.000Z', releaseNotes: '- A bell.',
      files: [{ url: 'Printbell-1.2.3.AppImage', sha512: createHash('sha512').update('bytes of Printbell-1.2.3.AppImage').digest('base64'), size: 33 }],
    })
    expect(read('latest-mac.yml').files.map(({ url }) => url)).toEqual(['Printbell-1.2.3-arm64-mac.zip', 'Printbell-1.2.3-mac.zip'])
    expect(read('latest.yml').files.map(({ url }) => url)).toEqual(['Printbell-Setup-1.2.3.exe'])
    for (const name of ['latest-linux-arm64.yml', 'latest-linux.yml', 'latest-mac.yml', 'latest.yml']) expect([name, holds(name)]).toEqual([name, true])
  })

  it('go to a part of all first, and to more by signing them anew without the packages', async () => {
    put('Printbell-1.2.3.AppImage')
    await signUpdates(folder, { version: '1.2.3', key, now, percent: 10 })
    const first = read('latest-linux.yml')
    expect(first.stagingPercentage).toBe(10)
    rmSync(join(folder, 'Printbell-1.2.3.AppImage'))
    expect(await signUpdates(folder, { version: '9.9.9', key, now: new Date(), percent: 50 })).toEqual(['latest-linux.yml'])
    expect(read('latest-linux.yml')).toEqual({ ...first, stagingPercentage: 50 })
    expect(holds('latest-linux.yml')).toBe(true)
    await signUpdates(folder, { version: '1.2.3', key, now, percent: 100 })
    expect(read('latest-linux.yml').stagingPercentage).toBeUndefined()
  })

  it('are refused for what does not fit', async () => {
    await expect(signUpdates(folder, { version: '1.2.3', key, now })).rejects.toThrow('There is nothing in')
    put('Printbell-1.2.2.AppImage')
    await expect(signUpdates(folder, { version: '1.2.3', key, now })).rejects.toThrow('Printbell-1.2.2.AppImage is not of version 1.2.3. Take away what is left of other versions.')
    for (const percent of [-1, 101, 1.5, Number.NaN]) await expect(signUpdates(folder, { version: '1.2.2', key, now, percent })).rejects.toThrow('Give --percent a whole number from 0 to 100')
    expect(readdirSync(folder)).toEqual(['Printbell-1.2.2.AppImage'])
  })
})

describe('the keys', () => {
  it('are made as a pair, the private one for its owner only, and never over another one', async () => {
    const file = join(folder, 'key.pem')
    const make = () => run(process.execPath, [join(root, 'scripts/sign-updates.mjs'), '--new-key', file])
    const { status, output } = await make()
    expect(status).toBe(0)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(publicText(privateKeyOf(readFileSync(file, 'utf8')))).toBe(output.trim())
    expect(createPublicKey({ key: Buffer.from(output, 'base64'), format: 'der', type: 'spki' }).asymmetricKeyType).toBe('ed25519')
    expect((await make()).status).toBe(1)
  })

  it('are read as PEM and as base64, and no others are', () => {
    expect(publicText(privateKeyOf(key.export({ format: 'der', type: 'pkcs8' }).toString('base64')))).toBe(publicText(publicKey))
    expect(() => privateKeyOf('')).toThrow('There is no key to sign with.')
    expect(() => privateKeyOf('rubbish')).toThrow('can not be read')
    expect(() => privateKeyOf(generateKeyPairSync('x25519').privateKey.export({ format: 'pem', type: 'pkcs8' }))).toThrow('is one of x25519')
  })

  it('that do not fit what the builds carry sign nothing', async () => {
    put('Printbell-1.2.3.AppImage')
    const { status, output } = await run(process.execPath, [join(root, 'scripts/sign-updates.mjs'), folder], {
      env: { ...process.env, PRINTBELL_UPDATES_PRIVATE_KEY: key.export({ format: 'pem', type: 'pkcs8' }), PRINTBELL_UPDATES_KEY: publicText(generateKeyPairSync('ed25519').publicKey) },
    })
    expect([status, output]).toEqual([1, 'The private key does not fit PRINTBELL_UPDATES_KEY, which the builds carry: they would take nothing that it signs. Use the right one.\n'])
    expect(readdirSync(folder)).toEqual(['Printbell-1.2.3.AppImage'])
  })
})
