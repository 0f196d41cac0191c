/**
 * A small Electron main program with nothing but the tray over a made-up overview. Obeys JSON lines on stdin ({ cards, status } or
 * { quit }), tells by JSON lines on stdout what the tray asks for and what became of it.
 */
import { app } from 'electron'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { PrinterCard, Status } from '../../electron/bridge/views/printers.ts'
import { openTray } from '../../electron/desktop/tray/electron-tray.ts'
import { FakeOverview } from '../../electron/desktop/tray/test-support.ts'
import { systemClock } from '../../electron/engine/clock.ts'

/** What is written to stdin. */
export type TrayCommand = { cards: PrinterCard[]; status: Partial<Status> } | { quit: true }
/** What is read from stdout. */
export type TraySaying = { wish: unknown } | { facts: string } | { noHost: true } | { log: string; fields: unknown }

const say = (saying: TraySaying): void => void process.stdout.write(`${JSON.stringify(saying)}\n`)
const told = (message: string, fields?: Record<string, unknown>): void => say({ log: message, fields: JSON.parse(JSON.stringify(fields ?? {}, (_key, value: unknown) => (value instanceof Error ? value.message : value))) as unknown })
const log = { debug: told, info: told, warn: told, error: told, child: () => log }

app.setPath('userData', mkdtempSync(join(tmpdir(), 'printbell-tray-')))
// Without a window the app would end.
app.on('window-all-closed', () => undefined)
app.whenReady().then(() => {
  const overview = new FakeOverview()
  const tray = openTray({
    overview, clock: systemClock(), log, platform: process.platform, env: process.env,
    first: { state: 'idle', percent: 0, unseen: false }, pictures: join(process.cwd(), 'resources/icons/tray'),
    act: (wish) => say({ wish }), onFacts: (facts) => say({ facts }), onNoHost: () => say({ noHost: true }),
  })
  createInterface({ input: process.stdin }).on('line', (line) => {
    const command = JSON.parse(line) as TrayCommand
    if ('quit' in command) {
      tray.close()
      app.quit()
    } else overview.set(command.cards, command.status)
  }).on('close', () => app.quit())
}).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  app.exit(1)
})
