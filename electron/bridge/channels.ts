/** The two channels of raw IPC that there are; apart from the contract so that the preload script carries no zod. */
export const CALL_CHANNEL = 'printbell:call'
export const PUSH_CHANNEL = 'printbell:push'

/** How an answer crosses: errors as words, never as objects with a stack. */
export type Answer = { ok: true; value: unknown } | { ok: false; error: string }
