/**
 * electron-updater with our provider, against an update server that plays every mistake: what is not signed is not taken, what arrives otherwise than it
 * was signed is thrown away, and the file that runs is touched by neither.
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openElectronUpdater } from '../../electron/desktop/updates/electron-updater.ts'
import type { Updater } from '../../electron/desktop/updates/updater.ts'
import { systemClock } from '../../electron/engine/clock.ts'
import { systemNet } from '../../electron/engine/system-net.ts'
import { memoryLog } from '../support/log.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void
const keys = generateKeyPairSync('ed25519')
const others = generateKeyPairSync('ed25519')
const NEW = Buffer.alloc(3_000_000, 'the new AppImage ')
const LIST = process.arch === 'x64' ? 'latest-linux.yml' : `latest-linux-${process.arch}.yml`
const FILE = 'Printbell-1.2.3.AppImage'
const sha512 = (bytes: Buffer): string => createHash('sha512').update(bytes).digest('base64')
const listOf = (more = '', version = '1.2.3', list = LIST, file = FILE): string => `list: ${list}\nversion: ${version}\nfiles:\n  - url: ${file}\n    sha512: ${sha512(NEW)}\n    size: ${NEW.length}\nreleaseDate: '2026-01-14T10:00:00.000Z'\n${more}`
const signed = (text: string, key = keys.privateKey): string => sign(null, Buffer.from(text), key).toString('base64')
const say = (body: string | Buffer, status = 200, headers: Record<string, string> = {}): Answer => (_request, response) => response.writeHead(status, headers).end(body)

let server: Server
let answers: Map<string, Answer>
let heard: { path: string; headers: IncomingMessage['headers'] }[]
let folder: string
let appImage: string
let origin: string
let started: string[]
const sockets = new Set<import('node:net').Socket>()

function publish(list: string, signature: string | null = signed(list), file: Answer = say(NEW)): void {
  answers.set(`/bell/${LIST}`, say(list))
  if (signature !== null) answers.set(`/bell/${LIST}.sig`, say(`${signature}\n`))
  answers.set(`/bell/${FILE}`, file)
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'printbell-updates-'))
  appImage = join(folder, 'Printbell.AppImage')
  await writeFile(appImage, 'the old one', { mode: 0o755 })
  process.env.APPIMAGE = appImage
  answers = new Map()
  heard = []
  started = []
  server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://x').pathname
    heard.push({ path, headers: request.headers })
    ;(answers.get(path) ?? say('no such file', 404))(request, response)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  delete process.env.APPIMAGE
  for (const socket of sockets) socket.destroy()
  await new Promise((done) => server.close(done))
  expect(await readFile(appImage, 'utf8').catch(() => null)).toBe(touched ? NEW.toString() : 'the old one')
  touched = false
  await rm(folder, { recursive: true, force: true })
})
let touched = false

const open = (change: Partial<Parameters<typeof openElectronUpdater>[0]> = {}): Promise<Updater> => openElectronUpdater({
  address: `${origin}/bell`, key: keys.publicKey, publisher: null, version: '1.0.0', platform: 'linux', installs: true, appImage, folder, net: systemNet(), clock: systemClock(), log: memoryLog(), stallMs: 400,
  startAnew: (program) => started.push(program), ...change,
})
const never = new AbortController().signal
const check = async (change: Parameters<typeof open>[0] = {}) => (await open(change)).check(never)
async function download(): Promise<[Updater, number[]]> {
  const updater = await open()
  const bytes: number[] = []
  await updater.check(never)
  await updater.download((so) => bytes.push(so), never)
  return [updater, bytes]
}
const pending = (): boolean => existsSync(join(folder, 'updates', 'pending', FILE))

describe('a newer version', () => {
  it('is found, downloaded, laid beside, put in place and started; nothing of who we are is sent', async () => {
    publish(listOf('releaseNotes: |\n  - A bell.\n  - A tray.\n'))
    const updater = await open()
    expect(await updater.check(never)).toEqual({ version: '1.2.3', releasedAt: Date.UTC(2026, 0, 14, 10), notes: 'A bell.\nA tray.' })
    expect(heard.map(({ path }) => path)).toEqual([`/bell/${LIST}`, `/bell/${LIST}.sig`])
    const told: [number, number][] = []
    await updater.download((bytes, of) => told.push([bytes, of]), never)
    expect(told.at(-1)).toEqual([3_000_000, 3_000_000])
    expect(heard.at(-1)?.path).toBe(`/bell/${FILE}`)
    for (const { headers } of heard) expect(Object.keys(headers).filter((name) => !['accept', 'accept-encoding', 'cache-control', 'connection', 'host', 'user-agent'].includes(name))).toEqual([])
    for (const { headers } of heard) expect(headers['user-agent']).toBe('Printbell')
    await updater.prepare(never)
    expect(await readFile(appImage, 'utf8')).toBe('the old one')
    await updater.finish(true)
    touched = true
    expect(started).toEqual([appImage])
    expect(existsSync(join(folder, 'updates', 'pending'))).toBe(false)
  })

  it('is put in place without being started when a person ended Printbell', async () => {
    publish(listOf())
    const [updater] = await download()
    await updater.prepare(never)
    await updater.finish(false)
    touched = true
    expect(started).toEqual([])
  })

  it('that was downloaded before is not fetched again', async () => {
    publish(listOf())
    await download()
    heard = []
    await download()
    expect(heard.map(({ path }) => path)).toEqual([`/bell/${LIST}`, `/bell/${LIST}.sig`])
  })

  it('whose download was changed on the disk is not put in place', async () => {
    publish(listOf())
    const [updater] = await download()
    await writeFile(join(folder, 'updates', 'pending', FILE), 'something else')
    await expect(updater.prepare(never)).rejects.toThrow('The downloaded file is another one by now, so it is not installed.')
  })

  it.each([['the same', '1.0.0'], ['an older one', '0.9.9'], ['a trial of a newer one', '1.1.0-beta.1']])('%s is none', async (_what, version) => {
    publish(listOf('', version))
    expect(await check()).toBeNull()
  })

  it('that is a trial is one for whoever has a trial', async () => {
    publish(listOf('', '1.1.0-beta.2'))
    expect((await check({ version: '1.1.0-beta.1' }))?.version).toBe('1.1.0-beta.2')
    publish(listOf('', '1.1.0'))
    expect((await check({ version: '1.1.0-beta.1' }))?.version).toBe('1.1.0')
  })

  it('of a staged rollout comes to nobody at 0 % and to all at 100 %, and to the same ones each time', async () => {
    publish(listOf('stagingPercentage: 0\n'))
    expect(await check()).toBeNull()
    publish(listOf('stagingPercentage: 100\n'))
    expect((await check())?.version).toBe('1.2.3')
    publish(listOf('stagingPercentage: 50\n'))
    const first = await check()
    for (let n = 0; n < 3; n++) expect(await check()).toEqual(first)
  })

  it('is told also where nothing is installed, whatever files it has', async () => {
    publish(listOf('', '1.2.3', LIST, 'printbell_1.2.3_amd64.deb'))
    delete process.env.APPIMAGE
    expect((await check({ installs: false, appImage: null }))?.version).toBe('1.2.3')
  })

  it('leaves nothing of the last one behind once that is installed', async () => {
    publish(listOf())
    await download()
    expect(pending()).toBe(true)
    expect(await check({ version: '1.2.3' })).toBeNull()
    expect(pending()).toBe(false)
  })
})

describe('a list of versions', () => {
  const refused = async (text: string): Promise<void> => {
    await expect(check()).rejects.toThrow(text.replaceAll('HOST', new URL(origin).host))
    expect(heard.some(({ path }) => path === `/bell/${FILE}`)).toBe(false)
  }

  it('without a signature is not taken', async () => {
    publish(listOf(), null)
    await refused('The list of versions at HOST is not signed, so nothing of it is taken.')
  })
  it.each([
    ['by somebody else', signed(listOf(), others.privateKey)], ['over other bytes', signed(`${listOf()}#`)], ['that is no signature', '<html>Log in</html>'], ['that is empty', ''],
  ])('with a signature %s is not taken', async (_what, signature) => {
    publish(listOf(), signature)
    await refused('The list of versions at HOST is not signed by the makers of Printbell')
  })
  it('that is a page of a captive portal is not taken', async () => {
    answers.set(`/bell/${LIST}`, say('<html>Log in</html>'))
    answers.set(`/bell/${LIST}.sig`, say('<html>Log in</html>'))
    await refused('The list of versions at HOST is not signed by the makers of Printbell')
  })
  it('of another system, under this one\'s name, is not taken', async () => {
    publish(listOf('', '1.2.3', 'latest-mac.yml'))
    await refused(`HOST gives latest-mac.yml out as ${LIST}, so nothing of it is taken.`)
  })
  it('that names no file of this system, or one elsewhere, is not taken', async () => {
    publish(listOf('', '1.2.3', LIST, 'Printbell-1.2.3.zip'))
    await refused('Version 1.2.3 is not there for this system yet.')
    publish(listOf('', '1.2.3', LIST, 'https://elsewhere.example.org/Printbell-1.2.3.AppImage'))
    await refused('The list of versions at HOST names files that lie elsewhere.')
  })
  it('that is not there says so', async () => {
    await refused(`There is no list of versions for this system at HOST (${LIST}). Check the address.`)
  })
  it.each([[500, 'answers with status 500'], [403, 'answers with status 403'], [503, 'answers with status 503']])('of a server that answers with %i says so', async (status, text) => {
    publish(listOf())
    answers.set(`/bell/${LIST}`, say('x', status))
    await refused(`HOST ${text}. Printbell tries again.`)
  })
  it('that never comes is given up', async () => {
    answers.set(`/bell/${LIST}`, () => undefined)
    await refused('HOST does not answer any more. Printbell tries again.')
  })
  it('that begins and never ends is given up', async () => {
    answers.set(`/bell/${LIST}`, (_request, response) => void response.writeHead(200).write('list: '))
    await refused('HOST does not answer any more. Printbell tries again.')
  })
  it('that is huge is not read to its end', async () => {
    let sent = 0
    answers.set(`/bell/${LIST}`, (_request, response) => {
      response.writeHead(200)
      const more = (): void => {
        while (!response.destroyed && sent < 50_000_000) {
          sent += 65_536
          if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', more)
        }
      }
      more()
    })
    await refused('HOST sends more than it should, so nothing of it is taken.')
    expect(sent).toBeLessThan(10_000_000)
  })
  it('that redirects is followed, also to another host; in circles it is not, nor to a file', async () => {
    publish(listOf())
    const list = answers.get(`/bell/${LIST}`) as Answer
    answers.set('/other/list', list)
    answers.set(`/bell/${LIST}`, say('', 302, { location: `http://localhost:${new URL(origin).port}/other/list` }))
    expect((await check())?.version).toBe('1.2.3')
    heard = []
    answers.set(`/bell/${LIST}`, say('', 302, { location: `/bell/${LIST}` }))
    await refused('HOST sends us in circles.')
    expect(heard).toHaveLength(6)
    answers.set(`/bell/${LIST}`, say('', 302, { location: 'file:///etc/passwd' }))
    await refused('HOST sends us on to an address that is not safe.')
  })
  it('of nobody says that nobody is there', async () => {
    await new Promise((done) => server.close(done))
    await expect(check()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    server.listen(0)
  })
  it('comes by the system\'s proxy, as everything else does, and so does the download', async () => {
    publish(listOf())
    const asked: string[] = []
    const net = systemNet({ proxyFor: async (url) => {
      asked.push(new URL(url).pathname)
      return origin
    } })
    const updater = await open({ address: 'http://updates.example.org/bell', net })
    expect((await updater.check(never))?.version).toBe('1.2.3')
    await updater.download(() => undefined, never)
    expect(asked).toEqual([`/bell/${LIST}`, `/bell/${LIST}.sig`, `/bell/${FILE}`])
    expect(heard.map(({ headers }) => headers.host)).toEqual(['updates.example.org', 'updates.example.org', 'updates.example.org'])
  })
  it('that is asked for is given up at once when somebody says so', async () => {
    answers.set(`/bell/${LIST}`, () => undefined)
    const updater = await open({ stallMs: 60_000 })
    const wish = new AbortController()
    const asked = updater.check(wish.signal)
    setTimeout(() => wish.abort(new Error('given up')), 50)
    await expect(asked).rejects.toThrow('given up')
    publish(listOf())
    expect((await updater.check(never))?.version).toBe('1.2.3')
  })
})

describe('a download', () => {
  const broken = async (file: Answer, text: string): Promise<void> => {
    publish(listOf(), undefined, file)
    await expect(download()).rejects.toThrow(text.replaceAll('HOST', new URL(origin).host))
    expect(pending()).toBe(false)
    // And once it is whole, it is taken.
    publish(listOf())
    await download()
    expect(pending()).toBe(true)
  }
  const other = 'The file at HOST is not the one that the makers of Printbell signed, so it was thrown away.'

  it('with other bytes is thrown away', async () => broken(say(Buffer.alloc(NEW.length, 'another AppImage')), other))
  it('that is longer is cut off', async () => broken(say(Buffer.concat([NEW, NEW, NEW])), other))
  it('that is shorter broke off', async () => broken(say(NEW.subarray(0, 1_000_000)), 'The download from HOST broke off. Printbell tries again.'))
  it('whose connection is cut fails', async () => broken((_request, response) => {
    response.writeHead(200, { 'content-length': String(NEW.length) })
    response.write(NEW.subarray(0, 1_000_000), () => response.destroy())
  }, 'aborted'))
  it('that stops to come is given up', async () => broken((_request, response) => void response.writeHead(200).write(NEW.subarray(0, 1000)), 'HOST does not answer any more. Printbell tries again.'))
  it('that is not there says so', async () => broken(say('', 404), 'HOST does not have the file of the newer version.'))
  it('of a server in trouble says so', async () => broken(say('', 500), 'HOST answers with status 500.'))
  it('that redirects to another host is followed', async () => {
    publish(listOf(), undefined, say('', 302, { location: `http://localhost:${new URL(origin).port}/elsewhere` }))
    answers.set('/elsewhere', say(NEW))
    await download()
    expect(pending()).toBe(true)
  })
  it('is given up at once when somebody says so, and begins anew', async () => {
    publish(listOf(), undefined, (_request, response) => void response.writeHead(200).write(NEW.subarray(0, 1000)))
    const updater = await open({ stallMs: 60_000 })
    await updater.check(never)
    const wish = new AbortController()
    const asked = updater.download(() => wish.abort(), wish.signal)
    await expect(asked).rejects.toThrow()
    expect(pending()).toBe(false)
    publish(listOf())
    await updater.check(never)
    await updater.download(() => undefined, never)
    expect(pending()).toBe(true)
  })
})
