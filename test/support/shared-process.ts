/** What test files that run one after the other in the same process could hand to each other: looked at, put back, told. */
import { vi } from 'vitest'

/** The state of a process that outlives a test file. Modules are no part of it: each file gets its own (unit-setup.ts). */
export interface ProcessState {
  environment: Readonly<Record<string, string | undefined>>
  folder: string
  umask: number
  /** Own properties of `globalThis` that hold a value: what a stub replaces. */
  globals: ReadonlyMap<PropertyKey, unknown>
  /** Counts of `process.on` for events that are no signal and no exit. */
  listeners: ReadonlyMap<string, number>
}

export function processState(): ProcessState {
  const globals = Object.entries(Object.getOwnPropertyDescriptors(globalThis)).filter(([name, property]) => 'value' in property && !name.startsWith('__vitest'))
  // Libraries listen to signals and the exit once for the whole process (conf does), and are right to.
  const events = process.eventNames().map(String).filter((name) => !name.startsWith('SIG') && name !== 'exit')
  return {
    environment: { ...process.env },
    folder: process.cwd(),
    umask: process.umask(),
    globals: new Map(globals.map(([name, property]) => [name, property.value as unknown])),
    listeners: new Map(events.map((name) => [name, process.listenerCount(name)])),
  }
}

/**
 * Puts back what a test file changed since `before`, so that the next file does not fail for it.
 * @returns what vitest could not put back by itself (mocks, stubs, fake timers), in words; empty for a file that cleaned up
 */
export function putBack(before: ProcessState): string[] {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
  const left: string[] = []
  const after = processState()
  for (const name of new Set([...Object.keys(before.environment), ...Object.keys(after.environment)])) {
    const value = before.environment[name]
    if (after.environment[name] === value) continue
    left.push(`process.env.${name}`)
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  if (after.folder !== before.folder) {
    left.push('the working folder')
    process.chdir(before.folder)
  }
  if (after.umask !== before.umask) {
    left.push('the umask')
    process.umask(before.umask)
  }
  for (const [name, value] of before.globals) {
    if (Object.is(Reflect.get(globalThis, name), value)) continue
    left.push(`globalThis.${String(name)}`)
    Reflect.set(globalThis, name, value)
  }
  for (const name of after.listeners.keys()) {
    const more = process.listeners(name as 'warning').slice(before.listeners.get(name) ?? 0)
    if (more.length === 0) continue
    left.push(`${more.length} × process.on('${name}')`)
    for (const listener of more) process.off(name, listener as () => void)
  }
  return left
}
