import { z } from 'zod'
import { baseAddress } from '../kit/address.ts'
import { checkedBy } from '../kit/config.ts'

const server = z.string({ error: 'The gateway is missing. Enter where your Apprise API server runs.' }).pipe(baseAddress).superRefine((text, context) => {
  if (/\/notify(\/|$)/.test(text)) context.addIssue({ code: 'custom', message: 'Only the gateway belongs here. Take "/notify" and what follows away; the key has a field of its own.' })
})

export const appriseSchema = z.strictObject({
  server: server.meta({ title: 'Gateway', description: 'Where your Apprise API server runs: http://192.168.1.5:8000' }),
  key: z.string().trim().regex(/^[\w-]{0,128}$/, 'A key has letters, digits, dashes and underscores only, at most 128.').default('')
    .meta({ title: 'Key', description: 'Under which the gateway keeps your services. Empty = the addresses below, or those the gateway was started with' }),
  tags: z.string().trim().max(200, 'At most 200 characters. Take some tags away.').regex(/^[\w:, -]*$/, 'Tags are words. Put a comma between those of which one is enough, a blank between those that must all be there.').default('')
    .meta({ title: 'Tags', description: 'Only services that have them. Comma: any of them, blank: all of them' }),
  user: z.string().trim().max(200, 'A user has at most 200 characters.').default('').meta({ title: 'User', description: 'Only where the gateway wants a login' }),
  includePicture: z.boolean().default(true).meta({ title: 'Send the picture', description: 'Uploaded to the gateway, which hands it on where a service takes one' }),
})

export type AppriseConfig = z.output<typeof appriseSchema>

export const validateApprise = checkedBy(appriseSchema)
