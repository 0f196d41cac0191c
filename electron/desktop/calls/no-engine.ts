import type { Outcome } from '../../engine/commands/wish.ts'

/** What is answered while the engine is not there to do it. */
export const NO_ENGINE = 'Printbell is starting or ending. Try again in a moment.'
export const UNREACHABLE: Outcome = { result: 'unreachable', detail: NO_ENGINE }
