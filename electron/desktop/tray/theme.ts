/** Which drawing suits the panel. Pure. */
import type { TrayTheme } from './painter.ts'

export interface Surroundings {
  platform: NodeJS.Platform
  /** XDG_CURRENT_DESKTOP ("ubuntu:GNOME"); "" = not set. */
  desktop: string
  /** Whether the system's own surfaces are dark; null = the system doesn't say. */
  systemDark: boolean | null
}

/** Desktops whose panel has the colours of the person's theme. All others have a dark panel as they come, whatever the windows are. */
const PANEL_FOLLOWS_THEME: ReadonlySet<string> = new Set(['kde', 'mate', 'deepin'])

/**
 * macOS colours a template by itself and Windows tells its task bar's colour. A Linux panel tells nobody its colour: GNOME's bar is
 * black, and those of Cinnamon, Budgie, Unity, Pantheon and Xfce (since 4.16) are dark until somebody changes them; Plasma's and
 * MATE's follow the theme.
 */
export function panelTheme({ platform, desktop, systemDark }: Surroundings): TrayTheme {
  if (platform === 'darwin') return 'template'
  const follows = platform === 'win32' || desktop.toLowerCase().split(':').some((name) => PANEL_FOLLOWS_THEME.has(name))
  return follows && systemDark === false ? 'light' : 'dark'
}
