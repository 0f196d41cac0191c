/** What the app was started with. Pure. */
import { isAbsolute, resolve } from 'node:path'

export interface StartArguments {
  /** Stay in the tray: how the login item starts it. */
  hidden: boolean
  /** A simulated printer in a data folder of its own, which goes at the end. */
  demo: boolean
  /** Folder of history, pictures, log and secrets; null = the usual one. */
  data: string | null
  /** Folder of settings.json; null = the usual one. */
  config: string | null
  /** Ends by itself after so many seconds; null = never. */
  seconds: number | null
}

/**
 * Reads the command line. What it does not know is Electron's or Chromium's business and passed over.
 * @param argv without the program and, in a run from source, without the app's folder
 * @param cwd what relative folders start from
 */
export function startArguments(argv: readonly string[], cwd: string): StartArguments {
  const valueOf = (name: string): string | null => {
    const inline = argv.find((argument) => argument.startsWith(`--${name}=`))
    if (inline !== undefined) return inline.slice(name.length + 3) || null
    const at = argv.indexOf(`--${name}`)
    const next = at < 0 ? undefined : argv[at + 1]
    return next === undefined || next.startsWith('--') ? null : next
  }
  const folder = (name: string): string | null => {
    const value = valueOf(name)
    if (value === null) return null
    return isAbsolute(value) ? value : resolve(cwd, value)
  }
  const seconds = Number(valueOf('seconds') ?? Number.NaN)
  return {
    hidden: argv.includes('--hidden'),
    demo: argv.includes('--demo'),
    data: folder('data'),
    config: folder('config'),
    seconds: Number.isFinite(seconds) && seconds > 0 ? seconds : null,
  }
}
