import type { KeyObject } from 'node:crypto'

export function privateKeyOf(text: string): KeyObject
export function publicText(key: KeyObject): string
export function signUpdates(folder: string, release: { version: string; key: KeyObject; now: Date; notes?: string; percent?: number }): Promise<string[]>
