import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { T0 } from '../history/test-support.ts'
import { inspectBackup } from './restore.ts'
import { backup, failure, fill, hostile, inThisThread, makeDesk, SETTINGS, stage, type TestDesk } from './test-support.ts'

let from: TestDesk
let to: TestDesk
let file: string
beforeEach(() => {
  from = makeDesk(SETTINGS)
  to = makeDesk()
  file = join(from.folder, 'backup.tar.gz')
})
afterEach(() => {
  from.remove()
  to.remove()
})

const MANIFEST = {
  format: 'printbell-backup', version: 1, madeBy: '0.1.0', madeAt: T0, settings: { version: 1, printers: 0, destinations: 0 }, history: null,
  pictures: null, sealed: false,
}
const sum = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex')
type Part = { path: string; bytes: string | Buffer; type?: 'SymbolicLink' | 'Link' | 'Directory' | 'CharacterDevice'; linkpath?: string }

/** A file with this manifest, empty settings and these parts, its checksums right. */
async function send(parts: readonly Part[], manifest: object = MANIFEST, settings = '{ "version": 1 }'): Promise<void> {
  const all: Part[] = [{ path: 'printbell-backup.json', bytes: JSON.stringify(manifest) }, { path: 'settings.json', bytes: settings }, ...parts]
  const sums = all.map(({ path, bytes }) => `${sum(bytes)}  ${path}\n`).join('')
  writeFileSync(file, await hostile([...all, { path: 'SHA256SUMS', bytes: sums }].map(({ bytes, ...header }) => ({ header, bytes }))))
}

/** Null = it can't be unpacked. */
function unpacked(bytes: Buffer): Buffer | null {
  try {
    return gunzipSync(bytes)
  } catch {
    return null
  }
}

/** What is said, and that the folder is as empty as before. */
async function refused(): Promise<{ code: string; message: string }> {
  const { code, message } = await failure(stage(to, file))
  expect(readdirSync(to.places.data)).toEqual([])
  expect(readdirSync(join(to.folder, 'config'))).toEqual([])
  expect(readdirSync(to.folder).sort()).toEqual(['config', 'data'])
  return { code, message }
}

describe('a file that is no backup', () => {
  it.each([
    ['empty', Buffer.alloc(0)],
    ['a picture', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
    ['gzip of something else', gzipSync('hello '.repeat(1_000))],
    ['gzip of nothing', gzipSync('')],
  ])('%s: is told as such', async (_what, bytes) => {
    writeFileSync(file, bytes)
    expect(await refused()).toEqual({ code: 'not_a_backup', message: 'This file is not a backup of Printbell. Choose one that "Back up" or the command "backup" made.' })
  })

  it('another program\'s tar.gz is told as such', async () => {
    execFileSync('tar', ['-czf', file, '-C', from.folder, 'config'])
    expect((await refused()).code).toBe('not_a_backup')
  })

  it('one that is not there is told by name', async () => {
    expect((await refused()).message).toBe(`${file} is not there. Check the name and try again.`)
  })

  it('a folder is told as such', async () => {
    expect(await failure(inspectBackup(from.folder, inThisThread, new AbortController().signal))).toMatchObject({ code: 'not_a_backup' })
  })
})

describe('a damaged backup', () => {
  it('cut at any place is refused, and nothing is left of it', async () => {
    fill(from)
    await backup(from, file, { withPictures: true })
    const whole = readFileSync(file)
    for (const part of [0.05, 0.3, 0.6, 0.9, 0.999]) {
      writeFileSync(file, whole.subarray(0, Math.floor(whole.length * part)))
      expect(['damaged', 'not_a_backup']).toContain((await refused()).code)
    }
    expect((await refused()).message).toBe('The backup is damaged: it is cut short or was changed. Nothing was changed. Copy the file anew from where it was kept, or use another backup.')
  })

  it('with a changed byte anywhere is refused', async () => {
    fill(from)
    await backup(from, file, { withPictures: true })
    const whole = readFileSync(file)
    for (let at = 12; at < whole.length; at += Math.ceil(whole.length / 40)) {
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] ?? 0) ^ 0x10
      // Bits that only fill up a byte (RFC 1951, 3.2.4) mean nothing: such a file holds what it held.
      if (unpacked(changed)?.equals(gunzipSync(whole))) continue
      writeFileSync(file, changed)
      expect(['damaged', 'not_a_backup', 'newer']).toContain((await refused()).code)
    }
  })

  it('whose content was exchanged, with the container sound, is refused by its checksums', async () => {
    const settings = '{ "version": 1, "notifyMyself": true }'
    writeFileSync(file, await hostile([
      { header: { path: 'printbell-backup.json' }, bytes: JSON.stringify(MANIFEST) }, { header: { path: 'settings.json' }, bytes: settings },
      { header: { path: 'SHA256SUMS' }, bytes: `${sum(JSON.stringify(MANIFEST))}  printbell-backup.json\n${sum('{ "version": 1 }')}  settings.json\n` },
    ]))
    expect((await refused()).message).toContain('"settings.json" in it was changed')
  })

  it('without checksums, or with a part that they name and that is missing, is refused', async () => {
    const head = [{ header: { path: 'printbell-backup.json' }, bytes: JSON.stringify(MANIFEST) }, { header: { path: 'settings.json' }, bytes: '{ "version": 1 }' }]
    writeFileSync(file, await hostile(head))
    expect((await refused()).message).toContain('its end is missing')
    writeFileSync(file, await hostile([...head, { header: { path: 'SHA256SUMS' }, bytes: `${sum(JSON.stringify(MANIFEST))}  printbell-backup.json\n${sum('{ "version": 1 }')}  settings.json\n${sum('')}  printbell.db\n` }]))
    expect((await refused()).message).toContain('"printbell.db" is missing in it')
  })
})

describe('a newer backup', () => {
  it.each([
    ['container', { version: 2 }, 'the file is of version 2, this Printbell knows 1'],
    ['settings', { settings: { version: 99, printers: 0, destinations: 0 } }, 'its settings are of version 99'],
    ['history', { history: { version: 99, events: 0, bytes: 0 } }, 'its history is of version 99'],
  ])('is refused by name: %s', async (_what, over, why) => {
    await send([], { ...MANIFEST, madeBy: '7.3.0', ...over })
    const { code, message } = await refused()
    expect(code).toBe('newer')
    expect(message).toMatch(/^The backup was made by a newer Printbell \(7\.3\.0\): /)
    expect(message).toContain(why)
    expect(message).toContain('Update Printbell')
  })
})

describe('a hostile backup', () => {
  const withPictures = { ...MANIFEST, pictures: { count: 2, bytes: 100 } }

  it.each([
    'pictures/../../../evil.jpg', 'pictures/p1/../../../evil.jpg', '../evil.jpg', 'pictures/p1/sub/evil.jpg', 'pictures/evil.jpg', 'pictures/p1/evil.sh', 'pictures/p1/.jpg', 'pictures/p1\\..\\evil.jpg', 'evil.db',
    'channels/evil/channel.json',
  ])('a part called %s is refused, and written nowhere', async (path) => {
    await send([{ path, bytes: 'x' }], withPictures)
    expect((await refused()).message).toContain('does not belong into it')
    expect(existsSync(join(to.folder, 'evil.jpg'))).toBe(false)
  })

  it.each([
    ['a symbolic link', { path: 'pictures/p1/a.jpg', bytes: '', type: 'SymbolicLink', linkpath: '/etc/passwd' }],
    ['a hard link', { path: 'pictures/p1/a.jpg', bytes: '', type: 'Link', linkpath: '/etc/passwd' }],
    ['a folder', { path: 'pictures/p1/', bytes: '', type: 'Directory' }],
    ['a device', { path: 'pictures/p1/a.jpg', bytes: '', type: 'CharacterDevice' }],
  ] as const)('%s in it is refused', async (_what, part) => {
    await send([part], withPictures)
    expect((await refused()).message).toContain('is no plain file')
  })

  it('more pictures, or larger ones, than it announced are refused', async () => {
    await send(['a', 'b', 'c'].map((name) => ({ path: `pictures/p1/${name}.jpg`, bytes: 'x' })), withPictures)
    expect((await refused()).message).toContain('"pictures/p1/c.jpg" (1 bytes) does not belong into it')
    await send([{ path: 'pictures/p1/a.jpg', bytes: 'x'.repeat(101) }], withPictures)
    expect((await refused()).message).toContain('(101 bytes) does not belong into it')
  })

  it('a history of another size than it announced, or unannounced, is refused', async () => {
    await send([{ path: 'printbell.db', bytes: 'x'.repeat(200) }], { ...MANIFEST, history: { version: 1, events: 0, bytes: 100 } })
    expect((await refused()).message).toContain('"printbell.db" (200 bytes) does not belong into it')
    await send([{ path: 'printbell.db', bytes: 'x' }])
    expect((await refused()).code).toBe('damaged')
  })

  it('a size that no disk has is refused before anything is written', async () => {
    await send([], { ...MANIFEST, history: { version: 1, events: 0, bytes: Number.MAX_SAFE_INTEGER } })
    const { code, message } = await refused()
    expect(code).toBe('no_room')
    expect(message).toMatch(/^The backup needs [\d.]+ GB, and .+ has [\d.]+ GB left\. Nothing was changed\./)
  })

  it('the same part twice is refused', async () => {
    await send([{ path: 'settings.json', bytes: '{ "version": 1 }' }])
    expect((await refused()).message).toContain('"settings.json" stands in it twice')
  })

  it('a manifest that is larger than any is refused unread', async () => {
    writeFileSync(file, await hostile([{ header: { path: 'printbell-backup.json' }, bytes: JSON.stringify({ ...MANIFEST, more: 'x'.repeat(100_000) }) }]))
    expect((await refused()).message).toContain('"printbell-backup.json" in it is too large')
  })

  it('settings that can\'t be used are refused with everything that is wrong', async () => {
    await send([], MANIFEST, '{ "version": 1, "printers": [ { "id": "p 1" } ] }')
    expect((await refused()).message).toContain('printers[0].id')
  })

  const announce = (bytes: Buffer): object => ({ ...MANIFEST, history: { version: 1, events: 0, bytes: bytes.length } })

  it('a history that is no database, another program\'s, or torn is refused', async () => {
    const shopping = Buffer.from('a shopping list '.repeat(500))
    await send([{ path: 'printbell.db', bytes: shopping }], announce(shopping))
    expect((await refused()).code).toBe('damaged')
    const other = join(from.folder, 'other.db')
    const sqlite = new DatabaseSync(other)
    sqlite.exec('CREATE TABLE notes (x)')
    sqlite.close()
    await send([{ path: 'printbell.db', bytes: readFileSync(other) }], announce(readFileSync(other)))
    expect((await refused()).code).toBe('damaged')
    fill(from)
    const torn = readFileSync(from.places.database)
    torn.fill(0xa5, 8_192, 16_384)
    await send([{ path: 'printbell.db', bytes: torn }], announce(torn))
    expect((await refused()).message).toMatch(/its history (is not whole|can't be used)/)
  })

  it('a history that brings triggers of its own is refused', async () => {
    fill(from)
    const sqlite = new DatabaseSync(from.places.database)
    sqlite.exec("CREATE TRIGGER evil AFTER UPDATE ON outbox BEGIN UPDATE outbox SET state = 'waiting'; END; PRAGMA wal_checkpoint(TRUNCATE)")
    sqlite.close()
    const bytes = readFileSync(from.places.database)
    await send([{ path: 'printbell.db', bytes }], announce(bytes))
    expect((await refused()).message).toContain('its history is not as Printbell makes it')
  })
})

describe('an older backup', () => {
  it.each([1, 2, 3, 4, 5, 6])('with a history of version %i is brought up to date', async (version) => {
    const old = join(from.folder, 'old.db')
    const sqlite = new DatabaseSync(old)
    sqlite.exec(readFileSync(new URL(`../history/fixtures/v${version}.sql`, import.meta.url), 'utf8'))
    sqlite.close()
    const bytes = readFileSync(old)
    await send([{ path: 'printbell.db', bytes }], { ...MANIFEST, history: { version, events: 1, bytes: bytes.length } })
    const staged = await stage(to, file)
    expect(staged.history?.events).toBeGreaterThan(0)
    await staged.drop()
  })
})
