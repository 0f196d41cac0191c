/** Event hooks of the kind `system`, as OctoPrint has them: programs of the user's own, run on this computer when something happens. */
import { EVENT_TYPES } from '../../events/model.ts'
import { scrub } from '../../settings/secret.ts'
import { endingWith } from '../../ending-with.ts'
import type { Channel, ChannelKind, ChannelPorts, DestinationConfig, Sending, Verdict } from '../channel.ts'
import { sayable } from '../kit/exchange.ts'
import { LONGEST_S, systemHookSchema, validateSystemHook, type SystemHookConfig } from './config.ts'
import { inherited, tellings } from './environment.ts'
import { findProgram, isFolder } from './find-program.ts'
import { namesIn, PlaceholderProblem, valuesOf } from './placeholders.ts'
import { runProgram, type Ran } from './run.ts'
import { shellCommand } from './shell.ts'
import { argvOf, wordsOf } from './words.ts'

export interface SystemHookParts {
  platform: NodeJS.Platform
  /** What Printbell itself was started with. */
  env: Readonly<Record<string, string | undefined>>
}

const SHELL = '/bin/sh'
/** What a shell answers when it does not find the program, or may not start it. */
const NOT_THERE: ReadonlySet<number> = new Set([126, 127])
/** The system has no room for another program just now. */
const BUSY: ReadonlySet<string> = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE'])
const LINES_SHOWN = 40

export const systemHookChannel = createSystemHook({ platform: process.platform, env: process.env })

export function createSystemHook(parts: SystemHookParts): ChannelKind<SystemHookConfig> {
  return {
    kind: 'system-hook',
    displayName: 'Run a program',
    group: 'systems',
    guide: {
      steps: [
        'Enter the commands as you would in a terminal: the program first, then its arguments, what belongs together in quotes.',
        'Put values where you want them: {title}, {printer}, {path} and the others. The program finds all of them in its environment too, as PRINTBELL_FILE and so on.',
        'Switch on that you want these programs to run, and send a test: it shows what they said.',
      ],
      links: [{ label: 'Event hooks of OctoPrint', url: 'https://docs.octoprint.org/en/master/events/index.html' }],
    },
    primary: [],
    configSchema: systemHookSchema(parts.platform),
    secretFields: {},
    // A program is told where the picture lies; how many bytes it takes is its own business.
    capabilities: { image: 'url', maxText: null, maxImageBytes: null, canUpdate: false, actions: false, idempotencyKey: false, local: false, everyEvent: true, deadlineMs: (LONGEST_S + 10) * 1_000, parallel: 1, runsPrograms: true },
    validateConfig: validateSystemHook(parts.platform),
    prerequisites: () => [],
    supportedFeatures: () => new Set(EVENT_TYPES),
    needsContext: ({ commands }) => Array.isArray(commands) && commands.some((command) => typeof command === 'string' && namesIn(command).includes('__currentZ')),
    open: (destination, ports) => openSystemHook(destination, ports, parts),
  }
}

/** A command as it is started. */
interface Ready {
  /** As it stands in the settings. */
  line: string
  argv: readonly string[]
  env: Readonly<Record<string, string>>
}

function openSystemHook({ config }: DestinationConfig<SystemHookConfig>, ports: ChannelPorts, { platform, env: own }: SystemHookParts): Channel {
  const closing = new AbortController()
  const running = new Set<Promise<unknown>>()
  const home = own.HOME ?? own.USERPROFILE
  const cwd = config.cwd === '' ? home : config.cwd.replace(/^~(?=\/|$)/, home ?? '~')

  async function send(sending: Sending): Promise<Verdict> {
    if (cwd !== undefined && !isFolder(cwd)) return wrong('The folder to run in is not there. Make it, or name another.')
    const env = { ...inherited(own), ...config.env, ...tellings(sending) }
    const ready = prepared(sending, env)
    return Array.isArray(ready) ? inOrder(ready, sending.signal, env) : ready
  }

  /** All of them, before the first one runs. */
  function prepared(sending: Sending, env: Readonly<Record<string, string>>): Ready[] | Verdict {
    const values = valuesOf(sending)
    try {
      const ready = config.commands.map((line): Ready => {
        if (!config.shell) return { line, argv: argvOf(wordsOf(line), values, home), env: {} }
        const { script, env: held } = shellCommand(line, values)
        return { line, argv: [SHELL, '-c', script], env: held }
      })
      const missing = ready.findIndex(({ argv }) => findProgram(argv[0] ?? '', env, platform, cwd) === null)
      return missing < 0 ? ready : wrong(`The program of command ${missing + 1} is not there, or may not be run. Check its name and path.`)
    } catch (error) {
      if (error instanceof PlaceholderProblem) return { result: 'rejected', scope: 'message', why: error.message }
      throw error
    }
  }

  async function inOrder(commands: readonly Ready[], signal: AbortSignal, env: Readonly<Record<string, string>>): Promise<Verdict> {
    const exchange = { request: [] as string[], answer: [] as string[] }
    for (const [index, command] of commands.entries()) {
      if (config.debug) ports.log.info('a program is run', { command: index + 1, argv: scrub(JSON.stringify(command.argv)), values: scrub(JSON.stringify(command.env)) })
      const ran = await endingWith([signal, closing.signal], (ended) => runProgram({
        argv: command.argv, env: { ...env, ...command.env }, cwd, timeoutMs: config.timeLimit * 1_000, signal: ended,
      }, { clock: ports.clock, platform }))
      note(exchange, command, ran, index + 1)
      const verdict = judge(ran, index, commands.length)
      if (verdict !== null) return { ...verdict, exchange }
    }
    return { result: 'delivered', detail: commands.length === 1 ? 'The command ran.' : `All ${commands.length} commands ran.`, exchange }
  }

  /** What it said may hold anything: it goes to the log and to whoever tests, never into the history. */
  function note(exchange: { request: string[]; answer: string[] }, { line }: Ready, ran: Ran, number: number): void {
    const output = scrub(ran.output).trimEnd()
    const end = endOf(ran)
    ports.log[ran.how === 'exited' && ran.code === 0 ? 'info' : 'warn']('a program ended', { command: number, end, output })
    exchange.request.push(sayable(line))
    exchange.answer.push(...(output === '' ? [] : output.split('\n').slice(-LINES_SHOWN).map(sayable)), end)
  }

  /** Null = go on. Programs are no letters: what may have done something already is never run again by itself. */
  function judge(ran: Ran, index: number, all: number): Verdict | null {
    const which = all === 1 ? 'The command' : `Command ${index + 1} of ${all}`
    const rest = index + 1 < all ? ' Those behind it did not run.' : ''
    const given = (why: string): Verdict => ({ result: 'rejected', scope: 'message', why: `${which} ${why}${rest} The log has what it said.` })
    switch (ran.how) {
      case 'exited':
        if (ran.code === 0) return null
        if (config.shell && index === 0 && NOT_THERE.has(ran.code)) return wrong(`The shell did not find the program of ${which.toLowerCase()}, or may not run it (${ran.code}). Check its name and path.`)
        return given(`ended with ${ran.code}, so it failed.`)
      case 'killed': return given(`was ended by ${ran.by}.`)
      case 'timeout': return given(`did not end within ${config.timeLimit} s and was stopped. Raise the time limit, or let it start what takes longer.`)
      case 'stopped': return given('was stopped, because Printbell or this destination ended.')
      case 'failed':
        if (BUSY.has(ran.code) && index === 0) return { result: 'retry', after: null, why: `This computer could not start another program (${ran.code}).` }
        if (ran.code === 'E2BIG' || index > 0) return given(`could not be started (${ran.code}).`)
        return wrong(`${which} could not be started (${ran.code}). Check the program: it must be one that this system can run.`)
    }
  }

  function track(work: Promise<Verdict>): Promise<Verdict> {
    running.add(work)
    return work.finally(() => running.delete(work))
  }

  const run = (sending: Sending): Promise<Verdict> => track(send(sending))
  return {
    sendPrinterNotification: run,
    sendFailureAlert: run,
    sendTestMessage: run,
    async close() {
      closing.abort()
      await Promise.allSettled(running)
    },
  }
}

function wrong(why: string): Verdict {
  return { result: 'rejected', scope: 'destination', why }
}

function endOf(ran: Ran): string {
  switch (ran.how) {
    case 'exited': return `ended with ${ran.code}`
    case 'killed': return `ended by ${ran.by}`
    case 'timeout': return 'stopped at its time limit'
    case 'stopped': return 'stopped'
    case 'failed': return `not started: ${ran.code}`
  }
}

