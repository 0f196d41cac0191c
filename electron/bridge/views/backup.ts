/** What the window shows of backups. No key and no passphrase ever comes back to it. */
import { z } from 'zod'
import { epoch } from './common.ts'

/** Long enough for any sentence, short enough for a form. */
export const passphrase = z.string().min(1).max(1_000)

export const backupMade = z.discriminatedUnion('result', [
  z.strictObject({ result: z.literal('saved'), file: z.string(), bytes: z.number(), events: z.number().int(), pictures: z.number().int(), keys: z.number().int(), notices: z.array(z.string()) }),
  z.strictObject({ result: z.literal('cancelled') }),
  z.strictObject({ result: z.literal('failed'), why: z.string() }),
])
export type BackupMade = z.infer<typeof backupMade>

/** What a chosen file says of itself; nothing of it was taken yet. */
export const backupChosen = z.discriminatedUnion('result', [
  z.strictObject({
    result: z.literal('chosen'),
    /** The file's name, without its folder. */
    name: z.string(),
    madeAt: epoch,
    madeBy: z.string(),
    printers: z.number().int(),
    destinations: z.number().int(),
    /** Null: without a history, or without pictures. */
    events: z.number().int().nullable(),
    pictures: z.number().int().nullable(),
    /** Keys are inside, under a passphrase. */
    sealed: z.boolean(),
  }),
  z.strictObject({ result: z.literal('failed'), why: z.string() }),
])
export type BackupChosen = z.infer<typeof backupChosen>

/** 'ready': everything is checked and laid beside what is there, which is as it was. */
export const restorePrepared = z.discriminatedUnion('result', [
  z.strictObject({ result: z.literal('ready'), keys: z.number().int(), notices: z.array(z.string()) }),
  /** The passphrase is not the one. */
  z.strictObject({ result: z.literal('passphrase'), why: z.string() }),
  z.strictObject({ result: z.literal('cancelled') }),
  z.strictObject({ result: z.literal('failed'), why: z.string() }),
])
export type RestorePrepared = z.infer<typeof restorePrepared>

export const restoreBegun = z.discriminatedUnion('result', [
  z.strictObject({ result: z.literal('restarting') }),
  z.strictObject({ result: z.literal('failed'), why: z.string() }),
])
export type RestoreBegun = z.infer<typeof restoreBegun>

/** Bytes; `total` 0 = not known. */
export const backupProgress = z.strictObject({ step: z.enum(['copying', 'packing', 'unpacking', 'checking']), done: z.number(), total: z.number() })
export type BackupProgress = z.infer<typeof backupProgress>
