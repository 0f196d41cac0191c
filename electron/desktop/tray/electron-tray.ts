/** Electron's end of the tray: images, menu and clicks. Everything that decides is in tray.ts, model.ts and menu.ts. */
import { Menu, nativeImage, nativeTheme, Tray, type MenuItemConstructorOptions, type NativeImage } from 'electron'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DisplayState } from '../../bridge/views/common.ts'
import type { UpdatesView } from '../../bridge/views/updates.ts'
import { sessionBusAddress } from '../../engine/channels/desktop/bus-address.ts'
import type { Clock, Log } from '../../engine/ports.ts'
import type { DesktopLanguage } from '../languages/index.ts'
import type { Overview, Stop } from '../ports.ts'
import type { Bitmap } from './canvas.ts'
import { watchTrayHost, type TrayHostState } from './host.ts'
import { paintMark } from './marks.ts'
import type { MenuAction, MenuEntry } from './menu.ts'
import { paint, type TrayIcon, type TrayTheme } from './painter.ts'
import { encodePng } from './png.ts'
import { panelTheme } from './theme.ts'
import { createTray, type TrayHandle, type TrayPort, type TrayWish } from './tray.ts'

export interface TrayOptions {
  overview: Overview
  clock: Clock
  log: Log
  platform: NodeJS.Platform
  env: Readonly<Record<string, string | undefined>>
  /** What it speaks, asked at each drawing; absent = English. */
  language?(): DesktopLanguage
  /** How far a newer version of Printbell has come. */
  update?(): UpdatesView['state']
  /** What it shows until something is known. */
  first: TrayIcon
  /** The folder of the pictures that need no painting (scripts/make-icons.mjs). Absolute. */
  pictures: string
  act(wish: TrayWish): void
  onFacts(state: TrayHostState): void
  onNoHost(): void
}

/**
 * Sizes in px by scale factor. Windows takes the one of its screen, macOS's bar is 22 points high. A Linux panel gets one picture
 * and fits it: 48 is twice what most of them show, and reduces well.
 */
const SIZES: Readonly<Partial<Record<NodeJS.Platform, Readonly<Record<number, number>>>>> = {
  win32: { 1: 16, 1.25: 20, 1.5: 24, 2: 32, 2.5: 40, 3: 48, 4: 64 },
  darwin: { 1: 16, 2: 32, 3: 48 },
}
const ONE_SIZE = { 1: 48 }
/** Of the marks in the menu; a Linux menu takes the first, so the others are not painted there. */
const MARK_SIZES = process.platform === 'win32' || process.platform === 'darwin' ? { 1: 16, 1.25: 20, 1.5: 24, 2: 32, 3: 48 } : { 1: 16 }

/** Opens the tray. Must be called after the app is ready. */
export function openTray(options: TrayOptions): TrayHandle {
  const { clock, log, platform, env } = options
  const linux = platform !== 'win32' && platform !== 'darwin'
  return createTray({
    ...options,
    theme: { current: () => panelTheme({ platform, desktop: env['XDG_CURRENT_DESKTOP'] ?? '', systemDark: systemDark() }), onChanged: onThemeChanged },
    open: (first, on) => openPort((linux ? madeImage(first.icon, first.theme, options.pictures) : null) ?? imageOf(first.icon, first.theme, platform), on, platform, log),
    watchHost: linux ? (onState) => watchTrayHost({ address: sessionBusAddress(env), pid: process.pid, clock, log, onState }) : null,
  })
}

/** The system's surfaces may be dark while windows are light; the person's own choice for our window says nothing of either. */
function systemDark(): boolean | null {
  if (typeof nativeTheme.shouldUseDarkColorsForSystemIntegratedUI === 'boolean' && process.platform === 'win32') return nativeTheme.shouldUseDarkColorsForSystemIntegratedUI
  return nativeTheme.themeSource === 'system' ? nativeTheme.shouldUseDarkColors : null
}

function onThemeChanged(listener: () => void): Stop {
  nativeTheme.on('updated', listener)
  return () => void nativeTheme.off('updated', listener)
}

/** One image out of a picture in each of the sizes. */
function imageIn(sizes: Readonly<Record<number, number>>, painted: (size: number) => Bitmap): NativeImage {
  const image = nativeImage.createEmpty()
  for (const [scale, size] of Object.entries(sizes)) image.addRepresentation({ scaleFactor: Number(scale), width: size, height: size, buffer: encodePng(painted(size)) })
  return image
}

/** Painting takes a dozen milliseconds, which a start has not: what an icon begins with lies there painted. null = it is another one, or missing. */
function madeImage(icon: TrayIcon, theme: TrayTheme, folder: string): NativeImage | null {
  if (icon.unseen || (icon.state !== 'idle' && icon.state !== 'offline')) return null
  try {
    return nativeImage.createFromBuffer(readFileSync(join(folder, `${icon.state}-${theme}.png`)))
  } catch {
    // A picture that is not there is painted.
    return null
  }
}

function imageOf(icon: TrayIcon, theme: TrayTheme, platform: NodeJS.Platform): NativeImage {
  // Only Linux leaves the panel's colour to guessing (theme.ts).
  const guessed = platform !== 'win32' && platform !== 'darwin'
  const image = imageIn(SIZES[platform] ?? ONE_SIZE, (size) => paint(icon, theme, size, guessed))
  if (theme === 'template') image.setTemplateImage(true)
  return image
}

function openPort(first: NativeImage, on: { click(): void; choice(action: MenuAction): void }, platform: NodeJS.Platform, log: Log): TrayPort {
  if (first.isEmpty()) log.error('the tray picture could not be made')
  const tray = new Tray(first)
  let menu: Menu | null = null
  /** A menu that came while the other was open: taken out from under the hand it would close, or go with what the hand chose. */
  let waiting: Menu | null = null
  let isOpen = false
  const set = (made: Menu): void => {
    menu = made
    if (platform !== 'darwin') tray.setContextMenu(made)
  }
  const onClosed = (): void => {
    isOpen = false
    // After the choice itself was told.
    setImmediate(() => {
      if (waiting === null || isOpen || tray.isDestroyed()) return
      set(waiting)
      waiting = null
    })
  }
  tray.on('click', (event) => {
    if (platform === 'darwin' && event.ctrlKey && menu !== null) tray.popUpContextMenu(menu)
    else on.click()
  })
  if (platform === 'win32') tray.on('double-click', () => on.click())
  if (platform === 'darwin') {
    tray.setIgnoreDoubleClickEvents(true)
    // A menu that is set takes the left click for itself there; ours opens the window.
    tray.on('right-click', () => {
      if (menu !== null) tray.popUpContextMenu(menu)
    })
  }
  return {
    image: (icon, theme) => tray.setImage(imageOf(icon, theme, platform)),
    tooltip: (text) => tray.setToolTip(text),
    title: (text) => {
      if (platform === 'darwin') tray.setTitle(text, { fontType: 'monospacedDigit' })
    },
    menu: (entries) => {
      const made = Menu.buildFromTemplate(template(entries, on.choice))
      // A Linux panel doesn't tell when it shows a menu; there these never come.
      made.on('menu-will-show', () => (isOpen = true))
      made.on('menu-will-close', onClosed)
      if (isOpen) waiting = made
      else {
        waiting = null
        set(made)
      }
    },
    destroy: () => tray.destroy(),
  }
}

const marks = new Map<DisplayState, NativeImage>()

/** They never change, so each is painted once. */
function markOf(state: DisplayState): NativeImage {
  const made = marks.get(state) ?? imageIn(MARK_SIZES, (size) => paintMark(state, size))
  marks.set(state, made)
  return made
}

function template(entries: readonly MenuEntry[], choose: (action: MenuAction) => void): MenuItemConstructorOptions[] {
  return entries.map((entry): MenuItemConstructorOptions => {
    if (entry.kind === 'separator') return { type: 'separator' }
    // One "&" marks the key of an entry.
    const label = entry.label.replaceAll('&', '&&')
    if (entry.kind === 'text') return { label, enabled: false }
    if (entry.kind === 'submenu') return { label, submenu: template(entry.entries, choose), ...(entry.mark === undefined ? {} : { icon: markOf(entry.mark) }) }
    return { label, click: () => choose(entry.action) }
  })
}
