/** What the window asks of this computer and of Printbell itself. */
import { writeFile } from 'node:fs/promises'
import type { CallOutput, SomeHandlers } from '../../bridge/contract.ts'
import type { WindowLanguage } from '../../bridge/views/common.ts'
import type { SystemFacts } from '../../bridge/views/settings.ts'
import type { Clock, Log } from '../../engine/ports.ts'
import { scrub } from '../../engine/settings/secret.ts'
import type { Autostart } from '../autostart/autostart.ts'
import { diagnosticsName, renderDiagnostics, type DiagnosticsParts } from '../diagnostics/diagnostics.ts'
import { lastLines } from '../diagnostics/log-tail.ts'
import type { SecretKeeper } from '../ports.ts'
import type { Toasts } from '../toasts/choose.ts'
import { linkTarget, type Link, type LinkPlaces } from './links.ts'

type Names =
  | 'system.facts' | 'system.language' | 'system.autostart' | 'system.unlock-secrets' | 'system.test-toast' | 'system.save-diagnostics' | 'system.open-link'
  | 'system.finish-first-run' | 'system.report-error'

export interface SystemParts {
  version: string
  /** Name and version of what it runs on ("Electron": "45.5.0"). */
  versions: Readonly<Record<string, string>>
  platform: string
  clock: Clock
  log: Log
  /** The log's own file, for the diagnostics. */
  logFile: string
  places: LinkPlaces
  toasts: Pick<Toasts, 'facts' | 'look' | 'test'>
  tray(): SystemFacts['tray']
  presence(): SystemFacts['presence']
  secrets: Pick<SecretKeeper, 'state' | 'unlock'>
  autostart: Pick<Autostart, 'facts' | 'set'>
  sleepWarning(): string | null
  language(): WindowLanguage
  /** What the history takes on disk, and how many events it holds. */
  sizes(): Promise<Pick<SystemFacts, 'bytes' | 'events'>>
  diagnostics(): Pick<DiagnosticsParts, 'settings' | 'kinds' | 'servers' | 'counters' | 'home' | 'user'>
  /** Asks the person where to save; null = nowhere after all. */
  chooseFile(name: string): Promise<string | null>
  /** Each resolves with false when the system did not open it. */
  openAddress(address: string): Promise<boolean>
  openFile(path: string): Promise<boolean>
  revealFile(path: string): boolean
  /** Writes into the settings that the first run is over. */
  finishFirstRun(): Promise<unknown>
}

/** Log lines in the diagnostics. */
const LINES = 500
/** Errors of the window that are logged in a minute; a page in a loop must not push everything else out of the log. */
const ERRORS_A_MINUTE = 30

/** All that the settings page tells of this computer; also for the push 'system.changed'. */
export async function systemFacts(parts: SystemParts): Promise<SystemFacts> {
  const [autostart, sizes] = await Promise.all([parts.autostart.facts(), parts.sizes()])
  return {
    version: parts.version,
    versions: { ...parts.versions },
    platform: parts.platform,
    dataFolder: parts.places.dataFolder,
    settingsFile: parts.places.settingsFile,
    toast: parts.toasts.facts(),
    tray: parts.tray(),
    presence: parts.presence(),
    secrets: parts.secrets.state(),
    autostart,
    sleepWarning: parts.sleepWarning(),
    ...sizes,
  }
}

export function systemCalls(parts: SystemParts): SomeHandlers<Names> {
  const { clock, log, places } = parts
  let minute = { began: Number.NEGATIVE_INFINITY, errors: 0 }

  async function saveDiagnostics(): Promise<CallOutput<'system.save-diagnostics'>> {
    const now = clock.now()
    const file = await parts.chooseFile(diagnosticsName(now))
    if (file === null) return { result: 'cancelled' }
    try {
      const lines = await lastLines(parts.logFile, LINES)
      const text = renderDiagnostics({ ...parts.diagnostics(), now, facts: await systemFacts(parts), log: lines })
      await writeFile(file, text, { mode: 0o600 })
      return { result: 'saved', file, events: 0 }
    } catch (error) {
      log.error('the diagnostics could not be saved', { error })
      return { result: 'failed', why: `The file could not be written (${(error as NodeJS.ErrnoException).code ?? 'see the log'}). Choose another folder.` }
    }
  }

  async function open(link: Link): Promise<boolean> {
    const target = linkTarget(link, places)
    if ('address' in target) return await parts.openAddress(target.address)
    return 'file' in target ? await parts.openFile(target.file) : parts.revealFile(target.reveal)
  }

  function report(message: string, stack: string | null): void {
    const now = clock.monotonic()
    if (now - minute.began >= 60_000) minute = { began: now, errors: 0 }
    minute.errors += 1
    if (minute.errors > ERRORS_A_MINUTE) return
    log.error('the window reported an error', { message: scrub(message), stack: stack === null ? null : scrub(stack) })
    if (minute.errors === ERRORS_A_MINUTE) log.warn('more errors of the window in this minute are not logged')
  }

  return {
    'system.facts': async () => {
      // What works may have changed unheard (no bus was there to tell it); news of it are pushed.
      void parts.toasts.look()
      return await systemFacts(parts)
    },
    'system.language': async () => parts.language(),
    'system.autostart': async ({ on }) => await parts.autostart.set(on),
    'system.unlock-secrets': async () => {
      await parts.secrets.unlock()
      return parts.secrets.state()
    },
    'system.test-toast': async () => await parts.toasts.test(),
    'system.save-diagnostics': saveDiagnostics,
    'system.open-link': open,
    'system.finish-first-run': async () => {
      await parts.finishFirstRun()
      return null
    },
    'system.report-error': async ({ message, stack }) => {
      report(message, stack)
      return null
    },
  }
}
