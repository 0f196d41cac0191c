/**
 * The simulated machine: a pure state machine over simulated time. What it says is what OctoPrint 1.11.8 was seen to say
 * in the same situation, in the same order; how it is sent is the server's business.
 */
import { actual, aim, cold, type HeaterState } from './heater.ts'
import { event, notification, plugin, state } from './said.ts'
import type { Script, ScriptStep, Verdict } from './scripts.ts'

export type Phase = 'idle' | 'heating' | 'printing' | 'pausing' | 'paused' | 'offline'

/** One thing that leaves the machine: an event, a plugin's message, or a line of the terminal. */
export type Said =
  | { event: { type: string; payload: Record<string, unknown> | null } }
  | { plugin: { plugin: string; data: Record<string, unknown> } }
  | { log: string }

export interface Machine {
  phase: Phase
  /** Simulated ms of the last change of phase. */
  since: number
  /** Who started the job; null before the first one. */
  user: string | null
  /** Simulated ms; null = no job was started yet. */
  startedAt: number | null
  /** Moving time until `since`, ms; grows only while printing. */
  printed: number
  /** Standing time in pauses of this job until `since`, ms. */
  paused: number
  layer: number
  nextStep: number
  prompt: { text: string; choices: string[] } | null
  /** When the pause ends by itself, the phase's own or the script's. */
  resumeAt: number | null
  startAt: number | null
  reconnectAt: number | null
  floodAt: number | null
  floods: number
  tool: HeaterState
  bed: HeaterState
  /** The text OctoPrint keeps while it is offline after an error. */
  error: string
  /** True while a job is selected; an error deselects it. */
  selected: boolean
  /** What the failure detector said so far. */
  verdicts: number
  successes: number
  failures: number
  /** `at` is simulated ms, `printTime` seconds. */
  last: { success: boolean; at: number; printTime: number } | null
}

export const NOZZLE_TARGET = 215
export const BED_TARGET = 60
export const LAYER_HEIGHT = 0.2
const PARK_MM = 20
/** OctoPrint parks and waits for the buffer before it calls itself paused. */
const PAUSING_MS = 200
/** After an answered filament change the printer primes the nozzle before it goes on. */
const PRIME_MS = 1000

export function machine(script: Script): Machine {
  return {
    phase: 'idle', since: 0, user: null, startedAt: null, printed: 0, paused: 0, layer: -1, nextStep: 0, prompt: null, resumeAt: null,
    startAt: script.startsAfterMs, reconnectAt: null, floodAt: null, floods: 0, tool: cold(), bed: cold(), error: '', selected: false,
    verdicts: 0, successes: 0, failures: 0, last: null,
  }
}

export type Wish =
  | { do: 'start' | 'restart'; user: string }
  | { do: 'pause' | 'resume' | 'cancel'; user: string }
  | { do: 'answer'; choice: number }
  | { do: 'fail'; error: string; reconnectsAfterMs: number | null }
  | { do: 'connect' | 'disconnect' }
  | { do: 'notify'; text: string }
  | ({ do: 'judge' } & Verdict)

export interface Moved {
  machine: Machine
  said: Said[]
}

/** What the machine shows at `now`. Progress is a fraction, times are whole seconds. */
export interface View {
  phase: Phase
  progress: number | null
  printTime: number | null
  printTimeLeft: number | null
  layer: number | null
  z: number | null
  tool: { actual: number; target: number }
  bed: { actual: number; target: number }
}

export function view(m: Machine, now: number, script: Script): View {
  const moved = printedAt(m, now)
  const active = isActive(m)
  const known = m.startedAt !== null && m.selected
  const progress = known ? Math.min(1, moved / script.printMs) : null
  return {
    phase: m.phase,
    progress,
    printTime: known ? Math.floor(workedAt(m, now) / 1000) : null,
    printTimeLeft: progress === null ? null : !active ? (progress >= 1 ? 0 : null) : progress < 0.05 ? null : Math.round(((1 - progress) * script.printMs) / 1000),
    layer: known && m.layer >= 0 ? m.layer : null,
    z: known && m.layer >= 0 ? height(m.layer) + (isParked(m, now, script) ? PARK_MM : 0) : null,
    tool: { actual: actual(m.tool, now), target: m.tool.target },
    bed: { actual: actual(m.bed, now), target: m.bed.target },
  }
}

/** True from start to end of a job, pauses included. */
export function isActive(m: Machine): boolean {
  return m.phase === 'heating' || m.phase === 'printing' || m.phase === 'pausing' || m.phase === 'paused'
}

/** Simulated ms of the next thing that happens by itself; null = nothing will. */
export function due(m: Machine, script: Script): number | null {
  const times: (number | null)[] = [m.floodAt]
  if (m.phase === 'idle') times.push(m.startAt)
  if (m.phase === 'offline') times.push(m.reconnectAt)
  if (m.phase === 'heating') times.push(m.since + script.heatMs)
  if (m.phase === 'printing') times.push(m.since + nextMark(m, script) - m.printed)
  if (m.phase === 'pausing' && !m.prompt) times.push(m.since + PAUSING_MS)
  if (m.prompt || m.phase === 'paused') times.push(m.resumeAt)
  const set = times.filter((time) => time !== null)
  return set.length ? Math.min(...set) : null
}

/** Lets everything happen that is due by `now`, in order. */
export function advance(before: Machine, now: number, script: Script): Moved {
  const m = { ...before }
  const said: Said[] = []
  for (let at = due(m, script); at !== null && at <= now; at = due(m, script)) happen(m, at, script, said)
  return { machine: m, said }
}

/**
 * Does what a person or a program asks.
 * @returns null when the machine's state does not allow it (OctoPrint answers 409 then).
 */
export function wish(before: Machine, now: number, script: Script, what: Wish): Moved | null {
  const { machine: m, said } = advance(before, now, script)
  switch (what.do) {
    case 'start':
      if (m.phase !== 'idle') return null
      start(m, now, script, what.user, said)
      break
    case 'restart':
      if (m.phase !== 'paused') return null
      start(m, now, script, what.user, said)
      break
    case 'pause':
      if (!isActive(m)) return null
      if (m.phase === 'heating' || m.phase === 'printing') pause(m, now, script, what.user, null, said)
      break
    case 'resume':
      if (!isActive(m)) return null
      if (m.prompt) answer(m, now, said)
      if (m.phase === 'paused') resume(m, now, script, what.user, said)
      break
    case 'cancel':
      if (!isActive(m)) return null
      cancel(m, now, script, what.user, said)
      break
    case 'answer':
      if (!m.prompt) return null
      answer(m, now, said)
      break
    case 'fail':
      if (!isActive(m)) return null
      fail(m, now, script, what.error, what.reconnectsAfterMs, said)
      break
    case 'connect':
      if (m.phase === 'offline') connect(m, now, said)
      break
    case 'disconnect':
      if (isActive(m)) return null
      if (m.phase !== 'offline') goOffline(m, now, '', said)
      break
    case 'notify':
      said.push(notification(what.text))
      break
    case 'judge':
      if (m.phase !== 'printing') return null
      judge(m, now, script, what, said)
      break
  }
  return { machine: m, said }
}

/** The file as OctoPrint names it in an event's payload. */
export function filePayload(script: Script): Record<string, unknown> {
  return { name: script.file.name, path: script.file.name, origin: 'local', size: script.file.size, owner: 'demo' }
}

/** The file's last commands: the head is up and aside, and the job goes on a little. */
export function isParked(m: Machine, now: number, script: Script): boolean {
  return isActive(m) && parking(script) > 0 && printedAt(m, now) >= script.printMs - parking(script)
}

/** All layers are done when the head parks. */
const layerMs = (script: Script): number => (script.printMs - parking(script)) / script.layers
/** A print that is shortened for a test parks for half of it at most. */
const parking = ({ printMs, parkMs }: Script): number => Math.min(parkMs, printMs / 2)

function height(layer: number): number {
  return Math.round((layer + 1) * LAYER_HEIGHT * 100) / 100
}

function printedAt(m: Machine, now: number): number {
  return m.printed + (m.phase === 'printing' ? now - m.since : 0)
}

/** Job time without pauses: OctoPrint's printTime and PrintDone.time leave them out. */
function workedAt(m: Machine, now: number): number {
  if (m.startedAt === null) return 0
  const until = isActive(m) ? now : m.since
  const standing = m.paused + (m.phase === 'pausing' || m.phase === 'paused' ? now - m.since : 0)
  return Math.max(0, until - m.startedAt - standing)
}

function nextMark(m: Machine, script: Script): number {
  const step = script.steps[m.nextStep]
  const layer = m.layer + 1 < script.layers ? (m.layer + 1) * layerMs(script) : Infinity
  return Math.max(m.printed, Math.min(script.printMs, layer, step ? step.at * script.printMs : Infinity))
}

function happen(m: Machine, at: number, script: Script, said: Said[]): void {
  if (m.floodAt !== null && at === m.floodAt) return flood(m, at, script, said)
  if (m.phase === 'idle') return start(m, at, script, 'demo', said)
  if (m.phase === 'offline') return connect(m, at, said)
  if (m.phase === 'heating') return enter(m, at, 'printing')
  if (m.prompt) return answer(m, at, said)
  if (m.phase === 'pausing') {
    enter(m, at, 'paused')
    said.push(state('PAUSED', 'Paused'))
    return
  }
  if (m.phase === 'paused') return resume(m, at, script, null, said)
  enter(m, at, 'printing')
  const step = script.steps[m.nextStep]
  if (m.layer + 1 < script.layers && m.printed >= (m.layer + 1) * layerMs(script) - 0.001) {
    const old = m.layer < 0 ? null : height(m.layer)
    m.layer += 1
    said.push(event('ZChange', { new: height(m.layer), old }))
  } else if (step && m.printed >= step.at * script.printMs - 0.001) {
    m.nextStep += 1
    take(m, at, script, step, said)
  } else done(m, at, script, said)
}

function take(m: Machine, at: number, script: Script, step: ScriptStep, said: Said[]): void {
  if (step.does === 'notify') said.push(notification(step.text))
  else if (step.does === 'cancel') cancel(m, at, script, 'demo', said)
  else if (step.does === 'fail') fail(m, at, script, step.error, step.reconnectsAfterMs, said)
  else if (step.does === 'failure') judge(m, at, script, step, said)
  else if (step.does === 'pause') pause(m, at, script, null, step.resumesAfterMs === null ? null : at + step.resumesAfterMs, said)
  else {
    said.push(event('FilamentChange', null))
    pause(m, at, script, null, step.resolvesAfterMs === null ? null : at + step.resolvesAfterMs, said)
    m.prompt = { text: step.question, choices: [step.choice] }
    said.push(plugin('action_command_prompt', { action: 'show', text: step.question, choices: [step.choice] }))
    said.push({ log: 'Recv: echo:busy: paused for user' })
  }
}

/** The detector's verdict, with the picture it saw (webcam.ts); it pauses the print by itself. */
function judge(m: Machine, now: number, script: Script, { sure, score, pauses, resumesAfterMs }: Verdict, said: Said[]): void {
  m.verdicts += 1
  said.push(plugin('failure_detector', { verdict: sure ? 'detected' : 'suspected', score, paused: pauses, picture: `/plugin/failure_detector/${m.verdicts}.jpg` }))
  if (pauses) pause(m, now, script, null, resumesAfterMs === null ? null : now + resumesAfterMs, said)
}

/** Changes the phase, booking the time spent in the one that ends. */
function enter(m: Machine, now: number, phase: Phase): void {
  const spent = now - m.since
  if (m.phase === 'printing') m.printed += spent
  if (m.phase === 'pausing' || m.phase === 'paused') m.paused += spent
  m.phase = phase
  m.since = now
}

function start(m: Machine, now: number, script: Script, user: string, said: Said[]): void {
  enter(m, now, 'heating')
  Object.assign(m, { user, startedAt: now, printed: 0, paused: 0, layer: -1, nextStep: 0, prompt: null, resumeAt: null, startAt: null, error: '', selected: true })
  m.tool = aim(m.tool, now, NOZZLE_TARGET, script.heatMs)
  m.bed = aim(m.bed, now, BED_TARGET, script.heatMs)
  m.floodAt = script.floodEveryMs === null ? null : now + script.floodEveryMs
  said.push(state('STARTING', 'Starting'), event('PrintStarted', { ...filePayload(script), user }), state('PRINTING', 'Printing'))
}

function pause(m: Machine, now: number, script: Script, user: string | null, resumeAt: number | null, said: Said[]): void {
  enter(m, now, 'pausing')
  m.resumeAt = resumeAt
  const progress = Math.floor((m.printed / script.printMs) * 100)
  const payload = { ...filePayload(script), fileposition: position(m, script), progress, ...(user === null ? {} : { user }) }
  said.push(state('PAUSING', 'Pausing'), event('PrintPaused', payload))
}

/** The prompt is answered, by whomever: the printer ends its pause by itself a moment later. */
function answer(m: Machine, now: number, said: Said[]): void {
  m.prompt = null
  said.push(plugin('action_command_prompt', { action: 'close' }))
  if (m.phase !== 'pausing') return
  enter(m, now, 'paused')
  m.resumeAt = now + PRIME_MS
  said.push(state('PAUSED', 'Paused'))
}

function resume(m: Machine, now: number, script: Script, user: string | null, said: Said[]): void {
  const phase: Phase = m.printed > 0 || actual(m.tool, now) >= NOZZLE_TARGET - 0.01 ? 'printing' : 'heating'
  enter(m, now, phase)
  m.resumeAt = null
  said.push(state('RESUMING', 'Resuming'), event('PrintResumed', { ...filePayload(script), ...(user === null ? {} : { user }) }), state('PRINTING', 'Printing'))
}

function cancel(m: Machine, now: number, script: Script, user: string, said: Said[]): void {
  const time = workedAt(m, now) / 1000
  enter(m, now, 'idle')
  const who = { ...filePayload(script), user }
  const how = { ...who, fileposition: position(m, script), progress: Math.floor((m.printed / script.printMs) * 100), time, reason: 'cancelled' }
  said.push(event('PrintCancelling', who), state('CANCELLING', 'Cancelling'))
  if (m.prompt) said.push(plugin('action_command_prompt', { action: 'close' }))
  said.push(event('PrintCancelled', how), event('PrintFailed', how), state('OPERATIONAL', 'Operational'))
  over(m, now, script, false, time)
}

function done(m: Machine, now: number, script: Script, said: Said[]): void {
  const time = workedAt(m, now) / 1000
  enter(m, now, 'idle')
  m.printed = script.printMs
  said.push(state('FINISHING', 'Finishing'), event('PrintDone', { ...filePayload(script), time }), state('OPERATIONAL', 'Operational'))
  over(m, now, script, true, time)
}

/** A firmware error with OctoPrint's default of disconnecting on it. */
function fail(m: Machine, now: number, script: Script, error: string, reconnectsAfterMs: number | null, said: Said[]): void {
  const time = workedAt(m, now) / 1000
  enter(m, now, 'idle')
  const progress = m.printed / script.printMs
  said.push(state('ERROR', 'Error'), event('Error', { error, reason: 'firmware', consequence: 'emergency', faq: 'firmware-thermal-runaway', logs: [`Recv: Error:${error}`] }))
  said.push(event('PrintFailed', { ...filePayload(script), time, reason: 'error', error, progress }), event('EStop', null))
  over(m, now, script, false, time)
  goOffline(m, now, error, said)
  m.reconnectAt = reconnectsAfterMs === null ? null : now + reconnectsAfterMs
}

function over(m: Machine, now: number, script: Script, success: boolean, printTime: number): void {
  m.prompt = null
  m.resumeAt = null
  m.floodAt = null
  m.tool = aim(m.tool, now, 0, 0)
  m.bed = aim(m.bed, now, 0, 0)
  m.last = { success, at: now, printTime }
  if (success) m.successes += 1
  else m.failures += 1
  m.startAt = script.repeatsAfterMs === null ? null : now + script.repeatsAfterMs
}

function goOffline(m: Machine, now: number, error: string, said: Said[]): void {
  enter(m, now, 'offline')
  m.error = error
  m.selected = false
  m.reconnectAt = null
  said.push(event('Disconnected', null), plugin('action_command_notification', {}), plugin('action_command_prompt', { action: 'close' }), state('OFFLINE', 'Offline'))
}

function connect(m: Machine, now: number, said: Said[]): void {
  enter(m, now, 'idle')
  m.error = ''
  m.reconnectAt = null
  said.push(event('Connecting', null), state('OPEN_SERIAL', 'Opening serial connection'), state('CONNECTING', 'Connecting'))
  said.push(state('OPERATIONAL', 'Operational'), event('Connected', { port: 'VIRTUAL', baudrate: 115200 }))
}

function flood(m: Machine, now: number, script: Script, said: Said[]): void {
  m.floodAt = now + (script.floodEveryMs ?? 1000)
  m.floods += 1
  const turn = m.floods % 4
  if (turn === 1) said.push(notification(`Message ${m.floods}`))
  else if (turn === 2 && m.phase === 'printing') {
    pause(m, now, script, null, null, said)
    enter(m, now, 'paused')
    said.push(state('PAUSED', 'Paused'))
  } else if (turn === 3 && m.phase === 'paused') resume(m, now, script, null, said)
  else said.push(event('Alert', null))
}

function position(m: Machine, script: Script): number {
  return Math.floor((m.printed / script.printMs) * script.file.size)
}
