/** The lean `subscribe` message: what the interpreter cannot do without, and what somebody subscribed to. */
import { z } from 'zod'
import type { Observation } from '../../events/model.ts'
import type { Wanted } from '../adapter.ts'
import { DETECTOR } from './detector.ts'

/** Events a notifier needs whatever is subscribed. Names are case-sensitive; an unknown one is harmless. */
const ALWAYS = [
  'PrintStarted', 'PrintDone', 'PrintFailed', 'PrintCancelling', 'PrintCancelled', 'PrintPaused', 'PrintResumed',
  'PrinterStateChanged', 'PrinterReset', 'Error', 'Connecting', 'Connected', 'Disconnecting', 'Disconnected', 'FilamentChange', 'Waiting', 'SettingsUpdated',
  // From plugins that announce a pause for the user; they exist only where those are installed.
  'plugin_webhooks_notify', 'plugin_pause_for_user_event_notify',
]
/** What stands before a plugin's name in a native event's name. */
const PLUGIN = 'plugin:'
/** What the frames tell too late or not at all of the file, for the context of events (context.ts). */
const FOR_CONTEXT = ['FileSelected', 'FileDeselected', 'MetadataAnalysisFinished']
const PLUGINS = ['action_command_prompt', 'action_command_notification', DETECTOR]
/** Python's re.search; an invalid one would leave the socket deaf (1.11.8, seen). */
const LOGS = 'paused for user|^Recv: //\\s*action:'

/** What the file says to people: M117 to the printer's display, M118 to the host; only where somebody listens. */
const DISPLAY = '^Send: (N\\d+ )?M117 '
const HOST = '^Send: (N\\d+ )?M118 '

/** Throttle 4: state at most every 2 s; events are never held back. */
export const THROTTLE = { throttle: 4 }
/** Every 4 s, while there is nothing to tell (pace.ts). */
export const IDLE_THROTTLE = { throttle: 8 }

/**
 * Sent before `auth`, so that the first `history` is filtered already.
 * What is not listed is off, and an empty or invalid first message would silence the socket (1.11.8, seen).
 */
export function subscription(wanted: Wanted): { subscribe: Record<string, unknown> } {
  const names = new Set(ALWAYS)
  // Heights as they change; the state alone tells one every two seconds. OctoPrint counts no layers.
  if (wanted.layers || wanted.types.has('job.first_layer_done')) names.add('ZChange')
  if (wanted.context === true) for (const name of FOR_CONTEXT) names.add(name)
  const plugins = new Set(PLUGINS)
  for (const name of wanted.natives) {
    if (name.startsWith(PLUGIN)) plugins.add(name.slice(PLUGIN.length))
    else names.add(name)
  }
  const all = wanted.natives.has('*')
  return {
    subscribe: {
      state: { logs: logsFor(wanted), messages: false },
      events: all || [...names],
      plugins: all || [...plugins],
    },
  }
}

const pluginFrame = z.object({ plugin: z.object({ plugin: z.string().min(1).max(200), data: z.unknown() }) })

/** A message of a plugin that means nothing to us, as a native event for whoever selects `native:plugin:NAME`. */
export function pluginNative(frame: unknown, sourceId: string, at: number): Observation[] {
  const parsed = pluginFrame.safeParse(frame)
  if (!parsed.success) return []
  const { plugin, data } = parsed.data.plugin
  return [{ kind: 'signal', sourceId, at, signal: { type: 'native_only' }, native: { name: `${PLUGIN}${plugin}`, payload: data ?? null } }]
}

function logsFor(wanted: Wanted): string {
  const { types } = wanted
  return [LOGS, ...(types.has('message.display') ? [DISPLAY] : []), ...(types.has('message.user') ? [HOST] : [])].join('|')
}
