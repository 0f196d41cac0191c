/** What the running program answers over the control endpoint, with a window or without. */
import type { Engine } from '../contract.ts'
import type { SecretStore } from '../ports.ts'
import type { AdapterPorts, PrinterAdapter } from '../printers/adapter.ts'
import { testServerWith } from '../printers/server-test.ts'
import type { EngineSettings } from '../settings/expand.ts'
import type { ControlRequest } from './contract.ts'

export interface ControlParts extends AdapterPorts {
  engine: Pick<Engine, 'printers' | 'links' | 'failing' | 'testDestination' | 'rehearse' | 'play' | 'broadcast' | 'sendAgain' | 'sendAllAgain' | 'discard' | 'discardAll' | 'handle' | 'silences' | 'silencesByTime' | 'addSilence' | 'editSilence' | 'liftSilence' | 'follow' | 'markSeen' | 'markAllSeen'>
  /** Those in force. */
  settings(): EngineSettings
  adapters: ReadonlyMap<string, PrinterAdapter>
  secrets: SecretStore
  /** Brings up the window, at a page of it ("/history/01J...") or where it was; null = this program has none. */
  show: ((path: string | null) => void) | null
  /** Ends the program; called once the answer is on its way. */
  stop(why: string): void
}

/** A wish from the command line is about what is now. ms */
const WISH_LIFE_MS = 60_000

/** Answers one request. @throws Error in words for the person who asked */
export async function answerControl(request: ControlRequest, parts: ControlParts): Promise<unknown> {
  const { engine } = parts
  switch (request.call) {
    case 'status':
      return { printers: engine.printers(), links: engine.links(), failing: engine.failing().map((failing) => ({ ...failing, label: parts.settings().destinations.find(({ id }) => id === failing.destinationId)?.label ?? failing.destinationId })) }
    case 'stop':
      setImmediate(() => parts.stop('stopped by the command line'))
      return null
    case 'show':
      if (!parts.show) throw new Error('this Printbell runs without a window')
      parts.show(request.path)
      return null
    case 'test-destination':
      return engine.testDestination(request.destinationId)
    case 'test-server':
      return testServerWith(request.serverId, { ...parts, settings: parts.settings() })
    case 'send':
      return engine.rehearse({ destinationId: request.destinationId, printerId: request.printerId, type: request.type })
    case 'rehearse':
      return engine.play({ destinationIds: request.destinationIds, printerId: request.printerId, type: request.type })
    case 'send-again':
      return engine.sendAgain(request.eventId, request.destinationId)
    case 'send-all-again':
      return engine.sendAllAgain(request.destinationId)
    case 'discard':
      return engine.discard(request.eventId, request.destinationId)
    case 'discard-all':
      return engine.discardAll(request.destinationId)
    case 'wish':
      return wish(request, parts)
    case 'acknowledge':
      return acknowledge(request, parts)
    case 'broadcast':
      return engine.broadcast({ text: request.text, destinationIds: request.destinationIds })
    case 'add-silence':
      return engine.addSilence({ ...given({ startsAt: request.startsAt }), match: given(request.match), endsAt: request.endsAt, reason: request.reason, by: 'cli' })
    case 'edit-silence':
      return engine.editSilence(request.id, given({ startsAt: request.startsAt, endsAt: request.endsAt, reason: request.reason, match: request.match && given(request.match) }))
    case 'silences':
      return engine.silences()
    case 'list-silences':
      return engine.silencesByTime()
    case 'lift-silence':
      return engine.liftSilence(request.id)
    case 'follow':
      return engine.follow(request.printerId, request.what)
    case 'mark-seen':
      return request.all ? engine.markAllSeen() : engine.markSeen(request.eventIds)
  }
}

function acknowledge({ eventId, printerId, until, note, quiet }: Extract<ControlRequest, { call: 'acknowledge' }>, { engine, clock }: ControlParts): ReturnType<Engine['handle']> {
  const now = clock.now()
  const said = { ...(until === undefined ? {} : { until }), ...(note === undefined ? {} : { note }), ...(quiet === undefined ? {} : { quiet }) }
  return engine.handle({ printerId, jobKey: null, action: { name: 'acknowledge', ...said }, from: 'cli', madeAt: now, expiresAt: now + WISH_LIFE_MS, confirmed: false, eventId })
}

/** Only what was said. */
function given<T extends object>(asked: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> }
}

async function wish(request: Extract<ControlRequest, { call: 'wish' }>, { engine, settings, clock }: ControlParts): ReturnType<Engine['handle']> {
  const { printers } = settings()
  if (!printers.some(({ id }) => id === request.printerId)) throw new Error(`there is no printer "${request.printerId}"; there are: ${printers.map(({ id }) => id).join(', ') || 'none'}`)
  const now = clock.now()
  return engine.handle({ printerId: request.printerId, jobKey: null, action: request.action, from: 'cli', madeAt: now, expiresAt: now + WISH_LIFE_MS, confirmed: request.confirmed, eventId: null })
}
