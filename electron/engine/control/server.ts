import { chmod, rm } from 'node:fs/promises'
import { createServer, connect, type Server, type Socket } from 'node:net'
import type { Log } from '../ports.ts'
import { scrub } from '../settings/secret.ts'
import type { ControlAnswer, ControlRequest } from './contract.ts'
import { onLines } from './lines.ts'

export interface ControlServer {
  /** Stops listening and removes the socket file. */
  close(): Promise<void>
}

/**
 * Listens on `path` (a unix socket made 0600, or a named pipe on Windows) and answers each request with `handle`.
 * @throws Error when another engine listens there already.
 */
export async function serveControl(path: string, handle: (request: ControlRequest) => Promise<unknown>, log: Log): Promise<ControlServer> {
  const isPipe = path.startsWith('\\\\')
  if (!isPipe) {
    if (await answers(path)) throw new Error(`another Printbell already listens on ${path}; stop it first, or use another --data folder`)
    // What a killed engine left behind: nobody answers on it, so it is only a file in the way.
    await rm(path, { force: true })
  }
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', (error) => log.debug('control: a client broke off', { error }))
    onLines(socket, (text) => {
      void answer(text, handle, log).then((reply) => {
        if (socket.writable) socket.write(`${asText(reply, log)}\n`)
      })
    })
  })
  await listen(server, path)
  if (!isPipe) await chmod(path, 0o600)
  server.unref()
  return {
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise<void>((done) => server.close(() => done()))
      if (!isPipe) await rm(path, { force: true })
    },
  }
}

async function answer(text: string, handle: (request: ControlRequest) => Promise<unknown>, log: Log): Promise<ControlAnswer> {
  // Loaded when somebody calls: no start has use for it.
  const { controlFrame } = await import('./contract.ts')
  let frame
  try {
    frame = controlFrame.safeParse(JSON.parse(text))
  } catch (error) {
    return { id: 0, ok: false, error: `not JSON: ${(error as Error).message}` }
  }
  if (!frame.success) return { id: 0, ok: false, error: `this engine does not know that call (another version?): ${frame.error.issues[0]?.message ?? ''}` }
  try {
    return { id: frame.data.id, ok: true, result: await handle(frame.data.request) }
  } catch (error) {
    log.warn('control: a call failed', { call: frame.data.request.call, error })
    return { id: frame.data.id, ok: false, error: scrub((error as Error).message) }
  }
}

function asText(reply: ControlAnswer, log: Log): string {
  try {
    return JSON.stringify(reply)
  } catch (error) {
    log.error('control: an answer could not be written', { error })
    return JSON.stringify({ id: reply.id, ok: false, error: 'the answer could not be written' } satisfies ControlAnswer)
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail)
    // The umask makes the socket private from its first moment, not only after chmod.
    const before = process.umask(0o177)
    server.listen(path, () => {
      server.off('error', fail)
      done()
    })
    process.umask(before)
  })
}

/** Whether somebody accepts connections on `path`. */
export function answers(path: string): Promise<boolean> {
  return new Promise((done) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      done(true)
    })
    probe.once('error', () => done(false))
  })
}
