/** Commands over a printer and a server that the test plays. */
import { TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { memoryHistory } from '../../../test/support/memory-history.ts'
import { LAMP, NOON } from '../../../test/support/rule-fixtures.ts'
import type { EventDraft, JobPhase, PrinterState } from '../events/model.ts'
import type { CommandAnswer, PrinterCommand } from '../printers/adapter.ts'
import { createCommands } from './commands.ts'
import type { Wish, WishAction } from './wish.ts'

export const QUESTION = { key: 'prompt', kind: 'user_input', text: 'Go on?', choices: ['Yes', 'No'], since: NOON - 60_000 } as const

export function aState(job: JobPhase, over: Partial<PrinterState> = {}): PrinterState {
  return {
    link: 'up', linkCause: null, device: 'ready', job, jobRef: job === 'none' ? null : LAMP, progress: 0.5, progressSource: null, elapsed: null, printTime: null, remaining: null, eta: null,
    layer: null, layers: null, z: null, heaters: {}, attentions: [], faults: [], message: null, capabilities: null, cameras: [], ...over,
  }
}

/** Commands at one printer, "mk4", whose server answers as given. */
export function setUp(job: JobPhase | PrinterState, answer: CommandAnswer | Promise<CommandAnswer> | (() => Promise<CommandAnswer>) = { result: 'accepted', detail: '' }) {
  const clock = new TestClock(NOON)
  const history = memoryHistory()
  const now = { state: typeof job === 'string' ? aState(job) : job }
  const sent: PrinterCommand[] = []
  const announced: EventDraft[] = []
  const said: string[] = []
  let ids = 0
  const commands = createCommands({
    clock, history, log: memoryLog(), ulid: () => `ID${++ids}`,
    state: (id) => (id === 'mk4' ? now.state : null),
    printer: (id) => (id === 'mk4' ? { name: 'MK4', serverKind: 'octoprint' } : null),
    command: async (_printer, command) => {
      sent.push(command)
      return typeof answer === 'function' ? answer() : answer
    },
    onSending: (_printer, action) => void said.push(`sending ${action}`),
    onRefused: (_printer, action) => void said.push(`refused ${action}`),
    onAcknowledged: (printer) => void said.push(`acknowledged ${printer}`),
    onSilenced: (silence) => void said.push(`silenced ${silence.id}`),
    onOpen: (event) => void said.push(`open ${event?.id ?? 'nothing'}`),
    announce: (draft) => void announced.push(draft),
  })
  const wish = (action: WishAction, over: Partial<Wish> = {}): Wish => ({
    printerId: 'mk4', jobKey: LAMP.key, action, from: 'toast', madeAt: NOON - 1_000, expiresAt: NOON + 86_400_000, confirmed: false, eventId: null, ...over,
  })
  return { clock, history, now, sent, announced, said, commands, wish }
}
