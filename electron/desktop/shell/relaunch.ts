/** How the app starts itself anew. Pure. */
export interface RelaunchOptions {
  args: string[]
  execPath?: string
}

/**
 * The same arguments, but with a window: somebody waits for it. An AppImage is started by its own file, as the program inside goes with
 * the mount when this run ends.
 * @param argv of this process, with the program in front
 */
export function relaunchOptions(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): RelaunchOptions {
  const args = argv.slice(1).filter((argument) => argument !== '--hidden')
  return env.APPIMAGE === undefined ? { args } : { args, execPath: env.APPIMAGE }
}
