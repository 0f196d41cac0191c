/** What is built into dist/, and what stays outside of the bundles. The one list for the build and its stamp. */

/**
 * Name of the bundle (dist/NAME.mjs) and its source. All bundles lie side by side in dist/, so that code finds a worker
 * by `new URL('./NAME.mjs', import.meta.url)` from any of them.
 * @type {Record<string, string>}
 */
export const entries = {
  headless: 'electron/headless.ts',
  simulator: 'electron/engine/simulator/cli.ts',
  'codec-process': 'electron/engine/snapshots/codec-process.ts',
  'history-export': 'electron/engine/history/export-worker.ts',
  'backup-worker': 'electron/engine/backup/worker.ts',
  'plugin-process': 'electron/engine/channels/plugins/plugin-process.mjs',
}

/**
 * Packages that are loaded from node_modules at run time, because they carry native code or data beside their scripts, or are
 * loaded at their first use (electron/engine/at-first-use.ts).
 * @type {string[]}
 */
export const externals = ['@photostructure/sqlite', '@jsquash/jpeg', 'node-notifier', 'libphonenumber-js', 'liquidjs', 'luxon']
