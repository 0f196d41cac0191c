export function toolsMissing(): string | null
export function systemTools(folder: string): Record<string, string>
