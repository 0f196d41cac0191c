export interface Electron {
  binary: string
  version: string
  from: 'override' | 'package' | 'test-runtime'
}
export function findElectron(options?: { say?: (text: string) => void; env?: NodeJS.ProcessEnv }): Promise<Electron>
export function electronRuntime(): Promise<string>
