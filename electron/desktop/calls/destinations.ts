/** What the window asks of destinations beside their settings: what was not delivered, linking, importing, pages of their guides. */
import { writeFile } from 'node:fs/promises'
import type { CallOutput, SomeHandlers } from '../../bridge/contract.ts'
import type { Engine } from '../../engine/engine.ts'
import { createImporting, type ImportingParts } from '../destinations/importing.ts'
import { createLinkings, type LinkingParts } from '../destinations/linking.ts'

type Names = `destinations.${'open-link' | 'dead-letters' | 'send-again' | 'discard' | 'link' | 'cancel-link' | 'open-linking' | 'read-import' | 'add-import' | 'export'}`

export interface DestinationCallParts extends LinkingParts, Pick<ImportingParts, 'importers'> {
  /** null = none runs. */
  engine(): Pick<Engine, 'deadLetters' | 'deadLetterCounts' | 'sendAgain' | 'sendAllAgain' | 'discard' | 'discardAll'> | null
  /** Lets the person choose a file and reads it; null = none was chosen. @throws Error in words, when it can't be read */
  readFile(): Promise<string | null>
  /** Where the person wants a file of this name; null = nowhere. */
  chooseFile(name: string): Promise<string | null>
}

export interface DestinationRoom {
  handlers: SomeHandlers<Names>
  /** Nobody looks any more: what was read for an import is forgotten. Linking goes on. */
  windowClosed(): void
  close(): Promise<void>
}

/** More are counted, not listed. */
const LISTED = 200

export function destinationCalls(parts: DestinationCallParts): DestinationRoom {
  const { channels, engine, openPage } = parts
  // A user's own channel names pages too: none but https, and without a login in it.
  const openSafely = async (url: string): Promise<boolean> => isWebPage(url) && openPage(url)
  const linkings = createLinkings({ ...parts, openPage: openSafely })
  const importing = createImporting(parts)

  async function exportAll(channel: string): Promise<CallOutput<'destinations.export'>> {
    const way = parts.importers.find((importer) => importer.export?.channel === channel)?.export
    if (!way) return { result: 'failed', why: 'No other program takes these back.' }
    const file = await parts.chooseFile(way.fileName)
    if (file === null) return { result: 'cancelled' }
    const kept = parts.settings.engine().destinations.filter((destination) => destination.channel === channel)
    try {
      await writeFile(file, await way.write(kept.map(({ enabled, config, events }) => ({ channel, enabled, config: config as Record<string, unknown>, ...(events === undefined ? {} : { events }) }))), { mode: 0o600 })
      return { result: 'saved', file, events: kept.length }
    } catch (error) {
      parts.ports.log.error('destinations could not be exported', { error })
      return { result: 'failed', why: `The file could not be written (${(error as NodeJS.ErrnoException).code ?? 'see the log'}). Choose another folder.` }
    }
  }

  return {
    handlers: {
      async 'destinations.open-link'({ channel, link }) {
        const page = channels.get(channel)?.guide.links[link]
        return page !== undefined && await openSafely(page.url)
      },
      async 'destinations.dead-letters'(destinationId) {
        const running = engine()
        if (!running) return { total: 0, letters: [] }
        const letters = running.deadLetters(destinationId, LISTED)
        return {
          total: Math.max(letters.length, running.deadLetterCounts().get(destinationId) ?? 0),
          letters: letters.map(({ eventId, state, title, type, severity, occurredAt, endedAt, why, attempts }) => ({ eventId, state, title, type, severity, occurredAt, endedAt, why, attempts })),
        }
      },
      'destinations.send-again': async ({ destinationId, eventId }) => (eventId === null ? engine()?.sendAllAgain(destinationId) ?? 0 : Number(engine()?.sendAgain(eventId, destinationId) ?? false)),
      'destinations.discard': async ({ destinationId, eventId }) => (eventId === null ? engine()?.discardAll(destinationId) ?? 0 : Number(engine()?.discard(eventId, destinationId) ?? false)),
      'destinations.link': async (wish) => linkings.start(wish),
      async 'destinations.cancel-link'(linkId) {
        linkings.cancel(linkId)
        return null
      },
      'destinations.open-linking': (linkId) => linkings.open(linkId),
      async 'destinations.read-import'({ source, text: given }) {
        const text = given ?? await parts.readFile()
        return text === null ? null : importing.read(source, text)
      },
      'destinations.export': ({ channel }) => exportAll(channel),
      'destinations.add-import': ({ importId, chosen }) => importing.add(importId, chosen),
    },
    windowClosed: () => importing.forget(),
    close: () => linkings.close(),
  }
}

function isWebPage(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, username, password } = new URL(url)
  return protocol === 'https:' && username === '' && password === ''
}
