import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../../test/support/adapter-kit.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { Secret } from '../settings/secret.ts'
import { callEngine, NoEngine } from './client.ts'
import type { ControlRequest } from './contract.ts'
import { answers, serveControl, type ControlServer } from './server.ts'

let folder: string
let path: string
const closing: (() => Promise<unknown>)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'printbell-control-'))
  path = join(folder, 'control.sock')
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  rmSync(folder, { recursive: true, force: true })
})

const posix = { skip: process.platform === 'win32' }

async function serve(handle: (request: ControlRequest) => Promise<unknown> = async () => null): Promise<ControlServer & { log: ReturnType<typeof memoryLog> }> {
  const log = memoryLog()
  const server = await serveControl(path, handle, log)
  closing.push(() => server.close())
  return { ...server, log }
}

/** A program on the socket that is no Printbell. */
async function stranger(onConnection: (socket: Socket) => void): Promise<void> {
  const open = new Set<Socket>()
  const server: Server = createServer((socket) => {
    open.add(socket)
    onConnection(socket)
  })
  await new Promise<void>((done) => server.listen(path, done))
  closing.push(() => {
    for (const socket of open) socket.destroy()
    return new Promise((done) => server.close(done))
  })
}

/** Speaks to the socket as any program could. */
function raw() {
  const socket = connect(path)
  const seen = { text: '', closed: false }
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => { seen.text += chunk })
  socket.on('close', () => { seen.closed = true })
  socket.on('error', () => { seen.closed = true })
  closing.push(async () => socket.destroy())
  return {
    seen,
    send: (text: string) => void socket.write(text),
    lines: (): unknown[] => seen.text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as unknown),
  }
}

const STATUS: ControlRequest = { call: 'status' }

describe('a call to the running engine', () => {
  it('brings the request there and the result back', async () => {
    const got: ControlRequest[] = []
    await serve(async (request) => {
      got.push(request)
      return { printers: [{ id: 'mk4' }], at: null }
    })
    const wish: ControlRequest = { call: 'wish', printerId: 'mk4', action: { name: 'gcode', lines: ['M300'] }, confirmed: false }
    expect(await callEngine(path, wish)).toEqual({ printers: [{ id: 'mk4' }], at: null })
    expect(got).toEqual([wish])
  })

  it('that gives nothing back gives nothing back', async () => {
    await serve(async () => undefined)
    expect(await callEngine(path, STATUS)).toBeUndefined()
  })

  it('fails with the engine\'s own words, and without the secrets in them', async () => {
    const secret = new Secret('CANARY-control-90')
    const { log } = await serve(async () => {
      throw new Error(`there is no printer "mk5" (${secret.reveal()})`)
    })
    await expect(callEngine(path, STATUS)).rejects.toThrow('there is no printer "mk5" ([secret])')
    expect(log.lines.map((line) => [line.level, line.message, line.fields.call])).toEqual([['warn', 'control: a call failed', 'status']])
  })

  it('without an engine says so', posix, async () => {
    await expect(callEngine(path, STATUS)).rejects.toThrow(NoEngine)
    await expect(callEngine(path, STATUS)).rejects.toThrow('no Printbell runs on this data folder')
    // What a killed engine leaves is a file that nobody listens on.
    await leaveStaleSocket()
    await expect(callEngine(path, STATUS)).rejects.toThrow(NoEngine)
  })

  it('to an engine that ends meanwhile says so', async () => {
    let called = false
    const { close } = await serve(() => {
      called = true
      return new Promise(() => undefined)
    })
    const call = callEngine(path, STATUS)
    const outcome = expect(call).rejects.toThrow('the running Printbell ended before it answered')
    await until('the call arrived', () => called)
    await close()
    await outcome
  })

  it('is given up after its time', async () => {
    await serve(() => new Promise(() => undefined))
    await expect(callEngine(path, STATUS, 50)).rejects.toThrow('the running Printbell did not answer within 0.05 s')
  })

  it('is answered although another one hangs', async () => {
    await serve((request) => (request.call === 'stop' ? new Promise(() => undefined) : Promise.resolve('here')))
    const hanging = expect(callEngine(path, { call: 'stop' }, 2_000)).rejects.toThrow()
    expect(await callEngine(path, STATUS)).toBe('here')
    for (const close of closing.splice(0)) await close()
    await hanging
  })

  it.each<[string, string]>([
    ['is no JSON', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['is another JSON', '{"hello":1}\n'],
    ['is a list', '[]\n'],
  ])('whose answer %s fails in words', async (_what, answer) => {
    await stranger((socket) => void socket.write(answer))
    await expect(callEngine(path, STATUS, 2_000)).rejects.toThrow('the running Printbell answered in a form this version does not know')
  })
})

describe('the control endpoint', () => {
  it('is for its owner only', posix, async () => {
    await serve()
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600')
  })

  it('leaves the process\'s own umask as it was', posix, async () => {
    const before = process.umask()
    await serve()
    expect(process.umask()).toBe(before)
  })

  it('takes the place of what a killed engine left', posix, async () => {
    await leaveStaleSocket()
    expect(existsSync(path)).toBe(true)
    expect(await answers(path)).toBe(false)
    await serve(async () => 'new')
    expect(await callEngine(path, STATUS)).toBe('new')
  })

  it('takes the place of any other file of that name', posix, async () => {
    writeFileSync(path, 'not a socket')
    await serve(async () => 'new')
    expect(await callEngine(path, STATUS)).toBe('new')
  })

  it('refuses a second engine, and the first goes on', async () => {
    await serve(async () => 'first')
    await expect(serveControl(path, async () => 'second', memoryLog())).rejects.toThrow(`another Printbell already listens on ${path}; stop it first, or use another --data folder`)
    expect(await callEngine(path, STATUS)).toBe('first')
  })

  it('is gone when it was closed, also with clients connected, and can be opened again', async () => {
    const { close } = await serve()
    const client = raw()
    client.send('\n')
    await close()
    await until('the client was let go', () => client.seen.closed)
    expect(existsSync(path)).toBe(false)
    await serve(async () => 'again')
    expect(await callEngine(path, STATUS)).toBe('again')
  })

  it('that can not listen says why', posix, async () => {
    await expect(serveControl(join(folder, 'missing', 'control.sock'), async () => null, memoryLog())).rejects.toThrow(/^listen E[A-Z]+: .*missing\/control\.sock$/)
  })
})

describe('what any program may send', () => {
  it('that is no JSON is answered so, and the line after it is heard', async () => {
    await serve(async () => 'ok')
    const client = raw()
    client.send('GET / HTTP/1.1\n{"id":7,"request":{"call":"status"}}\n')
    await until('two answers', () => client.seen.text.split('\n').length > 2)
    // Each line is worked on by itself: only the ids say which answer is which.
    const [first, second] = client.lines().sort((a, b) => (a as { id: number }).id - (b as { id: number }).id)
    expect(first).toMatchObject({ id: 0, ok: false, error: expect.stringMatching(/^not JSON: /) as string })
    expect(second).toEqual({ id: 7, ok: true, result: 'ok' })
  })

  it.each<[string, unknown]>([
    ['an unknown call', { id: 1, request: { call: 'format-disk' } }],
    ['a call with a field missing', { id: 1, request: { call: 'test-server' } }],
    ['an unknown event type', { id: 1, request: { call: 'send', destinationId: 'd', printerId: 'p', type: 'job.exploded' } }],
    ['a wish of another kind', { id: 1, request: { call: 'wish', printerId: 'p', action: { name: 'open' }, confirmed: true } }],
    ['no frame', { call: 'status' }],
    ['null', null],
  ])('as %s is refused and carried out by nobody', async (_what, frame) => {
    let handled = 0
    await serve(async () => { handled += 1 })
    const client = raw()
    client.send(`${JSON.stringify(frame)}\n`)
    await until('an answer', () => client.seen.text.endsWith('\n'))
    expect(client.lines()).toMatchObject([{ id: 0, ok: false, error: expect.stringMatching(/^this engine does not know that call \(another version\?\)/) as string }])
    expect(handled).toBe(0)
  })

  it('in pieces and with empty lines between is put together', async () => {
    await serve(async ({ call }) => call)
    const client = raw()
    client.send('\n\n{"id":1,"requ')
    client.send('est":{"call":"status"}}\n{"id":2,"request":{"call":"stop"}}\n')
    await until('two answers', () => client.seen.text.split('\n').length > 2)
    expect(client.lines()).toEqual([{ id: 1, ok: true, result: 'status' }, { id: 2, ok: true, result: 'stop' }])
  })

  it('without an end of line is cut off at a million characters, and the next client is served', async () => {
    const { log } = await serve(async () => 'ok')
    const client = raw()
    client.send('x'.repeat(1_200_000))
    await until('it was cut off', () => client.seen.closed)
    expect(client.seen.text).toBe('')
    expect(log.lines.map((line) => line.message)).toEqual(['control: a client broke off'])
    expect(await callEngine(path, STATUS)).toBe('ok')
  })

  it('and leaves before the answer is ready breaks nothing', async () => {
    let finish: () => void = () => undefined
    let calls = 0
    await serve(() => {
      calls += 1
      return calls === 1 ? new Promise((done) => { finish = () => done('late') }) : Promise.resolve('ok')
    })
    const client = connect(path)
    client.write('{"id":1,"request":{"call":"status"}}\n')
    await until('the call arrived', () => calls === 1)
    client.destroy()
    finish()
    expect(await callEngine(path, STATUS)).toBe('ok')
  })

  it('with a result that is no JSON is told so', async () => {
    const loop: Record<string, unknown> = {}
    loop.self = loop
    await serve(async () => loop)
    await expect(callEngine(path, STATUS, 2_000)).rejects.toThrow('the answer could not be written')
  })
})

/** A socket file whose process was killed: bound, then left without being removed. */
async function leaveStaleSocket(): Promise<void> {
  const { spawnSync } = await import('node:child_process')
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  spawnSync(process.execPath, ['-e', script])
}
