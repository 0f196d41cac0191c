/**
 * The main process's end of the bridge: the one file that touches raw IPC. Checks who sends, parses what comes and what goes, and
 * lets no error cross but its words.
 */
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron'
import { z } from 'zod'
import type { Log } from '../engine/ports.ts'
import { CALL_CHANNEL, PUSH_CHANNEL, type Answer } from './channels.ts'
import type { Handlers, Push } from './contract.ts'

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
  /** A window is about to open: the contract is loaded while Chromium makes it. */
  expect(): void
  /** Ends listening. */
  close(): void
}

/** Only the window we made, only its top frame, only our own page. */
function trusted(event: IpcMainInvokeEvent, options: WireOptions): boolean {
  const frame = event.senderFrame
  if (frame === null || event.sender !== options.target()) return false
  return options.isOurs({ origin: frame.origin, url: frame.url, isTop: frame.parent === null })
}

/** The contract's some hundred schemas take ten milliseconds and a third of a megabyte: an app that nobody opened has none (docs/performance.md). */
const loadContract = async () => ({ ...(await import('./handlers.ts')), ...(await import('./contract.ts')) })
type Contract = Awaited<ReturnType<typeof loadContract>>

/** Answers calls of the window. Nothing of another sender is even parsed. */
export function openWire(options: WireOptions): Wire {
  const { log } = options
  let loading: Promise<Contract> | null = null
  let loaded: Contract | null = null
  const contract = (): Promise<Contract> => (loading ??= loadContract().then((made) => (loaded = made)))

  function send({ pushes }: Contract, ...[name, payload]: Parameters<Push>): void {
    const target = options.target()
    if (target === null || target.isDestroyed()) return
    const parsed = pushes[name].safeParse(payload)
    if (parsed.success) target.send(PUSH_CHANNEL, name, parsed.data)
    else log.error('a push does not keep the contract', { push: name, error: z.prettifyError(parsed.error) })
  }
  ipcMain.handle(CALL_CHANNEL, async (event, name: unknown, input: unknown): Promise<Answer> => {
    if (!trusted(event, options)) {
      log.warn('a call of a foreign sender was refused', { url: event.senderFrame?.url ?? null })
      return { ok: false, error: 'refused' }
    }
    return (await contract()).answer(name, input, options)
  })
  return {
    push(name, payload) {
      if (options.target() === null) return
      // In the order they come: what waits for the contract is sent before anything can find it loaded.
      if (loaded !== null) send(loaded, name, payload)
      else void contract().then((made) => send(made, name, payload))
    },
    expect: () => void contract(),
    close: () => ipcMain.removeHandler(CALL_CHANNEL),
  }
}
