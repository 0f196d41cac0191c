import { z } from 'zod'
import { webAddressOrNothing } from '../kit/address.ts'
import { checkedBy } from '../kit/config.ts'

/** Pushover's priorities -2 to 1; the emergency (2) is a switch of its own. */
export const LOUDNESS = { silent: -2, quiet: -1, normal: 0, loud: 1 } as const

const loudness = (title: string, fallback: keyof typeof LOUDNESS) => z.enum(['silent', 'quiet', 'normal', 'loud']).default(fallback).meta({ title })

export const pushoverSchema = z.strictObject({
  device: z.string().trim().regex(/^([A-Za-z0-9_-]{1,25}(,[A-Za-z0-9_-]{1,25})*)?$/, 'A device name has 1 to 25 letters, digits, dashes and underscores. Put commas between several.').default('')
    .meta({ title: 'Device', description: 'The name of one device, or several with commas. Empty = all of them' }),
  sound: z.string().trim().regex(/^[A-Za-z0-9_-]{0,40}$/, 'A sound has letters, digits, dashes and underscores only. Enter its name as Pushover lists it.').default('')
    .meta({ title: 'Sound', description: "Pushover's name of it. Empty = what the phone is set to" }),
  loudness: z.strictObject({
    info: loudness('News', 'quiet'),
    success: loudness('Done', 'normal'),
    warning: loudness('Warning', 'normal'),
    error: loudness('Error', 'loud'),
    critical: loudness('Critical', 'loud'),
  }).prefault({}).meta({ title: 'Loudness by severity', description: 'Silent shows nothing on the lock screen, loud breaks through the quiet hours of the app' }),
  emergency: z.boolean().default(false).meta({ title: 'Repeat critical messages until acknowledged', description: 'Acknowledging it on the phone acknowledges it here' }),
  retrySeconds: z.number().int().min(30, 'Pushover repeats at most every 30 s. Enter 30 or more.').max(10_800, 'At most 10800 s (3 h). Enter less.').default(60)
    .meta({ when: { emergency: [true] }, title: 'Repeat every', description: 'While nobody acknowledges', unit: 's' }),
  expireSeconds: z.number().int().min(30, 'At least 30 s. Enter more.').max(10_800, 'Pushover repeats for 10800 s (3 h) at most. Enter less.').default(3_600)
    .meta({ when: { emergency: [true] }, title: 'Repeat for', description: 'Then it gives up', unit: 's' }),
  click: webAddressOrNothing.refine((text) => text.length <= 512, 'An address has at most 512 characters here. Enter a shorter one.').default('')
    .meta({ title: 'Link', description: 'A page that the message links to. It is sent as it stands here' }),
  includePicture: z.boolean().default(true).meta({ title: 'Send the picture', description: 'Uploaded, up to 1280 px. Your LAN address is never sent' }),
})

export type PushoverConfig = z.output<typeof pushoverSchema>

export const validatePushover = checkedBy(pushoverSchema)
