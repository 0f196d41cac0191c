/** A real broker and a real reader, of Debian's packages mosquitto and mosquitto-clients, each a process of its own. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endChild } from './server-process.ts'

/** Debian keeps it out of an ordinary user's path. */
const BROKER = ['mosquitto', '/usr/sbin/mosquitto'].find((command) => spawnSync(command, ['-h']).error === undefined)
const PATIENCE_MS = 15_000

/** What is missing for a real broker; null = nothing. */
export function missingForMosquitto(): string | null {
  if (BROKER === undefined) return 'mosquitto is not installed'
  return spawnSync('mosquitto_sub', ['--help']).error === undefined ? null : 'mosquitto-clients is not installed'
}

export interface Mosquitto {
  port: number
  /** A second listener, for WebSocket: lines of `conf` after "protocol websockets" belong to it. */
  webPort: number
  /** Of its files: certificates, passwords. */
  folder: string
  log(): string
  /** Ends it at once; `start` begins anew on the same port. */
  kill(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

/** What a reader got. */
export interface Read {
  topic: string
  qos: number
  retained: boolean
  contentType: string
  expiry: number | null
  user: string
  payload: Buffer
}

export interface Reader {
  readonly got: Read[]
  /** Resolves with the first that fits, also an earlier one; @throws Error with all that came */
  wait(what: string, fits: (read: Read) => boolean): Promise<Read>
  end(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const up = await new Promise<boolean>((done) => {
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
  })
  socket.destroy()
  return up
}

/**
 * @param conf lines of mosquitto.conf; the listener, which stands first, is there already. FOLDER stands for its folder, WEB for the port of a second listener
 * @param files by name, put there before the start; readable by the user that it becomes when root starts it
 */
export async function startMosquitto(conf: readonly string[] = ['allow_anonymous true'], files: Readonly<Record<string, string>> = {}): Promise<Mosquitto> {
  const folder = await mkdtemp(join(tmpdir(), 'printbell-mosquitto-'))
  await chmod(folder, 0o755)
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o644 })
  const [port, webPort] = [await freePort(), await freePort()]
  const file = join(folder, 'mosquitto.conf')
  await writeFile(file, [`listener ${port} 127.0.0.1`, ...conf, 'persistence false', 'log_dest stderr', 'log_type all', ''].join('\n').replaceAll('FOLDER', folder).replaceAll('WEB', String(webPort)), { mode: 0o644 })
  let child: ChildProcess | null = null
  let log = ''
  // A test that fails before it closes leaves no broker behind.
  const atExit = (): void => void child?.kill('SIGKILL')
  process.once('exit', atExit)
  const broker: Mosquitto = {
    port,
    webPort,
    folder,
    log: () => log,
    async start() {
      child = spawn(BROKER ?? 'mosquitto', ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] })
      child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()))
      for (const began = performance.now(); !(await answers(port));) {
        if (child.exitCode !== null || performance.now() - began > PATIENCE_MS) throw new Error(`mosquitto did not start:\n${log}`)
        await new Promise((done) => setTimeout(done, 20))
      }
    },
    kill: () => endChild(child, 'SIGKILL'),
    async close() {
      await broker.kill()
      process.off('exit', atExit)
      await rm(folder, { recursive: true, force: true })
    },
  }
  await broker.start()
  return broker
}

/** Fields of each message on one line; the payload as hexadecimal digits, so that a picture comes through. */
const FORMAT = '%t\t%q\t%r\t%C\t%E\t%P\t%x'

let readers = 0

/** Subscribes as version 5; resolves when the broker has answered to it. @param args of mosquitto_sub besides: a user, a certificate */
export async function startReader(broker: Pick<Mosquitto, 'port' | 'log'>, topics: readonly string[], args: readonly string[] = []): Promise<Reader> {
  const id = `reader${(readers += 1)}`
  const from = broker.log().length
  const child = spawn('mosquitto_sub', ['-h', '127.0.0.1', '-p', String(broker.port), '-V', '5', '-q', '1', ...(args.includes('-i') ? [] : ['-i', id]), '-F', FORMAT, ...topics.flatMap((topic) => ['-t', topic]), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const got: Read[] = []
  let noise = ''
  let rest = ''
  const watchers = new Set<() => void>()
  child.stderr.on('data', (chunk: Buffer) => (noise += chunk.toString()))
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    rest += chunk
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end)
      rest = rest.slice(end + 1)
      const [topic, qos, retained, contentType, expiry, user, hex] = line.split('\t')
      if (hex === undefined) noise += `${line}\n`
      else got.push({ topic: topic ?? '', qos: Number(qos), retained: retained === '1', contentType: contentType ?? '', expiry: expiry === '' || expiry === undefined ? null : Number(expiry), user: user ?? '', payload: Buffer.from(hex, 'hex') })
    }
    for (const watcher of watchers) watcher()
  })
  const told = (): string => `${got.map(({ topic, retained, payload }) => `${topic}${retained ? ' (retained)' : ''} ${payload.subarray(0, 100).toString()}`).join('\n')}\n${noise}`
  async function until<T>(what: string, find: () => T | undefined): Promise<T> {
    return new Promise((done, fail) => {
      const end = (): void => {
        watchers.delete(look)
        clearTimeout(timer)
      }
      const look = (): void => {
        const found = find()
        if (found === undefined) return
        end()
        done(found)
      }
      const timer = setTimeout(() => {
        end()
        fail(new Error(`waited for ${what}; came:\n${told()}`))
      }, PATIENCE_MS)
      watchers.add(look)
      look()
    })
  }
  const reader: Reader = {
    got,
    wait: (what, fits) => until(what, () => got.find(fits)),
    end: () => endChild(child, 'SIGTERM'),
  }
  const name = args.includes('-i') ? args[args.indexOf('-i') + 1] ?? id : id
  for (const began = performance.now(); !broker.log().slice(from).includes(`Sending SUBACK to ${name}`);) {
    if (performance.now() - began > PATIENCE_MS || child.exitCode !== null) {
      await reader.end()
      throw new Error(`no subscription; came:\n${told()}\n${broker.log()}`)
    }
    await new Promise((done) => setTimeout(done, 20))
  }
  return reader
}
