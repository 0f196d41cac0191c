export function withLock<T>(path: string, work: () => Promise<T>, options?: { onWait?: (pid: number | null) => void; staleMs?: number }): Promise<T>
