import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { channels } from '../engine/channels/registry.ts'
import { TOAST_DEFAULTS } from '../engine/settings/defaults.ts'
import { SCRIPTS } from '../engine/simulator/scripts.ts'
import { startSimulator } from '../engine/simulator/simulator.ts'
import { Secret } from '../engine/settings/secret.ts'
import { expandSettings } from '../engine/settings/expand.ts'
import { parseSettings } from '../engine/settings/load.ts'
import type { Out } from './out.ts'
import { run } from './run.ts'
import { kinds } from './settings-file.ts'

const LOOK_EVERY_MS = 200

/** Plays a simulated print through the whole engine. Leaves nothing behind: its data folder goes when it ends. */
export async function demo(options: { json?: boolean; seconds?: number; failure?: boolean }, out: Out): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'printbell-demo-'))
  const simulator = await startSimulator({ script: { ...(options.failure ? SCRIPTS.spaghetti : SCRIPTS.demo), startsAfterMs: null }, names: ['Demo printer'] })
  const hook = await startDemoHook()
  const key = new Secret(simulator.apiKey)
  try {
    const { settings } = parseSettings({
      version: 1,
      // The print is short: else its first layer is done before "target reached" has held for long enough.
      thresholds: { heaterHold: 1 },
      printers: [{ id: 'demo', name: 'Demo printer', server: { kind: 'octoprint', url: simulator.url, apiKey: { store: 'demo' } } }],
      destinations: [
        ...(hasDesktop() ? [{ id: 'desk', label: 'This desk', channel: 'desktop', events: [...TOAST_DEFAULTS, 'job.started', 'job.progress'] }] : []),
        { id: 'hook', label: 'Demo webhook', channel: 'webhook', config: { url: hook.url }, events: ['job.*', 'attention.*', 'failure.*'] },
      ],
    }, { path: null })
    const { engine } = expandSettings(settings, kinds, { path: null })
    if (!options.json) {
      out.note(options.failure
        ? 'A simulated printer plays a print of about 45 s that a failure detector suspects, then pauses; it goes on by itself.'
        : 'A simulated printer plays a print of about 40 s: heating, first layer, a filament change, done with picture.')
      out.note(hasDesktop() ? 'Events go to notifications on this desktop and to a webhook on this computer.' : 'There is no desktop session here, so events go to a webhook on this computer only.')
      out.note('Ctrl-C ends the demo.')
    }
    return await run({
      settings: engine,
      dataFolder: folder,
      secrets: () => ({ resolve: async () => key }),
      json: options.json ?? false,
      seconds: options.seconds ?? null,
      // The print begins under the engine's eyes: one that ran already would be taken as a baseline and not told.
      onStarted: (started) => {
        const look = setInterval(() => {
          if (started.printers()[0]?.state.link !== 'up') return
          clearInterval(look)
          simulator.control.wish({ do: 'start', user: 'demo' })
        }, LOOK_EVERY_MS)
      },
    }, out)
  } finally {
    await simulator.stop()
    await hook.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Whether a notification service may be there; the channel itself knows. */
function hasDesktop(): boolean {
  return channels.get('desktop')?.prerequisites().every(({ met }) => met) ?? false
}

/** Takes every message, as a receiver of the user's would. */
async function startDemoHook(): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/printbell`,
    stop: () => new Promise<void>((done) => {
      server.closeAllConnections()
      server.close(() => done())
    }),
  }
}
