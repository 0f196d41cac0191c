import type { InlineConfig } from 'vite'

export function presentEntries(): Record<string, string>
export function bundling(input: Record<string, string>, out?: { outDir?: string; emptyOutDir?: boolean }): InlineConfig
