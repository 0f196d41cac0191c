/** One file that a person may send to others: what runs here, how it is set up, what it said last. Without secrets and addresses. */
import type { SystemFacts } from '../../bridge/views/settings.ts'
import type { Kinds } from '../../engine/settings/kinds.ts'
import type { Settings } from '../../engine/settings/schema.ts'
import { exportSettings } from '../../engine/settings/transfer.ts'
import { createVeil } from './veil.ts'
import type { Veil } from './veil.ts'

export interface DiagnosticsParts {
  /** Epoch ms. */
  now: number
  facts: SystemFacts
  settings: Settings
  kinds: Kinds
  /** How it stands with each server. */
  servers: { id: string; link: string; detail: string | null }[]
  /** Whatever is counted, by name. */
  counters: Readonly<Record<string, number>>
  /** The last lines of the log, JSON each, oldest first. */
  log: readonly string[]
  home: string
  user: string
}

const NOTE = 'Keys, passwords and addresses were taken out as far as they can be known. Printers, files and destinations have their names: look through it before you send it.'

/** The name that the file is offered under. */
export function diagnosticsName(now: number): string {
  return `printbell-diagnostics-${new Date(now).toISOString().slice(0, 16).replace('T', '-').replace(':', '')}.json`
}

/** JSON text, with the log one line each. Pure. */
export function renderDiagnostics(parts: DiagnosticsParts): string {
  const veil = createVeil({ hosts: hostsOf(parts.settings), home: parts.home, user: parts.user })
  const leftOut: string[] = []
  const settings: unknown = JSON.parse(exportSettings(parts.settings, parts.kinds, (notice) => leftOut.push(notice)))
  const bundle = {
    note: NOTE,
    madeAt: new Date(parts.now).toISOString(),
    facts: veil.value(parts.facts),
    counters: parts.counters,
    servers: veil.value(parts.servers),
    settings: veil.value(settings),
    // Without the general one at the end: the note above says it.
    settingsNotices: leftOut.slice(0, -1).map((notice) => veil.text(notice)),
    log: parts.log.map((line) => logLine(line, veil)),
  }
  return `${JSON.stringify(bundle, null, 2)}\n`
}

/** A line as an object where it is one, so that secret fields are found by their names. */
function logLine(line: string, veil: Veil): unknown {
  try {
    return veil.value(JSON.parse(line))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return veil.text(line)
  }
}

/** Every host that stands in an address of the settings, in whatever field. */
export function hostsOf(settings: unknown): string[] {
  const hosts = new Set<string>()
  const walk = (value: unknown): void => {
    if (typeof value === 'string' && URL.canParse(value)) {
      const { hostname } = new URL(value)
      if (hostname !== '') hosts.add(hostname)
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk)
  }
  walk(settings)
  return [...hosts]
}
