/** The window's end of the bridge: every answer and every push is parsed here; pages import `ask` and `onPush`, nothing rawer. */
import { calls, pushes, type CallInput, type CallName, type CallOutput, type PushName, type PushPayload } from '../../electron/bridge/contract.ts'
import type { Answer } from '../../electron/bridge/channels.ts'

declare global {
  interface Window {
    readonly printbell: {
      call(name: string, input: unknown): Promise<unknown>
      onPush(listener: (name: string, payload: unknown) => void): () => void
    }
  }
}

/** The main process said no, in words for people. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/**
 * Asks the main process.
 * @throws Refused with the main process's own words
 */
export async function ask<N extends CallName>(name: N, ...input: CallInput<N> extends null ? [] : [CallInput<N>]): Promise<CallOutput<N>> {
  const answer = (await window.printbell.call(name, input[0] ?? null)) as Answer
  if (!answer.ok) throw new Refused(answer.error)
  return calls[name].output.parse(answer.value) as CallOutput<N>
}

const listeners = new Map<PushName, Set<(payload: never) => void>>()
let listening = false

/** @returns a function that ends it */
export function onPush<N extends PushName>(name: N, listener: (payload: PushPayload<N>) => void): () => void {
  if (!listening) {
    listening = true
    window.printbell.onPush((heard, payload) => {
      if (!Object.hasOwn(pushes, heard)) return
      const parsed = pushes[heard as PushName].parse(payload)
      for (const each of listeners.get(heard as PushName) ?? []) each(parsed as never)
    })
  }
  const set = listeners.get(name) ?? new Set()
  listeners.set(name, set)
  set.add(listener)
  return () => void set.delete(listener)
}
