import { createHash } from 'node:crypto'
import { chmod, link, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cannotTake, clearBeside, layBeside, mustBe, takePlace } from './swap.ts'

let folder: string
let target: string
let from: string
const sha512 = createHash('sha512').update('the new one').digest('base64')
const lay = (change: Partial<Parameters<typeof layBeside>[0]> = {}) => layBeside({ from, target, sha512, signal: new AbortController().signal, ...change })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'printbell-swap-'))
  target = join(folder, 'My Printbell 1.0.0.AppImage')
  from = join(folder, 'download')
  await writeFile(target, 'the old one')
  // More than a new file would get.
  await chmod(target, 0o777)
  await writeFile(from, 'the new one', { mode: 0o600 })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the new AppImage', () => {
  it('is laid beside the old one, which is not touched', async () => {
    await lay()
    expect((await readdir(folder)).sort()).toEqual(['.My Printbell 1.0.0.AppImage.new', 'My Printbell 1.0.0.AppImage', 'download'])
    expect(await readFile(target, 'utf8')).toBe('the old one')
  })

  it('takes its place under its name and with its mode; who has the old one open keeps it', async () => {
    await link(target, join(folder, 'held'))
    takePlace(await lay())
    expect(await readFile(target, 'utf8')).toBe('the new one')
    expect((await stat(target)).mode & 0o777).toBe(0o777)
    expect(await readFile(join(folder, 'held'), 'utf8')).toBe('the old one')
    expect((await readdir(folder)).sort()).toEqual(['My Printbell 1.0.0.AppImage', 'download', 'held'])
  })

  it('takes the place of the file behind a link', async () => {
    const named = join(folder, 'printbell')
    await symlink(target, named)
    takePlace(await lay({ target: named }))
    expect(await readFile(target, 'utf8')).toBe('the new one')
    expect(await readFile(named, 'utf8')).toBe('the new one')
  })

  it('is laid again over what an earlier try left', async () => {
    await writeFile(join(folder, '.My Printbell 1.0.0.AppImage.new'), 'half of it, and much more of something else')
    takePlace(await lay())
    expect(await readFile(target, 'utf8')).toBe('the new one')
  })

  it('that is another one by now is not installed, and nothing is left of it', async () => {
    await writeFile(from, 'the new oen')
    await expect(lay()).rejects.toThrow('The downloaded file is another one by now, so it is not installed. Printbell downloads it again.')
    expect((await readdir(folder)).sort()).toEqual(['My Printbell 1.0.0.AppImage', 'download'])
    expect(await readFile(target, 'utf8')).toBe('the old one')
  })

  it('that is not wanted after all is taken away', async () => {
    await lay()
    await clearBeside(target)
    expect((await readdir(folder)).sort()).toEqual(['My Printbell 1.0.0.AppImage', 'download'])
    await clearBeside(join(folder, 'nothing here'))
  })

  it('is looked at once more where an installer takes it', async () => {
    const { signal } = new AbortController()
    await mustBe({ from, sha512 }, signal)
    await writeFile(from, 'the new oen')
    await expect(mustBe({ from, sha512 }, signal)).rejects.toThrow('The downloaded file is another one by now')
    await rm(from)
    await expect(mustBe({ from, sha512 }, signal)).rejects.toThrow('The download is gone')
  })

  it('is given up when somebody says so', async () => {
    await expect(lay({ signal: AbortSignal.abort(new Error('given up')) })).rejects.toThrow('given up')
    expect((await readdir(folder)).sort()).toEqual(['My Printbell 1.0.0.AppImage', 'download'])
  })

  it('says so when the old one is gone', async () => {
    await rm(target)
    await expect(lay()).rejects.toThrow('My Printbell 1.0.0.AppImage is no longer where it was started from. Start Printbell from where it lies now.')
  })

  it('says so when the download is gone', async () => {
    await rm(from)
    await expect(lay()).rejects.toThrow('The download is gone, so it is not installed. Printbell downloads it again.')
    expect(await readFile(target, 'utf8')).toBe('the old one')
  })

  it.each([
    ['EACCES', 'The new version can\'t be written into /opt/apps. Move the AppImage into a folder of your own, or put the new version there by hand.'],
    ['EROFS', 'The new version can\'t be written into /opt/apps. Move the AppImage into a folder of your own, or put the new version there by hand.'],
    ['ENOSPC', 'There is no space for the new version in /opt/apps. Make room there.'],
    ['EIO', 'an error of the disk'],
  ])('says what stands in its way: %s', (code, text) => {
    expect(() => cannotTake('/opt/apps/Printbell.AppImage')(Object.assign(new Error('an error of the disk'), { code }))).toThrow(text)
  })
})
