export function buildElectronMain(input: Record<string, string>, outDir: string): Promise<void>
export function buildHarness(): Promise<void>
