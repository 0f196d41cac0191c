import { z } from 'zod'
import { checkedBy } from '../kit/config.ts'
import { checkMailServer, mailAddress, mailServerFields } from '../kit/mail-config.ts'

const MOST_RECIPIENTS = 50

const recipients = z.array(mailAddress, { error: 'At least one recipient is needed.' })
  .min(1, 'At least one recipient is needed.')
  .max(MOST_RECIPIENTS, `At most ${MOST_RECIPIENTS} recipients: use a mailing list for more.`)
  .transform((all) => [...new Set(all)])

const { timeoutMs, ...serverFields } = mailServerFields

export const emailSchema = z.strictObject({
  ...serverFields,
  to: recipients.meta({ title: 'To', description: 'One address a line. Each gets a mail of its own and sees no other' }),
  subjectPrefix: z.string().trim().max(20, 'At most 20 characters, so that the subject still says what happened.').default('')
    .meta({ title: 'Subject begins with', description: 'For filters, like [3D]. A subject has at most 50 characters' }),
  includePicture: z.boolean().default(true).meta({ title: 'Send the picture', description: 'In the mail, where there is one' }),
  timeoutMs,
}).superRefine(checkMailServer)

export type EmailConfig = z.output<typeof emailSchema>

export const validateEmail = checkedBy(emailSchema)
