/** Which demo is played: the app with its tray and window, or lines in a terminal. Pure. */
import { noDisplay } from './run-electron.mjs'

/**
 * @param {readonly string[]} args what stands behind `npm run demo --`
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @returns {{ way: 'desktop' | 'headless', args: string[], why: string | null }} `why` it is played without a window, unless that was asked for
 */
export function demoWay(args, env, platform) {
  const rest = args.filter((arg) => arg !== '--headless')
  // Both ask for an output, or an end, that only the terminal's demo has.
  const asked = rest.length < args.length || rest.some((arg) => arg === '--json' || arg === '--seconds' || arg.startsWith('--seconds=') || arg === '--help')
  if (asked) return { way: 'headless', args: rest, why: null }
  if (noDisplay(env, platform) !== null) return { way: 'headless', args: rest, why: 'There is no display here, so the demo is played in this terminal.' }
  return { way: 'desktop', args: rest, why: null }
}
