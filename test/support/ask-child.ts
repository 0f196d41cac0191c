import type { ChildProcess } from 'node:child_process'

/** Asks a process of a test's own over its channel: it answers each message with the same `id`. One question after the other or several at once. */
export function asking<A extends object>(child: ChildProcess): (what?: object) => Promise<A> {
  let next = 0
  return (what = {}) => {
    const id = next++
    return new Promise((done) => {
      const hear = (message: unknown): void => {
        if ((message as { id: number }).id !== id) return
        child.off('message', hear)
        done(message as A)
      }
      child.on('message', hear)
      child.send({ id, ...what })
    })
  }
}
