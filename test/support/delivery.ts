import type { Channel, Sending, Verdict } from '../../electron/engine/channels/channel.ts'
import { render } from '../../electron/engine/delivery/render.ts'
import { createWorker, type DestinationNews, type OpenDestination, type WorkerPorts } from '../../electron/engine/delivery/worker.ts'
import type { PrinterEvent } from '../../electron/engine/events/model.ts'
import type { Attempt } from '../../electron/engine/history/history.ts'
import { TestClock } from './clock.ts'
import { memoryLog } from './log.ts'
import { memoryHistory, type MemoryHistory } from './memory-history.ts'
import { anEvent, NOON } from './rule-fixtures.ts'

export type Answer = Verdict | ((sending: Sending) => Promise<Verdict> | Verdict)
export const OK: Verdict = { result: 'delivered', detail: 'ok' }
export const RETRY: Verdict = { result: 'retry', after: null, why: 'busy' }
export const PICTURE = { jpeg: new Uint8Array([1]), file: '/x.jpg', width: 1, height: 1, takenAt: NOON }

/** A channel that answers from a list (the last answer for ever) and keeps what it got. */
export function channel(...answers: Answer[]): Channel & { got: Sending[]; duties: string[] } {
  const got: Sending[] = []
  const duties: string[] = []
  const duty = (name: string) => async (sending: Sending): Promise<Verdict> => {
    got.push(sending)
    duties.push(name)
    const answer = answers[Math.min(got.length, answers.length) - 1] ?? OK
    return typeof answer === 'function' ? answer(sending) : answer
  }
  return { got, duties, sendPrinterNotification: duty('notification'), sendFailureAlert: duty('alert'), sendTestMessage: duty('test'), close: async () => undefined }
}

/** Never answers. */
export const hanging = (): Promise<Verdict> => new Promise(() => undefined)

/** A worker with everything around it in memory. */
export function setUp(channels: Record<string, Channel>, over: Partial<WorkerPorts> & { capabilities?: Partial<OpenDestination['capabilities']>; needsNetwork?: boolean } = {}) {
  const clock = (over.clock as TestClock | undefined) ?? new TestClock(NOON)
  const history = (over.history as MemoryHistory | undefined) ?? memoryHistory()
  const log = memoryLog()
  const attempts: Attempt[] = []
  const news: DestinationNews[] = []
  const { capabilities, needsNetwork = true, ...ports } = over
  const worker = createWorker({
    history, clock, random: () => 0.5, log,
    channels: (id) => (channels[id] ? { channel: channels[id], capabilities: { image: 'upload', canUpdate: false, local: false, ...capabilities }, needsNetwork } : null),
    fingerprint: (id) => (channels[id] ? id : null),
    online: () => null,
    pictures: { whenReady: async () => ({ picture: null, cause: 'no_camera', why: 'none' }) },
    render: (event, _id, late) => render(event, { now: clock.now(), capabilities: null, timeZone: 'UTC', late }),
    judge: () => ({ send: true }),
    onAttempt: (attempt) => void attempts.push(attempt),
    onDestination: (each) => void news.push(each),
    ...ports,
  })
  const state = (id: string): string => history.rows.find((row) => row.id === id)?.state ?? 'none'
  const tried = (): string[] => attempts.map((attempt) => `${attempt.destinationId} ${attempt.number} ${attempt.result}: ${attempt.detail}`)
  return { clock, history, log, worker, attempts, news, state, tried }
}

export const numbered = (n: number, over: Partial<PrinterEvent> = {}): PrinterEvent => anEvent('job.done', { id: `E${n}`, seq: n, ...over })
