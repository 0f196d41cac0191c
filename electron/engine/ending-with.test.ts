import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { endingWith } from './ending-with.ts'

/** What Node itself keeps in a signal for those that depend on it (`AbortSignal.any`); it is never taken out in Node 20. */
function dependants(signal: AbortSignal): number {
  const key = Object.getOwnPropertySymbols(signal).find(({ description }) => description === 'kDependantSignals')
  const kept = key === undefined ? undefined : (signal as unknown as Record<symbol, { size: number } | undefined>)[key]
  return kept?.size ?? 0
}

describe('work that ends with any of several signals', () => {
  it('gets a signal that aborts with the first of them, for its reason', async () => {
    const [closing, late] = [new AbortController(), new AbortController()]
    const seen = await endingWith([closing.signal, late.signal], async (signal) => {
      late.abort('too late')
      return { aborted: signal.aborted, reason: signal.reason as unknown }
    })
    expect(seen).toEqual({ aborted: true, reason: 'too late' })
  })

  it('gets one that is aborted already when one of them is', async () => {
    const closing = new AbortController()
    closing.abort('closed')
    expect(await endingWith([new AbortController().signal, closing.signal], async (signal) => signal.reason as unknown)).toBe('closed')
  })

  it('leaves nothing behind in a signal that lives on, however the work ends', async () => {
    const closing = new AbortController()
    for (let n = 0; n < 100; n++) {
      await endingWith([closing.signal, new AbortController().signal], async () => n)
      await expect(endingWith([closing.signal, new AbortController().signal], async () => Promise.reject(new Error('broke')))).rejects.toThrow('broke')
    }
    expect(getEventListeners(closing.signal, 'abort')).toEqual([])
    expect(dependants(closing.signal)).toBe(0)
  })

  it('does not hear a signal that aborts after its end', async () => {
    const closing = new AbortController()
    const signal = await endingWith([closing.signal], async (own) => own)
    closing.abort()
    expect(signal.aborted).toBe(false)
  })
})
