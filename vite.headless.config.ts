import { defineConfig } from 'vite'
import { bundling, presentEntries } from './scripts/lib/bundling.mjs'

/** The headless engine and its workers, for `vite build --config`; scripts/build.mjs makes the same. */
export default defineConfig(bundling(presentEntries()))
