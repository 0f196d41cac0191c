export function sourceFiles(root: string, places: readonly string[]): string[]
export function stampOf(root: string, places: readonly string[], salt?: string): string
export function buildStamp(root: string): string
