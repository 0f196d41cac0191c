/**
 * A look inside a running process over Node's inspector, so that nothing for it stands in the product: memory after a collection, what keeps
 * the event loop alive, and by a walk through the heap every listener, timer and socket there is.
 */
import type { ChildProcess } from 'node:child_process'
import { WebSocket } from 'ws'
import { totalOf } from './soak-figures.ts'

/** Counts of one process at one moment; memory in bytes, after a full collection. */
export interface Inside {
  heap: number
  /** Buffers and other memory that objects of V8 hold. */
  external: number
  /** What keeps the event loop alive, by name (`process.getActiveResourcesInfo`). */
  resources: Record<string, number>
  listeners: number
  /** Listeners by "class event", for whoever has to find a leak. */
  listenersBy: Record<string, number>
  /** Timers that are armed, those that keep nothing alive included. */
  timers: number
  /** The same by how long they run: "30000 ms". */
  timersBy: Record<string, number>
  /** Sockets in the heap, whatever their state. */
  sockets: number
  abortSignals: number
}

export interface Probe {
  look(): Promise<Inside>
  close(): void
}

const ANSWER_MS = 60_000
const READY_MS = 60_000
/** What Node says of its inspector, and Chromium of a machine without a system bus. */
const NOISE = /Debugger|inspector|ws:\/\/|Failed to connect to the bus/i

/**
 * Runs in the other process, in a turn of the event loop of its own: V8 walks through its heap for `queryObjects`, and takes away first what running code
 * remembers. A question that comes over the socket interrupts whatever is running, and V8 13 breaks (SIGSEGV) when that is a builtin in the middle of copying nested literals.
 */
const LOOK = `new Promise((done, fail) => setImmediate(() => {
  const { Session } = process.getBuiltinModule('node:inspector')
  const session = new Session()
  session.connect()
  const ask = (method, params = {}) => {
    let broken = null
    let answer = null
    session.post(method, params, (error, result) => { broken = error; answer = result })
    const text = broken?.message ?? answer?.exceptionDetails?.exception?.description ?? answer?.exceptionDetails?.text
    if (text !== undefined) throw new Error(method + ': ' + text)
    return answer
  }
  // Every object with this prototype, given to a function as its "this".
  const among = (prototype, by) => {
    const { result } = ask('Runtime.evaluate', { expression: prototype, objectGroup: 'soak' })
    const { objects } = ask('Runtime.queryObjects', { prototypeObjectId: result.objectId, objectGroup: 'soak' })
    const { result: { value } } = ask('Runtime.callFunctionOn', { functionDeclaration: String(by), objectId: objects.objectId, returnByValue: true })
    ask('Runtime.releaseObjectGroup', { objectGroup: 'soak' })
    return value
  }
  const emitters = function () {
    const { Socket } = process.getBuiltinModule('node:net')
    const by = {}
    let others = 0
    for (const emitter of this) {
      if (emitter instanceof Socket) others += 1
      const own = Object.getOwnPropertyDescriptor(emitter, '_events')?.value
      if (own === undefined || own === null) continue
      for (const name of Reflect.ownKeys(own)) {
        const key = (emitter.constructor?.name ?? '?') + ' ' + String(name)
        by[key] = (by[key] ?? 0) + (typeof own[name] === 'function' ? 1 : (own[name]?.length ?? 0))
      }
    }
    return { by, others }
  }
  const targets = function () {
    const by = {}
    let others = 0
    for (const target of this) {
      if (target instanceof AbortSignal) others += 1
      const key = Object.getOwnPropertySymbols(target).find((symbol) => symbol.description === 'kEvents')
      const events = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key)?.value
      // A prototype that is made as an event target has none.
      if (events === undefined) continue
      // Node's own map is no "instanceof Map".
      Map.prototype.forEach.call(events, ({ size }, name) => {
        const key = (target.constructor?.name ?? '?') + ' ' + String(name)
        by[key] = (by[key] ?? 0) + size
      })
    }
    return { by, others }
  }
  const timers = function () {
    const by = {}
    for (const timer of this) {
      if (timer._destroyed !== false) continue
      const key = Math.round(timer._idleTimeout / 100) * 100 + ' ms'
      by[key] = (by[key] ?? 0) + 1
    }
    return { by, others: 0 }
  }
  try {
    const counted = {
      emitters: among("process.getBuiltinModule('node:events').prototype", emitters),
      targets: among('EventTarget.prototype', targets),
      timers: among('(() => { const timer = setTimeout(() => {}, 1); clearTimeout(timer); return Object.getPrototypeOf(timer) })()', timers),
    }
    ask('HeapProfiler.collectGarbage')
    const { heapUsed: heap, external } = process.memoryUsage()
    const resources = {}
    for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1
    done({ ...counted, heap, external, resources })
  } catch (error) {
    fail(error)
  } finally {
    session.disconnect()
  }
}))`

/** What was counted, by a name, and what was met on the way: sockets among the emitters, abort signals among the targets. */
interface Counted { by: Record<string, number>; others: number }
type Looked = Pick<Inside, 'heap' | 'external' | 'resources'> & Record<'emitters' | 'targets' | 'timers', Counted>

/** Where Node says that its inspector listens; what else is said on stderr goes on to the reader. */
export function doorOf(child: ChildProcess, name: string): Promise<string> {
  return new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error(`${name} opened no inspector in ${READY_MS / 1000} s`)), READY_MS)
    child.once('close', () => fail(new Error(`${name} ended before it was ready`)))
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      const url = /ws:\/\/\S+/.exec(chunk)?.[0]
      if (url !== undefined) {
        clearTimeout(late)
        done(url)
      }
      const rest = chunk.split('\n').filter((line) => line.trim() !== '' && !NOISE.test(line))
      if (rest.length > 0) process.stderr.write(`${name}: ${rest.join('\n')}\n`)
    })
  })
}

/** @param url as Node says it at its start: ws://127.0.0.1:PORT/UUID */
export async function openProbe(url: string): Promise<Probe> {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 64 << 20 })
  await new Promise<void>((done, fail) => socket.once('open', done).once('error', fail))
  const waiting = new Map<number, { done(result: unknown): void; fail(error: Error): void }>()
  let next = 1
  socket.on('message', (data) => {
    const { id, result, error } = JSON.parse((data as Buffer).toString()) as { id?: number; result?: unknown; error?: { message: string } }
    const asked = id === undefined ? undefined : waiting.get(id)
    if (id === undefined || !asked) return
    waiting.delete(id)
    if (error) asked.fail(new Error(`the inspector says: ${error.message}`))
    else asked.done(result)
  })
  socket.on('close', () => {
    for (const { fail } of waiting.values()) fail(new Error('the process has ended'))
  })

  function ask<T>(method: string, params: object = {}): Promise<T> {
    const id = next++
    return new Promise<T>((done, fail) => {
      const late = setTimeout(() => fail(new Error(`no answer to ${method} in ${ANSWER_MS / 1000} s`)), ANSWER_MS)
      const over = (): void => clearTimeout(late)
      waiting.set(id, { done: (result) => (over(), done(result as T)), fail: (error) => (over(), fail(error)) })
      socket.send(JSON.stringify({ id, method, params }))
    })
  }
  return {
    async look() {
      const { result, exceptionDetails } = await ask<{ result: { value: Looked }; exceptionDetails?: { text: string; exception?: { description?: string } } }>('Runtime.evaluate', { expression: LOOK, awaitPromise: true, returnByValue: true })
      if (exceptionDetails) throw new Error(`the look into the process failed: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`)
      const { heap, external, resources, emitters, targets, timers } = result.value
      const listenersBy = { ...emitters.by, ...targets.by }
      return {
        heap, external, resources, listenersBy, listeners: totalOf(listenersBy), sockets: emitters.others,
        abortSignals: targets.others, timers: totalOf(timers.by), timersBy: timers.by,
      }
    },
    close: () => socket.terminate(),
  }
}
