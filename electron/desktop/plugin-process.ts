/**
 * A process for a user's plugin in the desktop app: Electron's utility process. The packaged binary is no Node (its fuses say so), so
 * there is no other; and this one knows neither Node's permission model nor a limit of the heap (docs/decisions/user-plugins.md).
 */
import { app, utilityProcess } from 'electron'
import type { StartPlugin } from '../engine/channels/plugins/process.ts'

/** An empty environment would mean the whole one of the app. The process takes this one away before the plugin comes. */
const NEXT_TO_NOTHING = { PRINTBELL_PLUGIN: '1' }
const KIB = 1024

export const startElectronPlugin: StartPlugin = (place, ears) => {
  const child = utilityProcess.fork(place.entry, [], { cwd: place.cwd, env: NEXT_TO_NOTHING, stdio: ['ignore', 'pipe', 'pipe'], serviceName: 'Printbell plugin' })
  let over = false
  let condemned = false
  const kill = (): void => {
    condemned = true
    // Its own kill() is SIGTERM, which code that turns in a circle can shut out.
    if (!over && child.pid !== undefined) process.kill(child.pid, 'SIGKILL')
  }
  child.on('message', (message: unknown) => ears.heard(message))
  child.stdout?.on('data', (bytes: Buffer) => ears.said(bytes.toString('utf8')))
  child.stderr?.on('data', (bytes: Buffer) => ears.said(bytes.toString('utf8')))
  child.on('spawn', () => {
    if (condemned) kill()
  })
  child.on('exit', (code) => {
    over = true
    ears.ended(`status ${code}`)
  })
  return {
    send: (message) => child.postMessage(message),
    kill,
    memory() {
      const found = app.getAppMetrics().find(({ pid }) => pid === child.pid)
      return found ? found.memory.workingSetSize * KIB : null
    },
  }
}
