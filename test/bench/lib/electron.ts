import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

let found: Promise<string> | null = null

/** The Electron that tests and benchmarks run: the pinned one, or the test runtime where that can't be had. */
export function electronBinary(): Promise<string> {
  return (found ??= find())
}

async function find(): Promise<string> {
  // By a path that is only known at run time: a benchmark is one bundle, and what makes the runtime must not be in it.
  const { electronRuntime } = (await import(pathToFileURL(join(process.cwd(), 'scripts/lib/electron-runtime.mjs')).href)) as { electronRuntime(): Promise<string> }
  return electronRuntime()
}
