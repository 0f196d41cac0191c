import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import type { Clock } from '../ports.ts'
import { encodeJpeg } from '../simulator/jpeg.ts'
import { createPictures, type NodePictures } from './codec.ts'

const AS_IS = { flipH: false, flipV: false, rotate: 0 } as const
const TURNED = { ...AS_IS, rotate: 90 } as const
const picture = (width: number, height: number): Uint8Array => encodeJpeg({ width, height, rgb: new Uint8Array(width * height * 3).fill(120) })

let built = ''
const open: NodePictures[] = []

/** The codec's process is plain JavaScript in a build; here it is bundled into node_modules, from where it finds its packages. */
beforeAll(async () => {
  const cache = fileURLToPath(new URL('../../../node_modules/.cache', import.meta.url))
  await mkdir(cache, { recursive: true })
  built = await mkdtemp(join(cache, 'codec-test-'))
  const entry = fileURLToPath(new URL('./codec-process.ts', import.meta.url))
  await build({ configFile: false, logLevel: 'silent', build: { ssr: entry, outDir: built, emptyOutDir: false, rollupOptions: { output: { entryFileNames: 'codec-process.mjs' } } } })
  await writeFile(join(built, 'dies.mjs'), 'process.on("message", () => process.exit(3))')
  await writeFile(join(built, 'broken.mjs'), 'import "no-such-package"')
  await writeFile(join(built, 'hangs.mjs'), 'process.on("message", () => undefined)')
  await writeFile(join(built, 'tells.mjs'), 'process.on("message", ({ id }) => process.send({ id, error: Object.keys(process.env).sort().join() }))')
}, 60_000)
afterEach(async () => {
  await Promise.all(open.splice(0).map((pictures) => pictures.close()))
})
afterAll(() => rm(built, { recursive: true, force: true }))

function pictures(name: string, clock: Clock = new TestClock()): NodePictures {
  const made = createPictures({ clock, log: memoryLog(), entry: pathToFileURL(join(built, name)) })
  open.push(made)
  return made
}

/** Children of this test's process that run the given file. Read from /proc where there is one: not every machine has ps. */
function children(name: string): number {
  const file = join(built, name)
  if (process.platform !== 'linux') {
    return execFileSync('ps', ['-A', '-o', 'ppid=,args='], { encoding: 'utf8' }).split('\n').filter((line) => line.trim().startsWith(`${process.pid} `) && line.includes(file)).length
  }
  const ours = (pid: string): boolean => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(file) && new RegExp(`\\nPPid:\\s+${process.pid}\\n`).test(readFileSync(`/proc/${pid}/status`, 'utf8'))
    } catch {
      // It ended while we looked.
      return false
    }
  }
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && ours(pid)).length
}

describe('R20: pictures in plain Node', () => {
  it('R20: passes on unchanged what needs nothing, without a process', async () => {
    const jpeg = picture(640, 360)
    const result = await pictures('no-such-file.mjs').prepare(jpeg, AS_IS)
    expect(result.jpeg).toBe(jpeg)
    expect(result).toMatchObject({ width: 640, height: 360 })
  })

  it('R20: leaves 1296 px alone and reduces 1297 px', async () => {
    const made = pictures('codec-process.mjs')
    expect(await made.prepare(picture(1296, 16), AS_IS)).toMatchObject({ width: 1296, height: 16 })
    expect(await made.prepare(picture(1297, 730), AS_IS)).toMatchObject({ width: 1280, height: 720 })
  })

  it('R20: turns in a process of its own, one for all, which ends after ten idle seconds', async () => {
    const clock = new TestClock()
    const made = pictures('codec-process.mjs', clock)
    const results = await Promise.all([made.prepare(picture(640, 360), TURNED), made.prepare(picture(64, 32), TURNED)])
    expect(results.map(({ width, height }) => `${width}x${height}`)).toEqual(['360x640', '32x64'])
    expect(children('codec-process.mjs')).toBe(1)
    await clock.advance(9999)
    expect(children('codec-process.mjs')).toBe(1)
    await clock.advance(1)
    await expect.poll(() => children('codec-process.mjs')).toBe(0)
    expect(clock.pending).toBe(0)
    expect(await made.prepare(picture(64, 32), TURNED)).toMatchObject({ width: 32, height: 64 })
  })
})

describe('a codec in trouble', () => {
  it('names a damaged picture and goes on with the next in a new process', async () => {
    const made = pictures('codec-process.mjs')
    const damaged = Buffer.from(picture(64, 32))
    damaged[damaged.indexOf('ffc0', 0, 'hex') + 1] = 0xc3
    const [bad, good] = await Promise.allSettled([made.prepare(new Uint8Array(damaged), TURNED), made.prepare(picture(64, 32), TURNED)])
    expect(bad).toMatchObject({ status: 'rejected', reason: { name: 'NotAPicture', message: expect.stringContaining('the JPEG cannot be decoded') } })
    expect(good).toMatchObject({ status: 'fulfilled', value: { width: 32, height: 64 } })
  })

  it('says that its process died', async () => {
    await expect(pictures('dies.mjs').prepare(picture(64, 32), TURNED)).rejects.toThrow("the codec's process ended (status 3)")
  })

  it('says why its process cannot start', async () => {
    await expect(pictures('broken.mjs').prepare(picture(64, 32), TURNED)).rejects.toThrow(/the codec's process ended \(status 1: .*no-such-package/)
  })

  it('kills a process that takes too long', async () => {
    const clock = new TestClock()
    const made = pictures('hangs.mjs', clock)
    const result = made.prepare(picture(64, 32), TURNED)
    const refused = expect(result).rejects.toThrow('the picture could not be prepared within 8000 ms')
    await clock.advance(8000)
    await refused
    await expect.poll(() => children('hangs.mjs')).toBe(0)
  })

  it('fails what is under way when it is closed, and takes nothing more', async () => {
    const made = pictures('hangs.mjs')
    const running = expect(made.prepare(picture(64, 32), TURNED)).rejects.toThrow('the picture codec is closed')
    const waiting = expect(made.prepare(picture(64, 32), TURNED)).rejects.toThrow('the picture codec is closed')
    await made.close()
    await running
    await waiting
    expect(children('hangs.mjs')).toBe(0)
    await expect(made.prepare(picture(64, 32), TURNED)).rejects.toThrow('the picture codec is closed')
  })

  it('refuses to pile up pictures', async () => {
    const made = pictures('hangs.mjs')
    const results = Array.from({ length: 60 }, () => made.prepare(picture(64, 32), TURNED).catch((error: Error) => error.message))
    await made.close()
    const messages = await Promise.all(results)
    expect(messages.filter((message) => message === '50 pictures wait for the codec already')).toHaveLength(9)
  })

  it('does not show its process the secrets that lie in the environment', async () => {
    process.env['OCTO_KEY_FOR_CODEC_TEST'] = 'canary'
    try {
      await expect(pictures('tells.mjs').prepare(picture(64, 32), TURNED)).rejects.toThrow(/^ELECTRON_RUN_AS_NODE(,NODE_CHANNEL_\w+)*$/)
    } finally {
      delete process.env['OCTO_KEY_FOR_CODEC_TEST']
    }
  })
})
