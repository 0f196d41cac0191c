/**
 * The tray: follows the overview, redraws at most once a second and only what changed, and is made anew when a host comes late.
 * What it draws on is a port; electron-tray.ts brings Electron's.
 */
import type { UpdatesView } from '../../bridge/views/updates.ts'
import type { Cancel, Clock, Log } from '../../engine/ports.ts'
import type { DesktopLanguage } from '../languages/index.ts'
import type { Overview, Stop } from '../ports.ts'
import type { TrayHost, TrayHostParts, TrayHostState } from './host.ts'
import { ackEnd, pauseEnd, type MenuAction, type MenuEntry } from './menu.ts'
import { trayView, type Ring } from './model.ts'
import type { TrayIcon, TrayTheme } from './painter.ts'

/** A choice of the menu, its times fixed when it was made. */
export type TrayWish = Exclude<MenuAction, { do: 'pause-notifications' | 'acknowledge' }> | { do: 'pause-notifications'; until: number | null } | { do: 'acknowledge'; printerId: string; until: number | null }

/** One icon in the system's tray. */
export interface TrayPort {
  image(icon: TrayIcon, theme: TrayTheme): void
  tooltip(text: string): void
  /** Text beside the icon; systems without a place for it show nothing. */
  title(text: string): void
  menu(entries: MenuEntry[]): void
  destroy(): void
}

export interface TrayParts {
  overview: Overview
  clock: Clock
  log: Log
  /** Zone that times are told in; absent = the computer's. */
  timeZone?: string
  /** Asked at each drawing; absent = English. */
  language?(): DesktopLanguage
  /** How far a newer version of Printbell has come, asked at each drawing; absent = nothing of it is shown. */
  update?(): UpdatesView['state']
  theme: { current(): TrayTheme; onChanged(listener: () => void): Stop }
  /** What it shows until the first drawing: an icon stands there at once, before anything is known. */
  first: TrayIcon
  /** Puts an icon into the tray; it never stands there without a picture. */
  open(first: { icon: TrayIcon; theme: TrayTheme }, on: { click(): void; choice(action: MenuAction): void }): TrayPort
  /** Watches for a tray host; null = this system always has one. */
  watchHost: ((onState: TrayHostParts['onState']) => TrayHost) | null
  /** What a click or a choice asks for. */
  act(wish: TrayWish): void
  /** Whether the icon is shown, whenever that changes. */
  onFacts(state: TrayHostState): void
  /** Nothing shows the icon, for a while now: told once in the life of the tray. */
  onNoHost(): void
}

export interface TrayHandle {
  facts(): TrayHostState
  /** Something that it shows changed, but no printer: its language, a newer version. */
  redraw(): void
  close(): void
}

/** ms between two redraws. */
const PACE = 1_000
/** ms that a panel may take to come up after login. */
const HOST_GRACE = 15_000
/** ms between two menus that differ in numbers only: a panel draws an open menu anew and closes its submenus for it (seen in Xfce). */
const NUMBERS_PACE = 10_000
/** ms from the icon to its first drawing: by then the first printers have answered. */
const FIRST_DRAWING = 250
const NOTHING = { image: '', tooltip: '', title: '', menu: '' }

export function createTray(parts: TrayParts): TrayHandle {
  const { overview, clock, log } = parts
  let port: TrayPort | null = null
  let closed = false
  /** null = the host has not said a word yet. */
  let word: TrayHostState | null = null
  /** Whether the icon was made while a host was there: else it sits where nobody sees it. */
  let madeForHost = false
  let toldNoHost = false
  let ring: Ring | null = null
  let drawn = NOTHING
  let drawnAt: number | null = null
  let cancelDraw: Cancel | null = null
  let menu: MenuEntry[] = []
  let menuAt = -Infinity
  let cancelNumbers: Cancel = () => undefined
  let cancelGrace: Cancel = () => undefined

  const facts = (): TrayHostState => word ?? 'unknown'

  function draw(): void {
    cancelDraw = null
    if (closed) return
    drawnAt = clock.monotonic()
    const view = trayView(overview.status(), overview.cards(), ring, { now: clock.now(), ...(parts.timeZone === undefined ? {} : { timeZone: parts.timeZone }), ...(parts.language ? { language: parts.language() } : {}) }, parts.update?.())
    ring = view.ring
    const theme = parts.theme.current()
    const next = { image: JSON.stringify([view.icon, theme]), tooltip: view.tooltip, title: view.title, menu: JSON.stringify(view.menu) }
    port ??= open(view.icon, theme)
    if (next.image !== drawn.image) port.image(view.icon, theme)
    if (next.tooltip !== drawn.tooltip) port.tooltip(view.tooltip)
    if (next.title !== drawn.title) port.title(view.title)
    drawn = { ...next, menu: drawn.menu }
    drawMenu(port, view.menu, next.menu)
  }

  function open(icon: TrayIcon, theme: TrayTheme): TrayPort {
    const opened = parts.open({ icon, theme }, { click: () => parts.act({ do: 'open', path: null }), choice: (action) => parts.act(fixed(action, clock.now())) })
    drawn = { ...NOTHING, image: JSON.stringify([icon, theme]) }
    log.info('tray icon made', { host: facts() })
    return opened
  }

  function drawMenu(on: TrayPort, entries: MenuEntry[], text: string): void {
    cancelNumbers()
    if (text === drawn.menu) return
    const wait = menuAt + NUMBERS_PACE - clock.monotonic()
    if (wait > 0 && wordsOf(entries) === wordsOf(menu)) {
      cancelNumbers = clock.after(wait, drawSoon)
      return
    }
    on.menu(entries)
    menu = entries
    menuAt = clock.monotonic()
    drawn = { ...drawn, menu: text }
  }

  /** Now, or as soon as a second has passed since the last time. */
  function drawSoon(): void {
    if (cancelDraw !== null) return
    const wait = drawnAt === null ? 0 : drawnAt + PACE - clock.monotonic()
    if (wait <= 0) draw()
    else cancelDraw = clock.after(wait, draw)
  }

  function make(): void {
    port?.destroy()
    port = null
    drawn = NOTHING
    menu = []
    madeForHost = word === 'shown'
    cancelDraw?.()
    draw()
  }

  function onState(state: TrayHostState): void {
    const isFirst = word === null
    word = state
    cancelGrace()
    if (isFirst && state === 'shown') {
      // It was made before this word, for whoever was there then. A panel that came in between does not know of it.
      madeForHost = true
      void lookWhetherTaken()
    } else if (state === 'shown' && !madeForHost) make()
    if (state === 'no_host' && !toldNoHost) {
      cancelGrace = clock.after(HOST_GRACE, () => {
        toldNoHost = true
        log.warn('nothing shows tray icons on this desktop')
        parts.onNoHost()
      })
    }
    parts.onFacts(state)
  }

  async function lookWhetherTaken(): Promise<void> {
    if ((await host?.hasOurs()) !== false || closed) return
    log.info('the panel does not know of the tray icon, so it is made again')
    make()
  }

  let host: TrayHost | null = null
  port = open(parts.first, parts.theme.current())
  cancelDraw = clock.after(FIRST_DRAWING, () => {
    host = parts.watchHost?.(onState) ?? null
    if (host === null) onState('shown')
    draw()
  })
  const stops = [overview.onChanged(drawSoon), parts.theme.onChanged(drawSoon)]

  return {
    facts,
    redraw: drawSoon,
    close() {
      host?.close()
      for (const stop of stops) stop()
      cancelDraw?.()
      cancelNumbers()
      cancelGrace()
      closed = true
      port?.destroy()
      port = null
    },
  }
}

function fixed(action: MenuAction, now: number): TrayWish {
  if (action.do === 'acknowledge') return { do: 'acknowledge', printerId: action.printerId, until: ackEnd(action.span, now) }
  return action.do === 'pause-notifications' ? { do: 'pause-notifications', until: pauseEnd(action.span, now) } : action
}

/** Everything of a menu but the numbers in its labels. */
function wordsOf(entries: readonly MenuEntry[]): string {
  return JSON.stringify(entries, (key, value: unknown) => (key === 'label' ? String(value).replace(/\d+/g, '') : value))
}
