/** Where things stand by REST, and what was missed: the part that push and polling share. */
import { z } from 'zod'
import { isActivePhase, type Observation, type StateReport } from '../../events/model.ts'
import { parseJson } from '../net.ts'
import type { Contact } from './contact.ts'
import { reconcile, type Held, type Present, type ServerMemory } from './reconcile.ts'
import { judge } from './rest.ts'

/** What the interpreter made of a first report: which job runs now. */
export function presentOf(observations: readonly Observation[]): Present {
  const present: Present = { active: false, file: null }
  for (const observation of observations) {
    if (observation.kind !== 'state') continue
    if (observation.state.job !== undefined) present.active = isActivePhase(observation.state.job)
    if (observation.state.file !== undefined) present.file = observation.state.file
  }
  return present
}

/** Reads job and printer once. `/api/printer` answers 409 while no printer is connected, which is normal. @throws ServerError */
export async function readByRest(contact: Contact): Promise<Observation[]> {
  const { rest, signal, interpreter, ports } = contact
  const job = await rest.json('GET', '/api/job', z.unknown(), { signal })
  const printer = await rest.call('GET', '/api/printer?exclude=sd', { signal })
  if (printer.status !== 409) {
    const wrong = judge(printer, rest.host)
    if (wrong) throw wrong
  }
  const at = ports.clock.now()
  const told = printer.status === 409 ? null : parseJson(printer.body)
  contact.keepRest(job, told)
  if (printer.status === 409) return [...interpreter.rest('job_offline', job, at)]
  return [...interpreter.rest('job', job, at), ...interpreter.rest('printer', told, at)]
}

/** The two answers of one round as one report; `full` when it starts a new period of watching. */
export function asFull(observations: readonly Observation[]): Observation[] {
  const states = observations.filter((one) => one.kind === 'state')
  const last = states.at(-1)
  if (!last) return [...observations]
  const state: StateReport = {}
  for (const one of states) Object.assign(state, one.state)
  return [{ ...last, full: true, state }, ...observations.filter((one) => one.kind !== 'state')]
}

/** Server clock minus ours in ms, from the Date header of any answer; 0 when the server sends none. */
export async function readSkew(contact: Contact): Promise<number> {
  const { rest, signal, ports } = contact
  const answer = await rest.call('GET', '/api/version', { signal })
  const wrong = judge(answer, rest.host)
  if (wrong) throw wrong
  const date = Date.parse(answer.headers['date'] ?? '')
  // The header cuts the milliseconds off: half a second is the best guess.
  return Number.isFinite(date) ? date + 500 - ports.clock.now() : 0
}

/**
 * What happened while the link was down: outcomes to be observed before the first full state, and OctoPrint's own
 * Startup and Shutdown, which its push channel never carries, where somebody listens for them.
 * @throws ServerError
 */
export async function catchUp(contact: Contact, present: Present, memory: ServerMemory | null, held: Held | null = null): Promise<Observation[]> {
  const { ports, rest, remembered, signal, sourceId, wanted, interpreter } = contact
  if (remembered.lastSeenAt(sourceId) === null) return []
  const { outcomes, restarted } = await reconcile({
    rest, sourceId, remembered, present, memory, signal,
    now: ports.clock.now(),
    skew: await readSkew(contact),
    process: contact.process,
    held,
    log: ports.log,
  })
  if (!restarted) return outcomes
  const names = (['Shutdown', 'Startup'] as const).filter((name) => wanted.natives.has(name) || wanted.natives.has('*'))
  return [...outcomes, ...names.flatMap((name) => interpreter.synthesise(name, ports.clock.now()))]
}

/** How far back the server remembers, by REST (polling has no history frame); null when it does not tell. */
export async function memoryByRest(contact: Contact): Promise<ServerMemory | null> {
  const answer = await contact.rest.call('GET', '/api/printer?history=true&exclude=sd,state', { signal: contact.signal, maxBytes: 4_000_000 })
  if (answer.status === 409) return null
  const parsed = z.object({ temperature: z.object({ history: z.array(z.object({ time: z.number() })) }) }).safeParse(parseJson(answer.body))
  return parsed.success ? { temps: parsed.data.temperature.history, markings: [] } : null
}

