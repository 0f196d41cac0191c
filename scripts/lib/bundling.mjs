/** How bundles are made: the same for the program, its workers and the benchmarks. */
import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { entries, externals } from './entries.mjs'
import { dist, root } from './paths.mjs'

/** The entries whose source exists: rooms are built one after the other. */
export const presentEntries = () => Object.fromEntries(Object.entries(entries).filter(([, source]) => existsSync(join(root, source))))

/**
 * Plain Node modules, everything inside but `externals`, readable in a stack trace.
 * @param {Record<string, string>} input name of the bundle and its source
 * @param {{ outDir?: string, emptyOutDir?: boolean }} [out]
 * @returns {import('vite').InlineConfig}
 */
export function bundling(input, { outDir = 'dist', emptyOutDir = true } = {}) {
  return {
    root,
    configFile: false,
    publicDir: false,
    ssr: { target: 'node', noExternal: true, external: [...externals] },
    build: {
      ssr: true,
      target: 'node20',
      outDir,
      emptyOutDir,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input,
        output: {
          format: 'es',
          entryFileNames: '[name].mjs',
          // Beside the entries, so that `import.meta.url` means the same folder in all of them.
          chunkFileNames: 'chunk-[name]-[hash].mjs',
          // Built in another folder and moved: the way to the sources is the one from dist/.
          sourcemapPathTransform: (source, map) => relative(dist, resolve(dirname(map), source)),
        },
      },
    },
  }
}
