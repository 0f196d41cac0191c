/** Plugins of the user's own, for the window: what lies in their folder, and what a person says of it. */
import { mkdir } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Push, SomeHandlers } from '../../bridge/contract.ts'
import type { PluginList } from '../../bridge/views/destinations.ts'
import type { Plugins, PluginState } from '../../engine/channels/plugins/index.ts'
import type { Cancel, Clock, Log } from '../../engine/ports.ts'

export interface PluginRoomParts {
  plugins: Pick<Plugins, 'pluginStates' | 'allow' | 'forbid' | 'problems'>
  /** Where they lie; need not be there. */
  folder: string
  clock: Clock
  log: Log
  isOpen(): boolean
  push: Push
  /** A sentence for the person, whatever page is open. */
  tell(text: string): void
  /** Shows it in the system's own program for files. Resolves to whether that was opened. */
  openFolder(path: string): Promise<boolean>
  /** Destinations that wait for it can be opened now. */
  onAllowed(): void
}

export interface PluginRoom {
  handlers: SomeHandlers<`plugins.${'list' | 'allow' | 'forbid' | 'open-folder'}`>
  /** Tells of what waits for a person, now and whenever files come or change. */
  start(): void
  stop(): void
}

/** How often the folder is looked through. ms */
const LOOK_EVERY_MS = 30_000

export function openPluginRoom(parts: PluginRoomParts): PluginRoom {
  const { plugins, clock, log } = parts
  /** What a person was told of each, or saw. */
  const told = new Map<string, string>()
  let shown: PluginList | null = null
  let next: Cancel = () => undefined

  function list(states: readonly PluginState[]): PluginList {
    return {
      plugins: states.map(({ kind, displayName, version, state, why, hash, files, says }) => ({ kind, name: displayName, version, state, why, hash, files, says })),
      problems: [...plugins.problems],
    }
  }

  function look(): void {
    const states = plugins.pluginStates()
    for (const state of states) {
      const words = noticeOf(state)
      const mark = `${state.state} ${state.hash}`
      if (words !== null && told.get(state.kind) !== mark) parts.tell(words)
      told.set(state.kind, mark)
    }
    const now = list(states)
    if (parts.isOpen() && shown !== null && !isDeepStrictEqual(now, shown)) parts.push('plugins.changed', now)
    shown = now
  }

  function lookOften(): void {
    try {
      look()
    } catch (error) {
      log.error('the folder of plugins could not be looked through', { error })
    }
    next = clock.after(LOOK_EVERY_MS, lookOften)
  }

  /** Who sees the list needs no notice of it. */
  function seen(): PluginList {
    const states = plugins.pluginStates()
    for (const { kind, state, hash } of states) told.set(kind, `${state} ${hash}`)
    shown = list(states)
    return shown
  }

  function changed(): PluginList {
    const now = seen()
    if (parts.isOpen()) parts.push('plugins.changed', now)
    return now
  }

  return {
    handlers: {
      'plugins.list': async () => seen(),
      async 'plugins.allow'({ kind, hash }) {
        plugins.allow(kind, hash)
        parts.onAllowed()
        return changed()
      },
      async 'plugins.forbid'(kind) {
        plugins.forbid(kind)
        return changed()
      },
      async 'plugins.open-folder'(kind) {
        const folder = kind === null ? parts.folder : plugins.pluginStates().find((state) => state.kind === kind)?.folder
        if (folder === undefined) return false
        if (kind === null) await mkdir(folder, { recursive: true, mode: 0o700 })
        return parts.openFolder(folder)
      },
    },
    start: lookOften,
    stop: () => next(),
  }
}

/** Null = nothing waits for a person. What is broken is told at the start, with the other problems. */
function noticeOf({ state, displayName }: PluginState): string | null {
  if (state === 'new') return `The plugin "${displayName}" was found. It does not run before you allow it: Destinations, Plugins.`
  if (state === 'changed') return `The files of the plugin "${displayName}" changed since you allowed them, so it does not run any more. Look at them again: Destinations, Plugins.`
  return null
}
