import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vite'
import { entries, externals } from './scripts/lib/entries.mjs'

const root = import.meta.dirname
/** Rooms are built one after the other: an entry whose source is not there yet is left out. */
const input = Object.fromEntries(Object.entries(entries).filter(([, source]) => existsSync(join(root, source))))

/** The headless engine and its workers: plain Node modules in dist/, readable in a stack trace. */
export default defineConfig({
  root,
  publicDir: false,
  ssr: { target: 'node', noExternal: true, external: [...externals] },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist',
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input,
      output: {
        format: 'es',
        entryFileNames: '[name].mjs',
        // Beside the entries, so that `import.meta.url` means the same folder in all of them.
        chunkFileNames: 'chunk-[name]-[hash].mjs',
      },
    },
  },
})
