import { availableParallelism } from 'node:os'
import vue from '@vitejs/plugin-vue'
import { configDefaults, defineConfig } from 'vitest/config'

/** Files that change a whole process: they mock a module, or send a signal to the process they run in. */
const alone = ['electron/desktop/secrets/safe-storage.test.ts', 'electron/engine/engine-presence.test.ts', 'scripts/lib/electron-runtime.test.mjs']
/** Contract tests that measure how fast an engine stays under attack: nothing else may run beside them. */
const measured = ['test/contract/faults-hostile.test.ts', 'test/contract/moonraker-hostile.test.ts']
/** Real tests without a display: OctoPrint's are with the others, so that both halves take as long. */
const servers = ['moonraker-*', 'prusalink-*', 'three-servers', 'mqtt', 'email', 'apprise'].map((name) => `test/real/${name}.test.ts`)
// Also on two cores: files that wait for a process or a timer leave theirs to another.
const maxWorkers = Math.max(3, availableParallelism() - 1)
// Long enough for a machine that does three other things; no test waits that long by itself.
const unit = { environment: 'node', maxWorkers, testTimeout: 20_000 } as const
// Some run a dozen command lines one after the other, beside three other files: a hang is found after two minutes as well.
const contract = { globalSetup: ['test/support/build-once.mjs'], environment: 'node', testTimeout: 120_000 }
const real = { globalSetup: ['test/support/build-once.mjs'], environment: 'node', testTimeout: 180_000, hookTimeout: 120_000, fileParallelism: false }

/**
 * unit: beside the code; unit-alone: the same, each file in a process of its own (the window's components, and those listed).
 * contract: adapters and channels against fakes on loopback; contract-alone: those that measure, one file at a time.
 * real: real servers and daemons, with displays; real-servers: those that need none, beside the others.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...unit,
          name: 'unit',
          include: ['electron/**/*.test.ts', 'test/support/**/*.test.ts', 'scripts/**/*.test.mjs', 'eslint-rules/**/*.test.mjs'],
          exclude: [...configDefaults.exclude, ...alone],
          // A process for each file is more than twice the work. What files could hand to each other, the set-up takes away.
          isolate: false,
          setupFiles: ['test/support/unit-setup.ts'],
        },
      },
      // The window's components share processes too, and the document: loading Vue and its libraries anew for each file is most of the work.
      { plugins: [vue()], test: { ...unit, name: 'unit-window', include: ['renderer/**/*.test.ts'], isolate: false, setupFiles: ['test/window/components-setup.ts'] } },
      { test: { ...unit, name: 'unit-alone', include: alone } },
      // Stories of whole days on the engine, with a moved clock and a real database.
      { test: { ...unit, name: 'timeline', include: ['test/timeline/**/*.test.ts'], isolate: false, setupFiles: ['test/support/unit-setup.ts'] } },
      // They wait for most of their time (a grace, a heartbeat, a far side that hangs): four at once keep two cores half busy.
      {
        test: {
          ...contract, name: 'contract', include: ['test/contract/**/*.test.ts'], exclude: [...configDefaults.exclude, ...measured], maxWorkers: Math.max(4, availableParallelism()),
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...contract, name: 'contract-alone', include: measured, fileParallelism: false, sequence: { groupOrder: 2 } } },
      // The window over made-up answers, in a real Electron on a display of its own.
      { test: { name: 'window', globalSetup: ['test/window/global-setup.ts'], include: ['test/window/**/*.test.ts'], environment: 'node', testTimeout: 60_000, hookTimeout: 60_000, maxWorkers: 2, sequence: { groupOrder: 3 } } },
      // One file at a time in each half: real servers and displays take the machine's ports, memory and attention.
      { test: { ...real, name: 'real', include: ['test/real/**/*.test.ts'], exclude: [...configDefaults.exclude, ...servers], sequence: { groupOrder: 4 } } },
      { test: { ...real, name: 'real-servers', include: servers, sequence: { groupOrder: 5 } } },
    ],
  },
})
