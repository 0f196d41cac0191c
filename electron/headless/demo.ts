import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
export async function demo(options: { json?: boolean; seconds?: number }, out: Out): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'printbell-demo-'))
  const simulator = await startSimulator({ script: { ...SCRIPTS.demo, startsAfterMs: null }, names: ['Demo printer'] })
  const key = new Secret(simulator.apiKey)
  try {
    const { settings } = parseSettings({
      version: 1,
      printers: [{ id: 'demo', name: 'Demo printer', server: { kind: 'octoprint', url: simulator.url, apiKey: { store: 'demo' } } }],
      destinations: [{ id: 'desk', label: 'This desk', channel: 'desktop', events: ['*'] }],
    }, { path: null })
    const { engine } = expandSettings(settings, kinds, { path: null })
    if (!options.json) {
      out.note('A simulated printer plays a print of about 40 s: heating, first layer, a filament change, done with picture.')
      out.note(`Its own page is ${simulator.url}. Ctrl-C ends the demo.`)
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
    await rm(folder, { recursive: true, force: true })
  }
}
