/** How the simulated printer's server is known in the settings. Apart from simulator.ts, as each start asks (main.ts). */

/** By this, whatever its port: what follows "#" never reaches a server. */
export const MARK = '#simulated-printer'

/** @param settings of a server of any kind */
export function isSimulated(settings: unknown): boolean {
  return typeof settings === 'object' && settings !== null && 'url' in settings && typeof settings.url === 'string' && settings.url.endsWith(MARK)
}
