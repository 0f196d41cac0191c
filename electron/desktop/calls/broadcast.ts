/** A message of the person's own to chosen destinations: what came of it, one line each. */
import type { CallOutput, SomeHandlers } from '../../bridge/contract.ts'
import { sentence } from '../../engine/delivery/text.ts'
import type { Engine } from '../../engine/engine.ts'
import type { PlayedAt } from '../../engine/rehearsal.ts'
import { decisionText, type Names } from '../../engine/rules/explain.ts'
import { scrub } from '../../engine/settings/secret.ts'
import { kindName } from '../../engine/why/title.ts'
import { whyLanguageOf, type WhyLanguage } from '../../engine/why/words/index.ts'
import type { DesktopLanguage } from '../languages/index.ts'
import { NO_ENGINE } from './no-engine.ts'

export interface BroadcastCallParts {
  /** null = none runs. */
  engine(): Pick<Engine, 'broadcast'> | null
  names: Pick<Names, 'silence' | 'filter' | 'profile'>
  /** A time as it is told. */
  time(at: number): string
  /** Absent = English. */
  language?(): Pick<DesktopLanguage, 'code'>
}

type Told = CallOutput<'destinations.broadcast'>['destinations'][number]

export function broadcastCalls({ engine, names, time, language }: BroadcastCallParts): SomeHandlers<'destinations.broadcast'> {
  return {
    async 'destinations.broadcast'(broadcast) {
      const running = engine()
      if (!running) throw new Error(NO_ENGINE)
      try {
        const { eventId, destinations } = await running.broadcast(broadcast)
        return { eventId, destinations: destinations.map((one) => toldAt(one, { ...names, time }, whyLanguageOf(language?.().code))) }
      } catch (error) {
        throw new Error(capital(sentence(scrub(error instanceof Error ? error.message : String(error)))), { cause: error })
      }
    },
  }
}

function toldAt({ destinationId, label, decision, attempt }: PlayedAt, names: Omit<Names, 'event' | 'destination' | 'printer'>, language: WhyLanguage): Told {
  const { words } = language
  const why = (): string => sentence(decisionText(decision, { ...names, event: kindName('app.broadcast', language), destination: label, printer: '' }, words))
  if (decision.decision !== 'deliver') return { destinationId, label, outcome: 'not_sent', text: why() }
  if (attempt === null) return { destinationId, label, outcome: 'waiting', text: words.broadcast.waits }
  const detail = scrub(attempt.detail).trim()
  const said = (otherwise: string): string => (detail === '' ? otherwise : capital(sentence(detail)))
  if (attempt.result === 'delivered') return { destinationId, label, outcome: 'delivered', text: said(words.broadcast.delivered) }
  if (attempt.result === 'retry') return { destinationId, label, outcome: 'waiting', text: words.broadcast.triedAgain(said(words.broadcast.notYet)) }
  return { destinationId, label, outcome: 'failed', text: said(words.broadcast.notDelivered) }
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
