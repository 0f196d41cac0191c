/** Watching by REST where the websocket can't be had: steady, never two rounds at once, and back to push as soon as it works. */
import type { Observation } from '../../events/model.ts'
import { ServerError } from '../kit/server-error.ts'
import { wait, type Wait } from '../kit/wait.ts'
import type { Contact } from './contact.ts'
import { openPush, type Push } from './push.ts'
import { asFull, catchUp, memoryByRest, presentOf, readByRest } from './resync.ts'

/** From the end of one round to the start of the next. */
const ROUND_MS = 2_000
/** How often push is tried again. */
const RETRY_PUSH_MS = 60_000
/** A trial socket must say `connected` within this. */
const TRIAL_MS = 5_000

export interface PollControl {
  /** Look now. */
  hurry(): void
}

/**
 * Runs until the websocket works again.
 * @throws ServerError when the server is lost
 */
export async function runPolling(contact: Contact, onControl: (control: PollControl | null) => void, onUp: () => void): Promise<void> {
  const { clock } = contact.ports
  let nextTrial = clock.monotonic() + RETRY_PUSH_MS
  let pause: Wait | null = null
  onControl({ hurry: () => pause?.hurry() })
  try {
    const first = asFull(await readByRest(contact))
    const outcomes = await catchUp(contact, presentOf(first), await memoryByRest(contact))
    contact.observe(outcomes)
    contact.link.tell('up', null, 'The websocket is not passed on to OctoPrint, so it is asked every 2 seconds.')
    contact.observe(first.map((observation): Observation => ({ ...observation, at: clock.now() })))
    contact.process = null
    onUp()
    if (contact.webcams === null) contact.refreshSettings()
    for (;;) {
      pause = wait(clock, ROUND_MS, contact.signal)
      await pause.over
      if (contact.signal.aborted) throw new ServerError('aborted', 'Stopped.')
      if (clock.monotonic() >= nextTrial) {
        nextTrial = clock.monotonic() + RETRY_PUSH_MS
        if (await pushWorks(contact)) return
      }
      const round = await readByRest(contact)
      contact.observe(await endedBetween(contact, round))
      contact.observe(round)
      contact.alive()
    }
  } finally {
    onControl(null)
  }
}

/**
 * A job that ran at the last round and does not at this one ended unseen: polling hears no events. OctoPrint's own record of
 * the file says how, and it must be told before the state that shows no job.
 * @throws ServerError
 */
async function endedBetween(contact: Contact, round: Observation[]): Promise<Observation[]> {
  const present = presentOf(asFull(round))
  if (present.active || contact.remembered.activeJob(contact.sourceId) === null) return []
  // It is the same process as two seconds ago, or the request would have failed.
  contact.process = 'same'
  try {
    return await catchUp(contact, present, null)
  } finally {
    contact.process = null
  }
}

/** Opens a websocket only to see whether OctoPrint speaks on it. */
async function pushWorks(contact: Contact): Promise<boolean> {
  const { rest, signal, ports } = contact
  const headers = rest.headers()
  let socket: Push | null = null
  try {
    return await new Promise<boolean>((resolve, reject) => {
      const cancel = ports.clock.after(TRIAL_MS, () => resolve(false))
      const settle = (works: boolean) => {
        cancel()
        resolve(works)
      }
      openPush(
        { base: rest.base, headers: headers['Authorization'] === undefined ? {} : { Authorization: headers['Authorization'] }, pin: rest.pin, clock: ports.clock, signal },
        { frame: () => settle(true), alive: () => undefined, junk: () => settle(false), closed: () => settle(false) },
      ).then((opened) => {
        socket = opened
      }, (error: unknown) => {
        cancel()
        reject(error instanceof Error ? error : new Error('no websocket'))
      })
    })
  } catch (error) {
    ports.log.debug('the websocket is still not to be had', { error: error instanceof Error ? error.message : String(error) })
    return false
  } finally {
    closeTrial(socket)
  }
}

function closeTrial(socket: Push | null): void {
  socket?.close(new ServerError('aborted', 'Stopped.'))
}
