/** Errors that nobody caught: logged, told once in a while, and no reason to stop watching. */
import type { Clock, Log } from '../../engine/ports.ts'

export interface FaultParts {
  clock: Pick<Clock, 'now'>
  log: Log
  /** Tells the person; called at most once in `quietMs`. */
  tell(text: string): void
  quietMs?: number
}

const QUIET_MS = 10 * 60_000

/** Gives what takes each error. Pure but for what it is given. */
export function faultTaker(parts: FaultParts): (error: unknown, where: string) => void {
  let toldAt = Number.NEGATIVE_INFINITY
  return (error, where) => {
    parts.log.error('an error nobody caught', { error, where })
    const now = parts.clock.now()
    if (now - toldAt < (parts.quietMs ?? QUIET_MS)) return
    toldAt = now
    parts.tell('Printbell met an error it did not expect and goes on. Its log says what it was; Settings, Privacy makes a report for the developers.')
  }
}

/** Listens to the process. @returns what ends it */
export function watchFaults(take: (error: unknown, where: string) => void): () => void {
  const onException = (error: unknown): void => take(error, 'exception')
  const onRejection = (error: unknown): void => take(error, 'rejection')
  process.on('uncaughtException', onException)
  process.on('unhandledRejection', onRejection)
  return () => {
    process.off('uncaughtException', onException)
    process.off('unhandledRejection', onRejection)
  }
}
