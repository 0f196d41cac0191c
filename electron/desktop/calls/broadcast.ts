/** A message of the person's own to chosen destinations: what came of it, one line each. */
import type { CallOutput, SomeHandlers } from '../../bridge/contract.ts'
import { sentence } from '../../engine/delivery/text.ts'
import type { Engine } from '../../engine/engine.ts'
import type { PlayedAt } from '../../engine/rehearsal.ts'
import { decisionText, type Names } from '../../engine/rules/explain.ts'
import { scrub } from '../../engine/settings/secret.ts'
import { kindName } from '../../engine/why/title.ts'
import { NO_ENGINE } from './no-engine.ts'

export interface BroadcastCallParts {
  /** null = none runs. */
  engine(): Pick<Engine, 'broadcast'> | null
  names: Pick<Names, 'silence' | 'filter' | 'profile'>
  /** A time as it is told. */
  time(at: number): string
}

type Told = CallOutput<'destinations.broadcast'>['destinations'][number]

export function broadcastCalls({ engine, names, time }: BroadcastCallParts): SomeHandlers<'destinations.broadcast'> {
  return {
    async 'destinations.broadcast'(broadcast) {
      const running = engine()
      if (!running) throw new Error(NO_ENGINE)
      try {
        const { eventId, destinations } = await running.broadcast(broadcast)
        return { eventId, destinations: destinations.map((one) => toldAt(one, { ...names, time })) }
      } catch (error) {
        throw new Error(capital(sentence(scrub(error instanceof Error ? error.message : String(error)))), { cause: error })
      }
    },
  }
}

function toldAt({ destinationId, label, decision, attempt }: PlayedAt, names: Omit<Names, 'event' | 'destination' | 'printer'>): Told {
  const why = (): string => sentence(decisionText(decision, { ...names, event: kindName('app.broadcast'), destination: label, printer: '' }))
  if (decision.decision !== 'deliver') return { destinationId, label, outcome: 'not_sent', text: why() }
  if (attempt === null) return { destinationId, label, outcome: 'waiting', text: 'It waits to be sent. The history tells what comes of it.' }
  const detail = scrub(attempt.detail).trim()
  if (attempt.result === 'delivered') return { destinationId, label, outcome: 'delivered', text: detail === '' ? 'Delivered.' : capital(sentence(detail)) }
  if (attempt.result === 'retry') return { destinationId, label, outcome: 'waiting', text: `${detail === '' ? 'Not yet.' : capital(sentence(detail))} It is tried again.` }
  return { destinationId, label, outcome: 'failed', text: detail === '' ? 'Not delivered.' : capital(sentence(detail)) }
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
