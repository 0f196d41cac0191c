export function updatesConfig(env: NodeJS.ProcessEnv, platform?: string): string[]
export function makePackages(options?: { targets?: readonly string[]; out?: string; version?: string; env?: NodeJS.ProcessEnv; say?: (text: string) => void }): Promise<{ out: string; trial: boolean; files: { name: string; bytes: number }[] }>
