/**
 * A line of our own into the main process of the harness. The driver asks there through V8's inspector, which holds its promises
 * weakly: on a busy machine the answer is lost ("Resulting promise was garbage collected"), and asking again loses it again.
 */
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/** One script on its way: its text is a function of (electron, argument). */
export interface Sent { id: number; script: string; argument: unknown }
export type Answered = { id: number; value: unknown } | { id: number; error: string }

export interface Line {
  /** What the harness is to call at; on loopback. */
  port: number
  /**
   * Runs a script in the main process once the harness has called. The script sees nothing but its two arguments.
   * @throws Error with what the script threw, or when the harness is gone
   */
  run<A, R>(script: (electron: typeof import('electron'), argument: A) => R | Promise<R>, argument: A): Promise<R>
  close(): void
}

/** Waits for one harness to call. */
export async function openLine(): Promise<Line> {
  const waiting = new Map<number, { done(value: unknown): void; fail(error: Error): void }>()
  let next = 0
  const server = createServer()
  const called = new Promise<Socket>((done, fail) => {
    server.once('connection', (socket) => {
      server.close()
      createInterface({ input: socket }).on('line', (line) => {
        const answered = JSON.parse(line) as Answered
        const asker = waiting.get(answered.id)
        waiting.delete(answered.id)
        if ('error' in answered) asker?.fail(new Error(answered.error))
        else asker?.done(answered.value)
      })
      // A harness that ends says so by closing; a reset tells the same.
      socket.on('error', () => undefined).once('close', () => {
        for (const { fail: end } of waiting.values()) end(new Error('the harness is gone'))
        waiting.clear()
      })
      done(socket)
    })
    server.once('error', fail)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async run<A, R>(script: (electron: typeof import('electron'), argument: A) => R | Promise<R>, argument: A) {
      const socket = await called
      const sent: Sent = { id: next++, script: script.toString(), argument }
      return await new Promise<R>((done, fail) => {
        waiting.set(sent.id, { done: (value) => done(value as R), fail })
        socket.write(`${JSON.stringify(sent)}\n`)
      })
    },
    close() {
      server.close()
      void called.then((socket) => socket.destroy())
    },
  }
}
