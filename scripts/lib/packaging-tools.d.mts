export const RUNTIME_LENGTH: number
export function toolPath(name: string, path?: string): string | null
export function toolsMissing(path?: string): string | null
export function standInRuntime(): string
export function systemTools(folder: string, arch?: string): Record<string, string>
