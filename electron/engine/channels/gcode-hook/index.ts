/** Event hooks of the kind `gcode`, as OctoPrint has them: lines of G-code for the printer that an event is about, or for a chosen one. */
import { z } from 'zod'
import { EVENT_TYPES, type EventType } from '../../events/model.ts'
import { scrub } from '../../settings/secret.ts'
import { endingWith } from '../../ending-with.ts'
import type { Channel, ChannelKind, ChannelPorts, DestinationConfig, Sending, Verdict } from '../channel.ts'
import { checkedBy } from '../kit/config.ts'
import { sayable } from '../kit/exchange.ts'
import { namesIn, PlaceholderProblem, valuesOf } from '../system-hook/placeholders.ts'
import { filledLine, problemOfLine } from './lines.ts'

const MOST_LINES = 50
/** Another command is under way at the printer. ms */
const BUSY_MS = 2_000
/** What a test sends: nothing moves, nothing heats. */
const TEST_LINE = 'M117 Printbell test'

const line = z.string().trim().min(1, 'An empty line does nothing. Take it away.').max(200, 'A line has at most 200 characters.').regex(/^[^\n\r\0]*$/, 'One line each.').superRefine((text, context) => {
  const message = problemOfLine(text)
  if (text !== '' && message !== null) context.addIssue({ code: 'custom', message })
})

export const gcodeHookSchema = z.strictObject({
  understood: z.boolean().default(false).refine((on) => on, 'Switch this on when you have read the lines: the printer does what they say, and nobody is asked again.')
    .meta({ title: 'I want these lines to be sent', description: 'The printer does what they say at every event chosen here, also while it prints or nobody is near' }),
  lines: z.array(line).min(1, 'There is no line. Enter at least one.').max(MOST_LINES, `At most ${MOST_LINES} lines. Make a macro of them.`).meta({ title: 'Lines', description: 'Sent together, in this order: M117 {name} is done' }),
  printer: z.string().max(100, 'The id of a printer has at most 100 characters.').default('').meta({ title: 'Printer', description: 'The id of another printer to send them to; empty = the one that the event is about' }),
  alsoOwn: z.boolean().default(false).meta({ title: 'Also at what Printbell did itself', description: 'At a pause or cancel that was asked for here, too. Two such destinations can set each other off without end' }),
  maxAge: z.number().int('Whole seconds only.').min(5, 'At least 5 seconds.').max(3_600, 'At most an hour.').default(60).meta({ title: 'Not later than', description: 'What happened longer ago sends nothing: the printer may do something else by now', unit: 's' }),
})

export type GcodeHookConfig = z.output<typeof gcodeHookSchema>

/** An outcome of one of its own commands would set it off again; Printbell's own news are about no printer. */
const HEARD = EVENT_TYPES.filter((type): type is EventType => !type.startsWith('command.') && (!type.startsWith('app.') || type === 'app.test'))

export const gcodeHookChannel: ChannelKind<GcodeHookConfig> = {
  kind: 'gcode-hook',
  displayName: 'Send G-code to the printer',
  group: 'systems',
  guide: {
    steps: [
      'Enter the lines as you would in a terminal of the printer, one command each. Values go where you want them: M117 {name}.',
      'Look whether the settings of the printer let Printbell send G-code to it, and whether the key of its server may.',
      'Switch on that you want these lines to be sent. A test sends only M117 Printbell test, and shows what the lines become.',
    ],
    links: [{ label: 'Event hooks of OctoPrint', url: 'https://docs.octoprint.org/en/master/events/index.html' }],
  },
  primary: [],
  configSchema: gcodeHookSchema,
  secretFields: {},
  capabilities: { image: 'none', maxText: null, maxImageBytes: null, canUpdate: false, actions: false, idempotencyKey: false, local: false, everyEvent: true, deadlineMs: 30_000, parallel: 1 },
  validateConfig: checkedBy(gcodeHookSchema),
  prerequisites: () => [],
  supportedFeatures: () => new Set(HEARD),
  needsContext: ({ lines }) => Array.isArray(lines) && lines.some((text) => typeof text === 'string' && namesIn(text).includes('__currentZ')),
  open: (destination, ports) => openGcodeHook(destination, ports),
}

function openGcodeHook({ config }: DestinationConfig<GcodeHookConfig>, ports: ChannelPorts): Channel {
  const closing = new AbortController()

  async function send(sending: Sending): Promise<Verdict> {
    const { message } = sending
    const passedOver = message.kind === 'test' ? null : reasonToPass(sending)
    if (passedOver !== null) return { result: 'delivered', detail: passedOver }
    const printerId = config.printer === '' ? message.printer?.id ?? null : config.printer
    if (printerId === null) return { result: 'rejected', scope: 'message', why: 'This is about no printer, so there is none to send to. Name the printer in the destination.' }
    try {
      const lines = config.lines.map((text) => filledLine(text, valuesOf(sending)))
      return await endingWith([sending.signal, closing.signal], (ended) => sendTo(printerId, lines, ended))
    } catch (error) {
      if (error instanceof PlaceholderProblem) return { result: 'rejected', scope: 'message', why: error.message }
      throw error
    }
  }

  /** A test is of the way there: whatever the lines do, they do it only when something happens. */
  async function test(sending: Sending): Promise<Verdict> {
    const printerId = config.printer === '' ? sending.message.printer?.id ?? null : config.printer
    if (printerId === null) return { result: 'rejected', scope: 'message', why: 'A test is about no printer, so nothing was sent. Name a printer for the time of the test, or rehearse an event.' }
    const verdict = await endingWith([sending.signal, closing.signal], (ended) => sendTo(printerId, [TEST_LINE], ended))
    return { ...verdict, exchange: { request: [TEST_LINE, ...config.lines.map((text) => `(at an event) ${sayable(text)}`)], answer: verdict.exchange?.answer ?? [] } }
  }

  /** Why nothing is sent; null = it is. */
  function reasonToPass({ message }: Sending): string | null {
    if (message.kind !== 'event') return 'Nothing was sent: this is a message for people.'
    if (message.type.startsWith('command.')) return 'Nothing was sent: this is about a command of Printbell.'
    if (message.event?.byUs === true && !config.alsoOwn) return 'Nothing was sent: Printbell did this itself.'
    const age = ports.clock.now() - message.occurredAt
    return age > config.maxAge * 1_000 ? `Nothing was sent: it happened more than ${config.maxAge} s ago.` : null
  }

  async function sendTo(printerId: string, lines: readonly string[], signal: AbortSignal): Promise<Verdict> {
    const { command } = ports
    if (command === undefined) return { result: 'rejected', scope: 'destination', why: 'Nothing can be sent to printers from here.' }
    const stopped = stop(signal)
    try {
      const answer = await Promise.race([command(printerId, lines), stopped.promise])
      const exchange = { request: lines.map(sayable), answer: answer === null ? [] : [`${answer.result}: ${sayable(answer.detail)}`] }
      return { ...(answer === null ? STOPPED : judge(answer.result, scrub(answer.detail))), exchange }
    } finally {
      stopped.forget()
    }
  }

  return {
    sendPrinterNotification: send,
    sendFailureAlert: send,
    sendTestMessage: test,
    close: async () => closing.abort(),
  }
}

const STOPPED: Verdict = { result: 'rejected', scope: 'message', why: 'The printer did not answer in time, so nobody knows whether it took the lines. They are not sent again by themselves.' }

function stop(signal: AbortSignal): { promise: Promise<null>; forget(): void } {
  let end = (): void => undefined
  const promise = new Promise<null>((resolve) => {
    end = () => resolve(null)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
  return { promise, forget: () => signal.removeEventListener('abort', end) }
}

/** G-code is nothing to be sent twice: what may have arrived is not tried again by itself. */
function judge(result: Awaited<ReturnType<NonNullable<ChannelPorts['command']>>>['result'], detail: string): Verdict {
  switch (result) {
    case 'done': return { result: 'delivered', detail }
    case 'busy': return { result: 'retry', after: BUSY_MS, why: detail }
    case 'not_allowed':
    case 'forbidden':
    case 'unsupported': return { result: 'rejected', scope: 'destination', why: detail }
    default: return { result: 'rejected', scope: 'message', why: detail }
  }
}
