/** Watching by asking: steady, one request at a time, often while it prints. */
import { z } from 'zod'
import type { Observation } from '../../events/model.ts'
import { ServerError, type ServerCause } from '../kit/server-error.ts'
import { wait, type Wait } from '../kit/wait.ts'
import { parseJson } from '../net.ts'
import type { Contact } from './contact.ts'
import { identify } from './identify.ts'
import type { Former } from './interpret.ts'
import { jobSchema, statusSchema, type JobAnswer, type Status } from './payloads.ts'
import { outcomeOf } from './reconcile.ts'
import { judge } from './rest.ts'

/** From the end of one round to the start of the next, while there is a job or somebody is asked for. */
const LIVELY_MS = 2_000
/** While nothing goes on. PrusaLink's own page asks as often; less than the 5 s that the engine allows between two signs of life. */
const IDLE_MS = 4_500
/** A board drops a connection now and then: the line counts as lost when nothing came for so long. */
const LOST_AFTER_MS = 10_000
/** What may be over with the next try. */
const PASSING: ReadonlySet<ServerCause> = new Set<ServerCause>(['timeout', 'reset', 'refused', 'unreachable', 'not_http', 'server_error'])

interface Round {
  status: Status
  /** Null = there is none; undefined = not asked for. */
  job: JobAnswer | null | undefined
}

export interface PollControl {
  /** Look now. */
  hurry(): void
}

/**
 * One period: identifies the server, finds out what was missed, then polls until the line is lost.
 * @throws ServerError why it ended, or never began
 */
export async function runPolling(contact: Contact, onControl: (control: PollControl | null) => void, onUp: () => void): Promise<never> {
  const { clock, log } = contact.ports
  const { signal } = contact
  const identity = await identify(contact.rest, signal)
  log.debug('PrusaLink answers', { what: identity.what })
  if (identity.version !== null) contact.sink.runs?.(identity.what)
  await begin(contact)
  onUp()
  contact.refreshCameras()
  let pause: Wait | null = null
  onControl({ hurry: () => pause?.hurry() })
  let heardAt = clock.monotonic()
  try {
    for (;;) {
      pause = wait(clock, contact.interpreter.lively() ? LIVELY_MS : IDLE_MS, signal)
      await pause.over
      if (signal.aborted) throw new ServerError('aborted', 'Stopped.')
      try {
        const { status, job } = await ask(contact, false)
        heardAt = clock.monotonic()
        contact.observe(contact.interpreter.round(status, job, clock.now()))
        contact.link.alive()
      } catch (error) {
        if (!(error instanceof ServerError) || !PASSING.has(error.cause_) || clock.monotonic() - heardAt >= LOST_AFTER_MS) throw error
        log.debug('a poll failed', { cause: error.cause_ })
      }
    }
  } finally {
    onControl(null)
  }
}

/** The first poll: outcomes of what was missed, then the link, then one full state. @throws ServerError */
async function begin(contact: Contact): Promise<void> {
  const { remembered, sourceId, interpreter, ports } = contact
  const { status, job } = await ask(contact, true)
  const at = ports.clock.now()
  const former: Former | null = remembered.lastSeenAt(sourceId) === null ? null : remembered.activeJob(sourceId)
  const { fate, lastRun, observations } = interpreter.resync(status, job ?? null, at, former)
  contact.observe(outcomeOf({ sourceId, at, former, fate, lastRun, status }))
  contact.link.tell('up', null, null)
  contact.observe(observations.map((observation): Observation => ({ ...observation, at: ports.clock.now() })))
}

/** Status, and the job where it is worth a request. @throws ServerError */
async function ask({ rest, signal, interpreter, ports }: Contact, whole: boolean): Promise<Round> {
  const status = await rest.json('GET', '/api/v1/status', statusSchema, { signal })
  if (status.job === null) return { status, job: null }
  if (!whole && !interpreter.wantsJob(status, ports.clock.now())) return { status, job: undefined }
  const answer = await rest.call('GET', '/api/v1/job', { signal })
  if (answer.status === 204 || answer.status === 404) return { status, job: null }
  const wrong = judge(answer, rest.host)
  if (wrong) throw wrong
  const parsed = z.union([jobSchema, z.null()]).safeParse(parseJson(answer.body))
  // Its state stands in the status too: an unreadable job is only a job without a name.
  return { status, job: parsed.success ? parsed.data : null }
}
