/**
 * The real window, bridge and schemes over made-up answers (fixtures/): for screenshots, axe and the tests of pages. Everything that
 * is asked for stands in PRINTBELL_HARNESS as JSON: { state, path, theme, width, height, language, now, line }.
 */
import { app, nativeTheme, session } from 'electron'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { languageCode } from '../../electron/bridge/views/common.ts'
import { openWire } from '../../electron/bridge/wire.ts'
import { registerSchemes, serveSchemes } from '../../electron/desktop/shell/schemes.ts'
import { isOurs, lockDownSession } from '../../electron/desktop/shell/security.ts'
import { createMainWindow } from '../../electron/desktop/shell/window.ts'
import { encodeJpeg } from '../../electron/engine/simulator/jpeg.ts'
import { paint } from '../../electron/engine/simulator/painter.ts'
import { fixtureHandlers, STATES } from './fixtures/index.ts'
import { answerOn } from './line-main.ts'

const asked = z.object({
  state: z.enum(STATES).default('four'), path: z.string().default('/printers'), theme: z.enum(['light', 'dark']).default('light'), width: z.number().default(1120), height: z.number().default(740),
  language: languageCode.default('en'),
  now: z.number().optional(), line: z.number().optional(),
}).parse(JSON.parse(process.env.PRINTBELL_HARNESS ?? '{}'))

const say = (message: string, fields?: object): void => void process.stderr.write(`${message} ${JSON.stringify(fields ?? {}, (_key, value: unknown) => (value instanceof Error ? value.message : value))}\n`)
const log = { debug: () => undefined, info: () => undefined, warn: say, error: say, child: () => log }
const dist = join(process.env.PRINTBELL_DIST ?? join(app.getAppPath(), 'dist'), 'app')

/** A picture of its own for each id: the hue comes from the letters. */
function picture(id: string): Uint8Array {
  const sum = [...id].reduce((total, letter) => total * 31 + letter.charCodeAt(0), 7) >>> 0
  return encodeJpeg(paint({ width: 640, height: 360, progress: 0.2 + (sum % 70) / 100, nozzle: (sum % 10) / 10, parked: sum % 3 === 0, heat: (sum % 5) / 5, hue: sum % 360 }), 80)
}

if (asked.now !== undefined) {
  const real = Date.now
  const ahead = asked.now - real()
  Date.now = () => real() + ahead
}
app.setPath('userData', mkdtempSync(join(tmpdir(), 'printbell-window-')))
registerSchemes()
nativeTheme.themeSource = asked.theme
app.on('window-all-closed', () => app.quit())
app.whenReady().then(() => {
  lockDownSession(session.defaultSession, log)
  serveSchemes(session.defaultSession, { folder: join(dist, 'renderer'), log, picture: async (_what, id) => picture(id) })
  const window = createMainWindow({
    preload: join(dist, 'preload', 'preload.cjs'), session: session.defaultSession, log, devUrl: null, icon: null, dark: () => asked.theme === 'dark',
    bounds: () => ({ width: asked.width, height: asked.height, maximized: false }), onBounds: () => undefined, onClosed: () => undefined,
  })
  const wire = openWire({ handlers: fixtureHandlers(asked.state, asked.language), log, target: () => window.contents(), isOurs: (frame) => isOurs(frame, null) })
  // Tests push through it: harness.main(() => globalThis.printbellPush('navigate', '/history'), null).
  Object.assign(globalThis, { printbellPush: wire.push })
  window.open(asked.path)
  if (asked.line !== undefined) answerOn(asked.line)
}).catch((error: unknown) => {
  say('the harness broke', { error })
  app.exit(1)
})
