/** The one window: made when it is wanted, destroyed when it is closed, so that the tray costs no renderer. */
import { BrowserWindow, type Session, type WebContents } from 'electron'
import type { DesktopSettings } from '../../engine/settings/schema.ts'
import type { Log } from '../../engine/ports.ts'
import { lockDownContents, UI_ORIGIN } from './security.ts'

export interface WindowParts {
  /** Absolute path of the built preload script. */
  preload: string
  session: Session
  log: Log
  devUrl: string | null
  /** App icon for the task bar, where the system takes it from the window. */
  icon: string | null
  dark(): boolean
  bounds(): DesktopSettings['window']
  onBounds(bounds: NonNullable<DesktopSettings['window']>): void
  onClosed(): void
}

export interface MainWindow {
  /** Opens or brings to the front; `path` is a page of the window ("/history/ID"), null = where it is. */
  open(path: string | null): void
  /** Closes and frees it. */
  close(): void
  contents(): WebContents | null
  isVisible(): boolean
}

const DEFAULT_SIZE = { width: 1120, height: 740 }
const SMALLEST = { minWidth: 720, minHeight: 480 }
/** Tokens' --canvas, so that nothing flashes before the first paint. */
const GROUND = { light: '#f5f5f2', dark: '#141413' }

export function createMainWindow(parts: WindowParts): MainWindow {
  let window: BrowserWindow | null = null
  /** Set by the renderer's death, to be opened anew once. */
  let crashes = 0

  function make(path: string): BrowserWindow {
    const { x, y, width, height, maximized } = parts.bounds() ?? { ...DEFAULT_SIZE, maximized: false }
    const made = new BrowserWindow({
      width, height, ...SMALLEST,
      ...(x === undefined || y === undefined ? {} : { x, y }),
      title: 'Printbell',
      show: false,
      autoHideMenuBar: true,
      backgroundColor: parts.dark() ? GROUND.dark : GROUND.light,
      ...(parts.icon === null ? {} : { icon: parts.icon }),
      webPreferences: { preload: parts.preload, session: parts.session, sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, spellcheck: false },
    })
    const home = parts.devUrl ?? `${UI_ORIGIN}/`
    lockDownContents(made.webContents, parts.log, parts.devUrl, home)
    made.once('ready-to-show', () => {
      if (maximized) made.maximize()
      made.show()
    })
    made.on('close', () => {
      const { x, y, width, height } = made.getNormalBounds()
      parts.onBounds({ x, y, width, height, maximized: made.isMaximized() })
    })
    made.on('closed', () => {
      if (window === made) window = null
      parts.onClosed()
    })
    made.webContents.on('render-process-gone', (_event, details) => {
      parts.log.error('the window broke', { reason: details.reason, exitCode: details.exitCode })
      if (details.reason === 'clean-exit') return
      made.destroy()
      crashes += 1
      // Once is bad luck; a page that dies each time must not be opened for ever.
      if (crashes <= 2) open('/')
    })
    made.webContents.on('unresponsive', () => parts.log.warn('the window does not answer'))
    made.loadURL(`${home}#${path}`).catch((error: unknown) => parts.log.error('the window could not be loaded', { error }))
    return made
  }

  function open(path: string | null): void {
    if (window === null) {
      window = make(path ?? '/')
      return
    }
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }

  return {
    open,
    close: () => window?.close(),
    contents: () => window?.webContents ?? null,
    isVisible: () => window?.isVisible() ?? false,
  }
}
