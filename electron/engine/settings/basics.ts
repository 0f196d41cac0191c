/** What every part of the settings is made of: ids, and how events are named. */
import { z } from 'zod'

export const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'use 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit')

/** "job.done", "job.*", "*" (all normalised), "native:MovieDone", "native:plugin:NAME" (a plugin's messages), "native:*". */
export const selector = z.string().regex(/^(\*|[a-z]+\.(\*|[a-z_]+)|native:(\*|[A-Za-z][A-Za-z0-9_-]*(:[A-Za-z0-9_-]+)*))$/, 'use a type ("job.done"), a group ("job.*"), "*" or "native:NAME"')
