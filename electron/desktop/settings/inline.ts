/** A printer's inline `server` is a shorthand for people who write the file; the window knows servers and sources. Pure. */
import type { Raw } from './store.ts'

/** Entries of a list of valid settings. */
export function entries(raw: Raw, list: 'servers' | 'printers' | 'destinations' | 'subscriptions' | 'timeslots' | 'filters' | 'profiles'): Raw[] {
  return Array.isArray(raw[list]) ? (raw[list] as Raw[]) : []
}

/**
 * The same settings without inline servers, named as engine/settings/expand.ts names them: two that are equal to the letter are
 * one. Settings without any come back as they are.
 * @param raw valid settings
 */
export function withoutInline(raw: Raw): Raw {
  if (!entries(raw, 'printers').some((printer) => printer.server !== undefined)) return raw
  const servers = [...entries(raw, 'servers')]
  const byContent = new Map<string, string>()
  const printers = entries(raw, 'printers').map((printer) => {
    const { server, sources, ...rest } = printer
    if (typeof server !== 'object' || server === null) return printer
    const content = JSON.stringify(Object.entries(server).sort(([a], [b]) => (a < b ? -1 : 1)))
    const { id: own, ...fields } = server as Raw
    const id = byContent.get(content) ?? (typeof own === 'string' ? own : String(printer.id))
    if (!byContent.has(content)) servers.push({ id, ...fields })
    byContent.set(content, id)
    return { ...rest, sources: [{ server: id }, ...(Array.isArray(sources) ? (sources as unknown[]) : [])] }
  })
  return { ...raw, servers, printers }
}
