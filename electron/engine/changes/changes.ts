/** Tells that the settings, or what a printer's server runs, are others than before. Many changes within a minute are one notice; what is taken back is none. */
import { z } from 'zod'
import type { LanguageCode } from '../delivery/languages/codes.ts'
import { clean } from '../delivery/text.ts'
import { appDraft } from '../events/app.ts'
import type { EventDraft } from '../events/model.ts'
import type { History } from '../history/history.ts'
import type { Cancel, Clock, Log } from '../ports.ts'
import type { EngineSettings } from '../settings/expand.ts'
import { changesBetween, type Change } from './diff.ts'
import { changeWords, type ChangedBy } from './words.ts'

export interface ChangesParts {
  /** In force now. */
  settings(): EngineSettings
  history: Pick<History, 'getFact' | 'setFact'>
  clock: Clock
  log: Log
  language(): LanguageCode
  announce(draft: EventDraft): void
}

export interface Changes {
  /** The settings in force replaced these. */
  replaced(before: EngineSettings, by: ChangedBy): void
  /** What a server says it runs ("OctoPrint 1.11.8"). Never throws. */
  runs(serverId: string, version: string): void
  /** What waits is told now. */
  flush(): void
}

/** From the first change on, others go along for so long. ms */
const GATHER_MS = 60_000
const LONGEST_VERSION = 80
const FACT = 'server-versions'
const versionsStored = z.record(z.string(), z.string())

export function createChanges(parts: ChangesParts): Changes {
  const { clock, history } = parts
  /** What held before the first of those that wait. */
  let first: EngineSettings | null = null
  const by = new Set<ChangedBy>()
  /** By server: what it ran before the first of those that wait. */
  const ran = new Map<string, string>()
  let versions = readVersions()
  let cancel: Cancel | null = null

  function readVersions(): Record<string, string> {
    try {
      return versionsStored.parse(JSON.parse(history.getFact(FACT) || '{}'))
    } catch (error) {
      parts.log.warn('which versions the servers ran could not be read; the next ones are taken as they come', { error })
      return {}
    }
  }

  /** An adapter tells a version in the midst of its own work: what the disk refuses must not end that. @returns whether it is known from now on */
  function write(now: Record<string, string>): boolean {
    try {
      history.setFact(FACT, JSON.stringify(now))
      versions = now
      return true
    } catch (error) {
      parts.log.error('which version a server runs could not be written; its next word of it is tried again', { error })
      return false
    }
  }

  function wait(): void {
    cancel ??= clock.after(GATHER_MS, flush)
  }

  function flush(): void {
    cancel?.()
    cancel = null
    const now = parts.settings()
    const changes = first === null ? [] : changesBetween(first, now)
    const updates = [...ran].filter(([serverId, before]) => versions[serverId] !== before)
    const who = [...by]
    first = null
    by.clear()
    ran.clear()
    if (changes.length === 0 && updates.length === 0) return
    const catalogue = changeWords(parts.language())
    const lines = [
      ...changes.map((change) => inWords(change, catalogue.words)),
      ...updates.flatMap(([serverId, before]) => printersOf(now, serverId).map((name) => `${name}: ${catalogue.version(before, versions[serverId] ?? '')}`)),
    ]
    const where = who.flatMap((one) => (one === 'update' ? [] : [catalogue.by[one]])).join(', ')
    const code = changes.length === 0 ? 'update' : who.join(',')
    parts.announce({ ...appDraft('app.changed', { now: clock.now(), reason: 'changed', text: `${lines.join('; ')}${where === '' || changes.length === 0 ? '' : ` (${where})`}` }), code })
  }

  return {
    replaced(before, who) {
      first ??= before
      by.add(who)
      wait()
    },
    runs(serverId, told) {
      const version = clean(told).slice(0, LONGEST_VERSION)
      const before = versions[serverId]
      if (version === '' || version === before) return
      if (!write({ ...versions, [serverId]: version })) return
      // First sight says nothing about a change.
      if (before === undefined) return
      if (!ran.has(serverId)) ran.set(serverId, before)
      wait()
    },
    flush,
  }
}

/** "Bench: events, address"; "rules" where it is about nothing of a name. */
function inWords({ about, what }: Change, words: ReturnType<typeof changeWords>['words']): string {
  const list = what.map((word) => words[word]).join(', ')
  return about === null ? list : `${clean(about)}: ${list}`
}

function printersOf({ printers }: EngineSettings, serverId: string): string[] {
  return printers.filter(({ enabled, sources }) => enabled && sources[0]?.serverId === serverId).map(({ name }) => clean(name))
}
