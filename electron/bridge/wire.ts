/**
 * The main process's end of the bridge: the one file that touches raw IPC. Checks who sends, parses what comes and what goes, and
 * lets no error cross but its words.
 */
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron'
import { z } from 'zod'
import type { Log } from '../engine/ports.ts'
import { CALL_CHANNEL, PUSH_CHANNEL, type Answer } from './channels.ts'
import { pushes, type Handlers, type Push } from './contract.ts'
import { answer } from './handlers.ts'

export interface WireOptions {
  handlers: Handlers
  log: Log
  /** The window's contents; null = no window is open. */
  target(): WebContents | null
  /** Whether a frame of this origin is our own page; see desktop/security.ts. */
  isOurs(frame: { origin: string; url: string; isTop: boolean }): boolean
}

export interface Wire {
  push: Push
  /** Ends listening. */
  close(): void
}

/** Only the window we made, only its top frame, only our own page. */
function trusted(event: IpcMainInvokeEvent, options: WireOptions): boolean {
  const frame = event.senderFrame
  if (frame === null || event.sender !== options.target()) return false
  return options.isOurs({ origin: frame.origin, url: frame.url, isTop: frame.parent === null })
}

/** Answers calls of the window. Nothing of another sender is even parsed. */
export function openWire(options: WireOptions): Wire {
  const { log } = options
  ipcMain.handle(CALL_CHANNEL, async (event, name: unknown, input: unknown): Promise<Answer> => {
    if (!trusted(event, options)) {
      log.warn('a call of a foreign sender was refused', { url: event.senderFrame?.url ?? null })
      return { ok: false, error: 'refused' }
    }
    return answer(name, input, options)
  })
  return {
    push(name, payload) {
      const target = options.target()
      if (target === null || target.isDestroyed()) return
      const parsed = pushes[name].safeParse(payload)
      if (parsed.success) target.send(PUSH_CHANNEL, name, parsed.data)
      else log.error('a push does not keep the contract', { push: name, error: z.prettifyError(parsed.error) })
    },
    close: () => ipcMain.removeHandler(CALL_CHANNEL),
  }
}
