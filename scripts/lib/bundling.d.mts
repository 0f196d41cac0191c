import type { InlineConfig, Plugin } from 'vite'

export function presentEntries(): Record<string, string>
export function inAscii(): Plugin
export function bundling(input: Record<string, string>, out?: { outDir?: string; emptyOutDir?: boolean }): InlineConfig
