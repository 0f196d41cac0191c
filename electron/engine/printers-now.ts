import type { PrinterNow } from './channels/channel.ts'
import { permitted } from './commands/allowed.ts'
import type { PrinterState } from './events/model.ts'
import type { PictureSource } from './pictures-of-events.ts'
import type { PrinterRunners } from './printer-runners.ts'
import { NoPicture, type PrinterAdapter, type RawPicture } from './printers/adapter.ts'
import type { ServerWatches } from './server-watches.ts'
import type { SettingsInForce } from './settings-in-force.ts'
import { DEFAULT_DONE_PICTURE } from './settings/defaults.ts'
import { takeStill } from './stills.ts'

export interface PrintersNowParts {
  inForce: SettingsInForce
  adapters: ReadonlyMap<string, Pick<PrinterAdapter, 'webUrl'>>
  /** Asked at each question: both are wired after this. */
  runners(): PrinterRunners
  servers(): ServerWatches
}

/** How each printer stands at this moment, and where it can be looked at. */
export interface PrintersNow {
  /** As the server tells it, less the commands that the settings leave out; null = not watched. */
  state(printerId: string): PrinterState | null
  one(printerId: string): PrinterNow | null
  all(): PrinterNow[]
  /** For what is judged late; null = it can't be seen. */
  standing(printerId: string): PrinterState | null
  pictureSource(printerId: string): PictureSource | null
  /** @throws NoPicture */
  snapshot(printerId: string, cameraId: string | null, signal: AbortSignal): Promise<RawPicture>
  /** The printer's own page; null = there is none. */
  webUrl(printerId: string): string | null
}

export function createPrintersNow({ inForce, adapters, runners, servers }: PrintersNowParts): PrintersNow {
  const bare = (printerId: string): PrinterState | null => runners().get(printerId)?.state() ?? null

  function state(printerId: string): PrinterState | null {
    const now = bare(printerId)
    const commands = inForce.printer(printerId)?.commands
    if (!now || !commands) return now
    return { ...now, capabilities: permitted(now.capabilities, commands) }
  }

  function one(printerId: string): PrinterNow | null {
    const [printer, now] = [inForce.printer(printerId), state(printerId)]
    return printer && now ? { id: printerId, name: printer.name, serverKind: inForce.kindOf(printer), state: now } : null
  }

  function pictureSource(printerId: string): PictureSource | null {
    const connected = servers().of(printerId)
    const printer = inForce.printer(printerId)
    if (!connected || !printer) return null
    return {
      ...connected,
      cameraId: printer.camera ?? null,
      orientation: printer.orientation ?? null,
      canSnapshot: bare(printerId)?.capabilities?.snapshot ?? null,
      light: printer.light ?? null,
      done: printer.donePicture ?? DEFAULT_DONE_PICTURE,
    }
  }

  return {
    state, one, pictureSource,
    all: () => inForce.settings().printers.flatMap(({ id }) => one(id) ?? []),
    standing(printerId) {
      const now = bare(printerId)
      return now?.link === 'up' ? now : null
    },
    async snapshot(printerId, cameraId, signal) {
      const source = pictureSource(printerId)
      if (!source) throw new NoPicture('unreachable', 'The printer is not connected.')
      if (source.canSnapshot === false) throw new NoPicture('no_camera', 'The server has no camera that gives stills, or this key may not see it.')
      return takeStill(source, cameraId, signal)
    },
    webUrl(printerId) {
      const printer = inForce.printer(printerId)
      const server = printer && inForce.serverOf(printer)
      return server ? (adapters.get(server.kind)?.webUrl(server.settings) ?? null) : null
    },
  }
}
