export function buildFaults(): Promise<{ faults: typeof import('../../test/faults/run.ts').faults; engine: string }>
