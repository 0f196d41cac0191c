import { availableParallelism } from 'node:os'
import vue from '@vitejs/plugin-vue'
import { configDefaults, defineConfig } from 'vitest/config'

/** Files that change a whole process: they mock a module, or send a signal to the process they run in. */
const alone = ['electron/desktop/secrets/safe-storage.test.ts', 'electron/engine/engine-presence.test.ts', 'scripts/lib/electron-runtime.test.mjs']
// Also on two cores: one of vitest's processes waits for another a good part of the time.
const maxWorkers = Math.max(2, availableParallelism() - 1)
// Long enough for a machine that does three other things; no test waits that long by itself.
const unit = { environment: 'node', maxWorkers, testTimeout: 20_000 } as const

/**
 * unit: beside the code; unit-alone: the same, each file in a process of its own (the window's components, and those listed).
 * contract: adapters and channels against fakes on loopback. real: real servers and daemons.
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
      { plugins: [vue()], test: { ...unit, name: 'unit-alone', include: ['renderer/**/*.test.ts', ...alone], setupFiles: ['test/support/window-setup.ts'] } },
      // Stories of whole days on the engine, with a moved clock and a real database.
      { test: { ...unit, name: 'timeline', include: ['test/timeline/**/*.test.ts'], isolate: false, setupFiles: ['test/support/unit-setup.ts'] } },
      // One file at a time on two cores: some measure how fast an engine stays under attack. Two at a time take six minutes instead of ten.
      { test: { name: 'contract', globalSetup: ['test/support/build-once.mjs'], include: ['test/contract/**/*.test.ts'], environment: 'node', testTimeout: 20_000 } },
      // The window over made-up answers, in a real Electron on a display of its own.
      { test: { name: 'window', globalSetup: ['test/window/global-setup.ts'], include: ['test/window/**/*.test.ts'], environment: 'node', testTimeout: 60_000, hookTimeout: 60_000, maxWorkers: 2 } },
      // One file at a time: real servers and displays take the machine's ports, memory and attention.
      { test: { name: 'real', globalSetup: ['test/support/build-once.mjs'], include: ['test/real/**/*.test.ts'], environment: 'node', testTimeout: 180_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
  },
})
