/** What a silence matches. Pure; which server speaks for a printer, and what a filter's id means, come in. */
import type { EventDraft } from '../events/model.ts'
import type { Silence, SilenceMatch } from '../history/history.ts'
import { compileFilter, type CompiledFilter, type FilterFacts } from '../rules/filter.ts'

/** What silences name by id, as the settings have it now. */
export interface SilenceScope {
  /** The server of a printer's primary source; null = no such printer. */
  serverOf(printerId: string): string | null
  /** A filter of the settings, with what every filter gets; null = it is no longer there. */
  filter(id: string): CompiledFilter | null
}

/** A silence that names a server or a filter mutes nothing where neither is known: better heard than lost. */
export const NO_SCOPE: SilenceScope = { serverOf: () => null, filter: () => null }

/** Silences are objects that live as long as they hold, so each inline filter is compiled once. */
const inline = new WeakMap<object, CompiledFilter>()

function filterOf(filter: NonNullable<SilenceMatch['filter']>, scope: SilenceScope): CompiledFilter | null {
  if (typeof filter === 'string') return scope.filter(filter)
  const known = inline.get(filter) ?? compileFilter(filter)
  inline.set(filter, known)
  return known
}

/** Whether it holds at `now` (epoch ms): the start counts, the end does not. */
export function holds({ startsAt, endsAt }: Pick<Silence, 'startsAt' | 'endsAt'>, now: number): boolean {
  return now >= startsAt && (endsAt === null || now < endsAt)
}

/** Whether it matches an event on its way to a destination, whatever the time; AND between its fields, an absent field matches any. */
export function mutes({ match }: Pick<Silence, 'match'>, event: EventDraft, destinationId: string, facts: FilterFacts, scope: SilenceScope): boolean {
  const { printerIds, serverIds, jobKey, types, destinationIds, filter } = match
  return (printerIds === undefined || printerIds.includes(event.printerId))
    && (jobKey === undefined || event.job?.key === jobKey)
    && (types === undefined || types.includes(event.type))
    && (destinationIds === undefined || destinationIds.includes(destinationId))
    && (serverIds === undefined || isOf(serverIds, event, scope))
    && (filter === undefined || filterOf(filter, scope)?.(event, facts) === null)
}

function isOf(serverIds: readonly string[], event: EventDraft, scope: SilenceScope): boolean {
  const serverId = scope.serverOf(event.printerId)
  return serverId !== null && serverIds.includes(serverId)
}
