/** What the login should start. Pure. */

/** How this process was started. */
export interface Program {
  platform: NodeJS.Platform
  env: Readonly<Record<string, string | undefined>>
  /** Electron's binary, or the packaged app. */
  execPath: string
  /** Folder or file of the app; only a run from source has to name it. */
  appPath: string
  packaged: boolean
}

/** Starts in the tray, without a window. */
export const HIDDEN = '--hidden'

/**
 * Program and arguments. An AppImage is mounted anew under another path at each start, so its own file is what counts; so is the file
 * of a portable Windows build, which unpacks itself.
 */
export function startCommand({ platform, env, execPath, appPath, packaged }: Program): [string, ...string[]] {
  if (!packaged) return [execPath, appPath, HIDDEN]
  const outer = platform === 'linux' ? env['APPIMAGE'] : platform === 'win32' ? env['PORTABLE_EXECUTABLE_FILE'] : undefined
  return [outer?.trim() || execPath, HIDDEN]
}
