import type { Common } from '../headless.ts'
import type { PluginState } from '../engine/channels/plugins/index.ts'
import { UserError } from './errors.ts'
import { clean } from './live-view.ts'
import type { Out } from './out.ts'
import { kindsWith } from './settings-file.ts'

/** Lists the plugins of the data folder with their files. */
export async function plugins(options: Common & { json?: boolean }, out: Out): Promise<number> {
  const { plugins: found } = await kindsWith(options.data)
  const states = found.pluginStates()
  for (const state of states) for (const line of options.json ? [JSON.stringify(state)] : linesOf(state)) out.line(line)
  for (const problem of found.problems) out.note(`warning: ${problem}`)
  if (!options.json && states.length === 0) out.note(`There is no plugin in the folder "channels" of ${options.data}. docs/writing-a-channel.md shows how to write one.`)
  return 0
}

/** @param name with or without "plugin:" @throws UserError when it can't be allowed */
export async function allowPlugin(name: string, hash: string | undefined, options: Common, out: Out): Promise<number> {
  const { plugins: found } = await kindsWith(options.data)
  const kind = name.startsWith('plugin:') ? name : `plugin:${name}`
  const now = found.pluginStates().find((state) => state.kind === kind)
  try {
    found.allow(kind, hash ?? now?.hash ?? '')
  } catch (error) {
    throw new UserError((error as Error).message)
  }
  if (now) for (const line of filesOf(now)) out.line(line)
  out.line(`Allowed: ${kind}, with these files only. An engine that runs already opens its destinations when it is started again.`)
  return 0
}

function linesOf(state: PluginState): string[] {
  const { kind, displayName, version, why } = state
  return [clean(`${kind} "${displayName}"${version === null ? '' : ` ${version}`}: ${state.state}${why === null ? '' : `. ${why}`}`), ...filesOf(state)]
}

function filesOf({ folder, files, hash }: PluginState): string[] {
  return [clean(`  ${folder}`), ...files.map(({ path, bytes }) => clean(`    ${path} (${bytes} bytes)`)), `  hash ${hash || 'unknown'}`]
}
