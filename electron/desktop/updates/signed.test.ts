import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { plainNotes, readList, releaseOf } from './signed.ts'

const ours = generateKeyPairSync('ed25519')
const theirs = generateKeyPairSync('ed25519')
const LIST = `list: latest-linux.yml
version: 1.2.3
files:
  - url: Printbell-1.2.3.AppImage
    sha512: ${Buffer.alloc(64, 7).toString('base64')}
    size: 1000
releaseDate: '2026-01-14T10:00:00.000Z'
`
const signature = (text: string, key = ours.privateKey): Buffer => Buffer.from(`${sign(null, Buffer.from(text), key).toString('base64')}\n`)
const read = (text: string, signed: Buffer | null = signature(text), name = 'latest-linux.yml') => readList(Buffer.from(text), signed, ours.publicKey, { name, host: 'updates.example.org', parse: (yaml) => parse(yaml) as unknown })

describe('a list of versions', () => {
  it('is read when its signature holds', () => {
    expect(read(LIST)).toMatchObject({ version: '1.2.3', files: [{ url: 'Printbell-1.2.3.AppImage', size: 1000 }] })
  })

  it('is not even looked into when it does not', () => {
    const parsed: string[] = []
    const look = (signed: Buffer | null) => () => readList(Buffer.from(LIST), signed, ours.publicKey, { name: 'latest-linux.yml', host: 'updates.example.org', parse: (text) => parsed.push(text) })
    expect(look(null)).toThrow('The list of versions at updates.example.org is not signed, so nothing of it is taken. Check the address; of a mirror, copy the .sig files too.')
    const forged = 'The list of versions at updates.example.org is not signed by the makers of Printbell, so nothing of it is taken. Check the address; if it is right, somebody changed the list there.'
    for (const signed of [signature(LIST, theirs.privateKey), signature(`${LIST} `), Buffer.from(''), Buffer.from('<html>'), Buffer.alloc(64), signature(LIST).subarray(4)]) expect(look(signed)).toThrow(forged)
    expect(parsed).toEqual([])
  })

  it('of another system is not taken under this one\'s name', () => {
    expect(() => read(LIST, undefined, 'latest.yml')).toThrow('updates.example.org gives latest-linux.yml out as latest.yml, so nothing of it is taken. Check the address.')
  })

  it.each([
    ['no YAML', ': ['], ['nothing', ''], ['no files', LIST.replace(/files:[^]*size: 1000\n/, 'files: []\n')], ['no checksum', LIST.replace(/ +sha512.*\n/, '')], ['no size', LIST.replace(/ +size.*\n/, '')],
    ['no name of its own', LIST.replace(/^list.*\n/, '')], ['no version', LIST.replace('1.2.3\n', 'newest\n')], ['a percentage that is none', `${LIST}stagingPercentage: 200\n`],
  ])('with %s is not understood, though it is signed', (_what, text) => {
    expect(() => read(text)).toThrow('This version of Printbell does not understand the list of versions at updates.example.org. Get the newer version by hand.')
  })

  it('tells people its version, time and notes', () => {
    expect(releaseOf(read(`${LIST}releaseNotes: |\n  - A **bell**.\n  - A tray.\n`))).toEqual({ version: '1.2.3', releasedAt: Date.UTC(2026, 0, 14, 10), notes: 'A bell.\nA tray.' })
    expect(releaseOf(read(LIST.replace(/releaseDate.*\n/, '')))).toEqual({ version: '1.2.3', releasedAt: null, notes: '' })
    expect(releaseOf(read(LIST.replace(/releaseDate.*/, 'releaseDate: soon'))).releasedAt).toBeNull()
  })
})

describe('the notes of a release', () => {
  it('are one change a line, without the marks of a changelog', () => {
    expect(plainNotes('### What is new\n\n- The `tray` speaks German, and\n  French ([more](docs/languages.md)).\n- **Updates**: off unless you turn them on.\n* A third.\n\nThank you.\n')).toBe(
      'What is new\nThe tray speaks German, and French (more).\nUpdates: off unless you turn them on.\nA third.\nThank you.',
    )
  })
  it('of nothing are nothing, and of a book its beginning', () => {
    expect(plainNotes('\n \n')).toBe('')
    expect(plainNotes(`- ${'x'.repeat(50_000)}`)).toHaveLength(19_998)
  })
  it('show no control characters', () => {
    expect([...plainNotes('- a\u0007b\u001b[31mc')].filter((character) => character < ' ')).toEqual([])
  })
})
