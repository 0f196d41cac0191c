/** Finding programs as the system would, before anything is started. */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The file behind a program's name; null = there is none that may be run.
 * @param cwd where a name with a slash in it is looked for; absent = where Printbell runs
 */
export function findProgram(name: string, env: Environment, platform: NodeJS.Platform, cwd?: string): string | null {
  const endings = platform === 'win32' ? ['', ...(env.PATHEXT ?? '.EXE;.COM').split(';')] : ['']
  const folders = /[\\/]/.test(name) && (platform === 'win32' || name.includes('/')) ? [''] : (pathOf(env) ?? '').split(delimiter).filter((folder) => isAbsolute(folder))
  for (const folder of folders) {
    for (const ending of endings) {
      const file = folder === '' ? resolve(cwd ?? '.', name + ending) : join(folder, name + ending)
      if (isProgram(file)) return file
    }
  }
  return null
}

/** Windows writes it "Path". */
function pathOf(env: Environment): string | undefined {
  return env.PATH ?? Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH')?.[1]
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    // Whatever the reason, it can't be run.
    return false
  }
}

export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
