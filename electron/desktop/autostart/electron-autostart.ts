/** Electron's end of start at login: chooses the way of this system. */
import { app } from 'electron'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { Log } from '../../engine/ports.ts'
import type { Autostart } from './autostart.ts'
import { startCommand } from './command.ts'
import { loginItemAutostart } from './login-items.ts'
import { xdgAutostart, xdgFolders } from './xdg.ts'

export interface AutostartOptions {
  platform: NodeJS.Platform
  env: Readonly<Record<string, string | undefined>>
  log: Log
}

export function openAutostart({ platform, env, log }: AutostartOptions): Autostart {
  const command = startCommand({ platform, env, execPath: process.execPath, appPath: appPath(), packaged: app.isPackaged })
  if (platform === 'win32' || platform === 'darwin') return loginItemAutostart({ items: app, platform, command, packaged: app.isPackaged, log })
  return xdgAutostart({ ...xdgFolders(env, homedir()), command, log })
}

/** What Electron was started on in a run from source: a file stays a file, whose folder alone would start nothing. */
function appPath(): string {
  const given = process.argv[1]
  return given === undefined || given.startsWith('-') ? app.getAppPath() : resolve(given)
}

/** macOS passes no arguments to a login item: it tells that it was one. */
export function startedAtLogin(platform: NodeJS.Platform): boolean {
  return platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin
}
