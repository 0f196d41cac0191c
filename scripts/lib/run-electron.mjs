/** Runs the app in an Electron, as if it were this very process: its streams, its signals, its exit status. */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const PASSED_ON = ['SIGTERM', 'SIGINT', 'SIGHUP']

/**
 * What an Electron is called with.
 * @param {{ app: string, args: readonly string[], platform: NodeJS.Platform, uid: number | null }} start
 * @returns {{ args: string[], note: string | null }} `note` is to be said
 */
export function electronArguments({ app, args, platform, uid }) {
  // Chromium refuses to start its sandbox as root, and then to start at all.
  const asRoot = platform === 'linux' && uid === 0
  return { args: [...(asRoot ? ['--no-sandbox'] : []), app, ...args], note: asRoot ? 'Running as root, so without Chromium\'s sandbox. Start Printbell as an ordinary user to have it.' : null }
}

/** Why no window can be opened here; null = one can. @param {NodeJS.ProcessEnv} env @param {NodeJS.Platform} platform */
export function noDisplay(env, platform) {
  if (platform === 'win32' || platform === 'darwin' || env.DISPLAY || env.WAYLAND_DISPLAY) return null
  return 'There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set). Start it inside a desktop session, or run the engine without a window: npm run headless -- watch'
}

/** @param {number | null} code @param {NodeJS.Signals | null} signal @returns {number} as a shell tells it */
export function statusOf(code, signal) {
  return signal === null ? code ?? 1 : 128 + (constants.signals[signal] ?? 0)
}

/**
 * @param {string} binary Electron, or what starts it
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>} the exit status
 * @throws Error when it can't be started
 */
export function runElectron(binary, args, env = process.env) {
  return new Promise((done, failed) => {
    const child = spawn(binary, args, { stdio: 'inherit', env })
    const passOn = (signal) => {
      // Ctrl-C reaches everything that runs in the terminal by itself; twice would mean "at once".
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      child.kill(signal)
    }
    for (const signal of PASSED_ON) process.on(signal, passOn)
    const end = (then) => {
      for (const signal of PASSED_ON) process.off(signal, passOn)
      then()
    }
    child.on('error', (error) => end(() => failed(new Error(`Electron could not be started: ${error.message}`, { cause: error }))))
    child.on('exit', (code, signal) => end(() => done(statusOf(code, signal))))
  })
}
