/** Electron's end of the updates: what this installation is, the updater when it is first needed, and the start of the new version. */
import { app } from 'electron'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Clock, Log, Net, Random } from '../../engine/ports.ts'
import { relaunchOptions } from '../shell/relaunch.ts'
import { buildOf, packageTypeOf, type Build } from './build.ts'
import { withoutAppImage } from './restart.ts'
import { createUpdates, type Updates, type UpdatesParts } from './updates.ts'

export interface OpenUpdatesParts extends Pick<UpdatesParts, 'wanted' | 'business' | 'tell' | 'push' | 'words'> {
  platform: NodeJS.Platform
  env: Readonly<Record<string, string | undefined>>
  /** The tray's menu has another entry. */
  redraw(): void
  /** The data folder. */
  folder: string
  net: Net
  clock: Clock
  random: Random
  log: Log
}

export function openUpdates(parts: OpenUpdatesParts): Updates {
  const { platform, env, folder, net, clock, log } = parts
  let build: Build | null = null
  const known = (): Build => (build ??= buildOf({
    description: JSON.parse(readFileSync(join(app.getAppPath(), 'package.json'), 'utf8')), packaged: app.isPackaged, platform, env, packageType: packageTypeOf(process.execPath, existsSync),
    installed: existsSync(join(dirname(process.execPath), 'Uninstall Printbell.exe')),
  }))
  return createUpdates({
    ...parts,
    push(view) {
      parts.push(view)
      parts.redraw()
    },
    build: known,
    async open(address) {
      const { key, publisher, way } = known()
      if (key === null) throw new Error('this build has no key')
      const { openElectronUpdater } = await import('./electron-updater.ts')
      return await openElectronUpdater({ address, key, publisher, version: app.getVersion(), platform, installs: way === 'itself', appImage: env.APPIMAGE ?? null, folder, net, clock, log, startAnew: (program) => startAnew(program, env) })
    },
    end: () => app.quit(),
    startAgain: () => app.relaunch({ ...relaunchOptions(process.argv, env), args: process.argv.slice(1) }),
  })
}

/** With the same arguments. */
function startAnew(program: string, env: Readonly<Record<string, string | undefined>>): void {
  spawn(program, process.argv.slice(1), { detached: true, stdio: 'ignore', env: withoutAppImage(env) }).unref()
}
