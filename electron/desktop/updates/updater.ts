/** What the updates need of whoever finds, downloads and installs them. */
import type { Release } from '../../bridge/views/updates.ts'

/** Why there is no newer version to be had: cause and cure, for people. */
export class UpdateError extends Error {
  override readonly name = 'UpdateError'
}

/** One place that is asked. Every method but `finish` ends early, however, when its signal aborts. */
export interface Updater {
  /** The newer version that this installation may have; null = there is none. @throws UpdateError, or what came between */
  check(signal: AbortSignal): Promise<Release | null>
  /** Downloads what `check` found last, and checks it. @param onBytes so far, and in all (0 = not known yet) @throws as `check` */
  download(onBytes: (bytes: number, of: number) => void, signal: AbortSignal): Promise<void>
  /** All of the installation that takes time and can fail, while Printbell still runs. Nothing that runs is touched. May be called twice. @throws as `check` */
  prepare(signal: AbortSignal): Promise<void>
  /** Once everything has stopped: the new version takes the place of the old one. @param again whether it is started then @throws as `check` */
  finish(again: boolean): Promise<void>
}
