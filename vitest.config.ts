import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

/** unit: beside the code. contract: adapters and channels against fakes on loopback. real: real servers and daemons. */
export default defineConfig({
  test: {
    projects: [
      {
        plugins: [vue()],
        test: {
          name: 'unit',
          include: ['electron/**/*.test.ts', 'renderer/**/*.test.ts', 'test/support/**/*.test.ts', 'scripts/**/*.test.mjs', 'eslint-rules/**/*.test.mjs'],
          environment: 'node',
          // Long enough for a machine that does three other things; no test waits that long by itself.
          testTimeout: 20_000,
        },
      },
      { test: { name: 'contract', globalSetup: ['test/support/build-once.mjs'], include: ['test/contract/**/*.test.ts'], environment: 'node', testTimeout: 20_000 } },
      // The window over made-up answers, in a real Electron on a display of its own.
      { test: { name: 'window', globalSetup: ['test/window/global-setup.ts'], include: ['test/window/**/*.test.ts'], environment: 'node', testTimeout: 60_000, hookTimeout: 60_000, maxWorkers: 2 } },
      // One file at a time: real servers and displays take the machine's ports, memory and attention.
      { test: { name: 'real', globalSetup: ['test/support/build-once.mjs'], include: ['test/real/**/*.test.ts'], environment: 'node', testTimeout: 180_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
  },
})
