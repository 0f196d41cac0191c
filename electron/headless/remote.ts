import type { Common } from '../headless.ts'
import { systemClock } from '../engine/clock.ts'
import { NoEngine, callEngine } from '../engine/control/client.ts'
import type { ControlRequest } from '../engine/control/contract.ts'
import { clockTime } from '../engine/delivery/text.ts'
import { languageFor } from '../engine/delivery/languages/language.ts'
import { openDestinations } from '../engine/destinations.ts'
import type { Engine } from '../engine/engine.ts'
import type { EventType, PrinterState } from '../engine/events/model.ts'
import type { FailingDestination } from '../engine/failing-destinations.ts'
import { placesIn } from '../engine/places.ts'
import { adapters } from '../engine/printers/registry.ts'
import type { TestResult } from '../engine/printers/adapter.ts'
import { testServerWith } from '../engine/printers/server-test.ts'
import { passingMemory } from '../engine/channels/memory.ts'
import type { Verdict } from '../engine/channels/channel.ts'
import type { RehearsalResult } from '../engine/rehearsal.ts'
import { systemNet } from '../engine/system-net.ts'
import { compose } from './compose.ts'
import { clean } from './live-view.ts'
import { UserError } from './errors.ts'
import { systemLocale } from './locale.ts'
import type { Out } from './out.ts'
import { quietLog } from '../engine/quiet-log.ts'
import { readSettingsFile, secretsFor } from './settings-file.ts'

/** Asks the running engine; null when none runs. @throws UserError with the engine's words */
export async function ask(options: Common, request: ControlRequest): Promise<{ result: unknown } | null> {
  try {
    return { result: await callEngine(placesIn(options.data).controlSocket, request) }
  } catch (error) {
    if (error instanceof NoEngine) return null
    throw new UserError((error as Error).message)
  }
}

/** The same for what only a running engine can do. @throws UserError also where none runs */
export async function askRunning(options: Common, request: ControlRequest): Promise<unknown> {
  const answered = await ask(options, request)
  if (!answered) throw new UserError(`This needs a running engine, and none runs on ${options.data}. Start one with "watch", or name its folder with --data.`)
  return answered.result
}

export async function status(options: Common & { json?: boolean }, out: Out): Promise<number> {
  const result = await askRunning(options, { call: 'status' })
  if (options.json) {
    out.line(JSON.stringify(result))
    return 0
  }
  const { printers, links, failing } = result as { failing: (FailingDestination & { label: string })[]; printers: { id: string; name: string; state: PrinterState }[]; links: { serverId: string; observation: { link: string; detail: string | null } }[] }
  for (const { serverId, observation } of links) out.line(`server ${serverId}: ${observation.link}${observation.detail ? `, ${observation.detail}` : ''}`)
  for (const { name, state } of printers) out.line(`${name}: ${state.link === 'up' ? `${state.device}, job ${state.job}` : state.link}${state.progress === null ? '' : ` ${Math.round(state.progress * 100)} %`}`)
  for (const one of failing) out.line(failingLine(one, one.label, systemClock().now()))
  return 0
}

/** "My phone: failing since 14:31, next try 14:46: The server does not answer (timeout)." `now` epoch ms; no zone = the computer's. */
export function failingLine({ since, state, nextTryAt, why }: FailingDestination, label: string, now: number, timeZone?: string): string {
  const time = (at: number): string => clockTime(at, now, timeZone)
  if (state === 'gone') return clean(`${label}: gone since ${time(since)}, nothing is sent there until it is changed: ${why}`)
  const next = state === 'half_open' ? 'being tried now' : nextTryAt === null ? 'next try with the next message' : `next try ${time(nextTryAt)}`
  return clean(`${label}: failing since ${time(since)}, ${next}: ${why}`)
}

export async function testDestination(id: string, options: Common, out: Out): Promise<number> {
  const answered = await ask(options, { call: 'test-destination', destinationId: id })
  const { label, verdict, ms } = (answered ? answered.result : await testAlone(id, options)) as { label: string; verdict: Verdict; ms: number }
  const detail = verdict.result === 'delivered' ? verdict.detail : verdict.why
  out.line(`${label}: ${verdict.result}${detail ? `, ${detail}` : ''} (${ms} ms)`)
  return verdict.result === 'delivered' ? 0 : 1
}

/** Without an engine the destination is opened just for the test; nothing else is started. */
async function testAlone(id: string, options: Common): Promise<unknown> {
  const file = await readSettingsFile(options)
  if (!file.engine.destinations.some((destination) => destination.id === id)) throw new UserError(`there is no destination "${id}"; there are: ${file.engine.destinations.map((destination) => destination.id).join(', ') || 'none'}`)
  const destinations = openDestinations({
    destinations: () => file.engine.destinations.filter((destination) => destination.id === id),
    channels: file.kinds.channels,
    secrets: secretsFor(file.path, quietLog),
    ports: { clock: systemClock(), random: Math.random, net: systemNet(), log: quietLog, pressed: () => undefined, shrink: async () => null },
    memoryOf: passingMemory,
    language: (destinationId) => languageFor(file.engine, destinationId, systemLocale()),
    onTrouble: () => undefined,
  })
  const keepAlive = setInterval(() => undefined, 1_000)
  try {
    await destinations.start()
    return await destinations.test(id)
  } catch (error) {
    throw new UserError((error as Error).message)
  } finally {
    clearInterval(keepAlive)
    await destinations.close()
  }
}

export async function testServer(id: string, options: Common & { json?: boolean }, out: Out): Promise<number> {
  const file = await readSettingsFile(options)
  const keepAlive = setInterval(() => undefined, 1_000)
  let result: TestResult & { missing: string[] }
  try {
    result = await testServerWith(id, { settings: file.engine, adapters, secrets: secretsFor(file.path, quietLog), clock: systemClock(), net: systemNet(), log: quietLog, random: Math.random })
  } finally {
    clearInterval(keepAlive)
  }
  if (options.json) out.line(JSON.stringify(result))
  else {
    for (const missing of result.missing) out.note(`warning: ${missing}`)
    out.line(`${id}: ${result.cause}. ${result.detail}`)
    if (result.version) out.line(`  version: ${result.version}`)
    if (result.permissions) out.line(`  this key may: ${result.permissions.join(', ') || 'nothing'}`)
    if (result.fingerprint) out.line(`  certificate: ${result.fingerprint}`)
    for (const source of result.sources) out.line(`  printer: ${source.name} (${source.sourceId})`)
    if (result.camera) out.line(`  camera: ${result.camera.ok ? 'ok' : 'not ok'}. ${result.camera.detail}`)
  }
  return result.cause === 'ok' ? 0 : 1
}

/** A rehearsal. Without a running engine one is started just for it, connected to no printer. */
export async function send(id: string, options: Common & { printer: string; kind: string }, out: Out): Promise<number> {
  const type = options.kind as EventType
  const answered = await ask(options, { call: 'send', destinationId: id, printerId: options.printer, type })
  const result = (answered ? answered.result : await withEngineAlone(options, (engine) => engine.rehearse({ destinationId: id, printerId: options.printer, type }))) as RehearsalResult
  const { decision, attempt } = result
  out.line(`decision: ${decision.decision} at stage "${decision.stage}", because ${decision.reason.replaceAll('_', ' ')}`)
  if (attempt) out.line(`attempt: ${attempt.result}${attempt.detail ? `, ${attempt.detail}` : ''} (${attempt.ms} ms)`)
  else if (decision.decision === 'deliver') out.line('attempt: none yet; it waits in the outbox')
  out.line(`event: ${result.eventId}`)
  return decision.decision === 'deliver' && attempt?.result === 'delivered' ? 0 : 1
}

/** An engine just for this, connected to no printer. @throws UserError with the engine's words */
export async function withEngineAlone<T>(options: Common, work: (engine: Engine) => Promise<T>): Promise<T> {
  const file = await readSettingsFile(options)
  const composition = compose({
    settings: { ...file.engine, servers: [] },
    dataFolder: options.data,
    channels: file.kinds.channels,
    secrets: (log) => secretsFor(file.path, log),
    onNews: () => undefined,
    onOpen: () => undefined,
  })
  const keepAlive = setInterval(() => undefined, 1_000)
  try {
    await composition.engine.start()
    return await work(composition.engine)
  } catch (error) {
    throw new UserError((error as Error).message)
  } finally {
    clearInterval(keepAlive)
    await composition.close()
  }
}
