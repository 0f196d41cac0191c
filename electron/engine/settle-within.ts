import type { Cancel, Clock } from './ports.ts'

/** Resolves when `promise` settles, however, or after `ms`. */
export function settleWithin(promise: Promise<unknown>, ms: number, clock: Clock): Promise<void> {
  return new Promise((done) => {
    const cancel = clock.after(ms, done)
    void promise.then(() => undefined, () => undefined).then(() => {
      cancel()
      done()
    })
  })
}

/** What `work` gives, or null when it takes longer than `ms`: whoever is asked may hang and heed no signal. */
export async function orTooLate<T>(work: () => Promise<T>, ms: number, clock: Clock): Promise<T | null> {
  let cancel: Cancel = () => undefined
  const late = new Promise<null>((done) => {
    cancel = clock.after(ms, () => done(null))
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    cancel()
  }
}
