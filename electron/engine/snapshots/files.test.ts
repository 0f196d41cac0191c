import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeJpeg } from '../simulator/jpeg.ts'
import { PictureStore, safeName } from './files.ts'

const JPEG = encodeJpeg({ width: 24, height: 16, rgb: new Uint8Array(24 * 16 * 3).fill(90) })
let root = ''
let dir = ''

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'printbell-files-'))
  dir = join(root, 'snapshots')
})
afterEach(() => rm(root, { recursive: true, force: true }))

const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8)

describe('pictures on disk', () => {
  it('lie as <printer>/<event>.jpg, readable by their owner only, with nothing beside them', async () => {
    const file = await new PictureStore(dir).write('p1', '01HEVENT', JPEG, 1_700_000_000_000)
    expect(file).toBe(join(dir, 'p1', '01HEVENT.jpg'))
    expect(await readdir(join(dir, 'p1'))).toEqual(['01HEVENT.jpg'])
    expect(Buffer.from(JPEG).equals(await readFile(file))).toBe(true)
    if (process.platform !== 'win32') expect([await mode(dir), await mode(join(dir, 'p1')), await mode(file)]).toEqual(['700', '700', '600'])
  })

  it('narrow a folder that was open to others', async () => {
    await mkdir(join(dir, 'p1'), { recursive: true, mode: 0o755 })
    await new PictureStore(dir).write('p1', 'e', JPEG, 1)
    if (process.platform !== 'win32') expect(await mode(join(dir, 'p1'))).toBe('700')
  })

  it('come back with size and time', async () => {
    const store = new PictureStore(dir)
    const file = await store.write('p1', 'e', JPEG, 1_700_000_000_123)
    const picture = await store.load(file)
    expect(picture).toMatchObject({ file, width: 24, height: 16, takenAt: 1_700_000_000_123 })
    expect(Buffer.from(JPEG).equals(Buffer.from(picture?.jpeg ?? []))).toBe(true)
    expect(await store.load(join('p1', 'e.jpg'))).toMatchObject({ file })
  })

  it('are null when gone, damaged or outside', async () => {
    const store = new PictureStore(dir)
    await store.write('p1', 'e', JPEG, 1)
    await writeFile(join(dir, 'p1', 'bad.jpg'), 'junk')
    await writeFile(join(root, 'outside.jpg'), JPEG)
    expect(await store.load(join(dir, 'p1', 'gone.jpg'))).toBeNull()
    expect(await store.load(join(dir, 'p1', 'bad.jpg'))).toBeNull()
    expect(await store.load(join(root, 'outside.jpg'))).toBeNull()
    expect(await store.load('../outside.jpg')).toBeNull()
    expect(await store.load('')).toBeNull()
  })

  it('are removed once and again, but never outside', async () => {
    const store = new PictureStore(dir)
    const file = await store.write('p1', 'e', JPEG, 1)
    await writeFile(join(root, 'outside.jpg'), JPEG)
    await store.remove(file)
    await store.remove(file)
    await store.remove(join(root, 'outside.jpg'))
    expect(await readdir(join(dir, 'p1'))).toEqual([])
    expect(await readdir(root)).toContain('outside.jpg')
  })

  it('leave no half file when the disk refuses, and sweep away what a killed run left', async () => {
    await mkdir(join(dir, 'p1', 'e.jpg'), { recursive: true })
    await writeFile(join(dir, 'p1', 'old.jpg.99999-1.part'), 'half')
    await expect(new PictureStore(dir).write('p1', 'e', JPEG, 1)).rejects.toThrow()
    expect(await readdir(join(dir, 'p1'))).toEqual(['e.jpg'])
  })
})

describe('safeName', () => {
  it.each([
    ['01HZX8-ab_C', '01HZX8-ab_C'],
    ['a/b', 'a_b_c14cddc0'],
    ['..', '___5ec1f7e7'],
    ['CON', 'CON_a3dbc4b6'],
    ['', '_e3b0c442'],
  ])('makes %j %j', (id, name) => {
    expect(safeName(id)).toBe(name)
  })

  it('keeps names apart that look the same, and short', () => {
    expect(safeName('a/b')).not.toBe(safeName('a_b'))
    expect(safeName('x'.repeat(500)).length).toBeLessThanOrEqual(90)
  })
})
