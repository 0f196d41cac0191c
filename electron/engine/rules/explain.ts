import type { EventType } from '../events/model.ts'
export const typesTelling = (_w: string): EventType[] => []
