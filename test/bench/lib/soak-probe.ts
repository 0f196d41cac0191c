/**
 * A look inside a running process over Node's inspector, so that nothing for it stands in the product: memory after a collection, what keeps
 * the event loop alive, and by a walk through the heap every listener, timer and socket there is.
 */
import { WebSocket } from 'ws'

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

/** These run in the other process. */
const MEMORY = `(() => {
  const resources = {}
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1
  const { heapUsed, external } = process.memoryUsage()
  return { heap: heapUsed, external, resources }
})()`
const EMITTERS = `function () {
  const { Socket } = process.getBuiltinModule('node:net')
  const by = {}
  let all = 0
  let sockets = 0
  for (const emitter of this) {
    if (emitter instanceof Socket) sockets += 1
    const own = Object.getOwnPropertyDescriptor(emitter, '_events')?.value
    if (own === undefined || own === null) continue
    for (const name of Reflect.ownKeys(own)) {
      const count = typeof own[name] === 'function' ? 1 : (own[name]?.length ?? 0)
      const key = (emitter.constructor?.name ?? '?') + ' ' + String(name)
      by[key] = (by[key] ?? 0) + count
      all += count
    }
  }
  return { count: all, by, others: sockets }
}`
const TARGETS = `function () {
  const by = {}
  let all = 0
  let signals = 0
  for (const target of this) {
    if (target instanceof AbortSignal) signals += 1
    const key = Object.getOwnPropertySymbols(target).find((symbol) => symbol.description === 'kEvents')
    const events = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key)?.value
    if (!(events instanceof Map)) continue
    for (const [name, { size }] of events) {
      const key = (target.constructor?.name ?? '?') + ' ' + String(name)
      by[key] = (by[key] ?? 0) + size
      all += size
    }
  }
  return { count: all, by, others: signals }
}`
const ARMED = `function () {
  const by = {}
  let all = 0
  for (const timer of this) {
    if (timer._destroyed !== false) continue
    const key = Math.round(timer._idleTimeout / 100) * 100 + ' ms'
    by[key] = (by[key] ?? 0) + 1
    all += 1
  }
  return { count: all, by, others: 0 }
}`
const OF_TIMER = '(() => { const timer = setTimeout(() => {}, 1); clearTimeout(timer); return Object.getPrototypeOf(timer) })()'

/** What was counted, by a name, and what was met on the way: sockets among the emitters, abort signals among the targets. */
interface Counted { count: number; by: Record<string, number>; others: number }

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
  const evaluate = async (expression: string, more: object = {}): Promise<{ value?: unknown; objectId?: string }> => {
    const { result, exceptionDetails } = await ask<{ result: { value?: unknown; objectId?: string }; exceptionDetails?: { text: string; exception?: { description?: string } } }>('Runtime.evaluate', { expression, objectGroup: GROUP, ...more })
    if (exceptionDetails) throw new Error(`the probe failed: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`)
    return result
  }
  /** Every object with this prototype, given to a function as its `this`. */
  const among = async (prototype: string, by: string): Promise<Counted> => {
    const { objectId: prototypeObjectId } = await evaluate(prototype)
    const { objects } = await ask<{ objects: { objectId: string } }>('Runtime.queryObjects', { prototypeObjectId, objectGroup: GROUP })
    const { result, exceptionDetails } = await ask<{ result: { value: Counted }; exceptionDetails?: { text: string } }>('Runtime.callFunctionOn', { functionDeclaration: by, objectId: objects.objectId, returnByValue: true })
    await ask('Runtime.releaseObjectGroup', { objectGroup: GROUP })
    if (exceptionDetails) throw new Error(`the probe failed: ${exceptionDetails.text}`)
    return result.value
  }
  const module_ = (name: string): string => `process.getBuiltinModule('node:${name}')`

  return {
    async look() {
      // Each is a walk through the whole heap, in which the process does nothing else.
      const emitters = await among(`${module_('events')}.prototype`, EMITTERS)
      const targets = await among('EventTarget.prototype', TARGETS)
      const timers = await among(OF_TIMER, ARMED)
      await ask('HeapProfiler.collectGarbage')
      const { value } = await evaluate(MEMORY, { returnByValue: true })
      await ask('Runtime.releaseObjectGroup', { objectGroup: GROUP })
      const { heap, external, resources } = value as Pick<Inside, 'heap' | 'external' | 'resources'>
      return {
        heap, external, resources, listeners: emitters.count + targets.count, listenersBy: { ...emitters.by, ...targets.by }, sockets: emitters.others,
        abortSignals: targets.others, timers: timers.count, timersBy: timers.by,
      }
    },
    close: () => socket.terminate(),
  }
}

const GROUP = 'soak'
