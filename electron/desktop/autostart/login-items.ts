/** Start at login on Windows and macOS: the system's login items. The calls are a port; what is asked of them is decided here. */
import type { Log } from '../../engine/ports.ts'
import type { Autostart, AutostartFacts } from './autostart.ts'

/** What of Electron's app is used. Windows gets path and arguments; macOS registers the bundle itself. */
export interface LoginItems {
  getLoginItemSettings(options?: { path: string; args: string[] }): { openAtLogin: boolean; executableWillLaunchAtLogin?: boolean; status?: string }
  setLoginItemSettings(settings: { openAtLogin: boolean; enabled?: boolean; path?: string; args?: string[] }): void
}

export interface LoginItemParts {
  items: LoginItems
  platform: 'win32' | 'darwin'
  /** Program and arguments. */
  command: readonly [string, ...string[]]
  packaged: boolean
  log: Log
}

const OFF = 'Does not start at login.'
const ON = 'Starts hidden at login.'

export function loginItemAutostart(parts: LoginItemParts): Autostart {
  const { items, platform, log } = parts
  const read = (): AutostartFacts => (platform === 'win32' ? readWindows(parts) : readMac(parts))
  return {
    facts: async () => guarded(read, log),
    set: async (on) => guarded(() => {
      if (!read().possible) return read()
      items.setLoginItemSettings(platform === 'win32' ? { openAtLogin: on, enabled: on, ...windowsItem(parts.command) } : { openAtLogin: on })
      log.info('start at login changed', { on })
      return read()
    }, log),
    // Windows and macOS know a program by its place; the installer keeps it.
    repair: async () => undefined,
  }
}

/** The arguments are joined as they are, so what holds a space comes in quotes. */
function windowsItem([program, ...args]: readonly [string, ...string[]]): { path: string; args: string[] } {
  return { path: program, args: args.map((argument) => (/\s/.test(argument) ? `"${argument}"` : argument)) }
}

function readWindows({ items, command }: LoginItemParts): AutostartFacts {
  const { openAtLogin, executableWillLaunchAtLogin } = items.getLoginItemSettings(windowsItem(command))
  if (!openAtLogin) return { on: false, possible: true, detail: OFF }
  if (executableWillLaunchAtLogin === false) return { on: false, possible: true, detail: 'Switched off in Task Manager, under "Startup apps".' }
  return { on: true, possible: true, detail: ON }
}

function readMac({ items, packaged }: LoginItemParts): AutostartFacts {
  // A run from source would register Electron's own bundle, which starts without our app.
  if (!packaged) return { on: false, possible: false, detail: 'Only the installed app can start at login on macOS.' }
  const { openAtLogin, status } = items.getLoginItemSettings()
  if (status === 'requires-approval') return { on: false, possible: true, detail: 'macOS waits for your approval in System Settings, General, Login Items.' }
  if (status === 'not-found') return { on: false, possible: true, detail: 'macOS does not find the app. Move Printbell to the Applications folder.' }
  return openAtLogin ? { on: true, possible: true, detail: ON } : { on: false, possible: true, detail: OFF }
}

/** Electron throws where the system refuses; the person gets its words. */
function guarded(work: () => AutostartFacts, log: Log): AutostartFacts {
  try {
    return work()
  } catch (error) {
    log.warn('the login items could not be used', { error })
    return { on: false, possible: false, detail: `The system refuses its login items: ${error instanceof Error ? error.message : String(error)}` }
  }
}
