import { z } from 'zod'
import type { FieldError } from '../channel.ts'
import { checkedBy } from '../kit/config.ts'
import { asMailAddress, checkMailServer, mailServerFields } from '../kit/mail-config.ts'
import { asE164, countryOf, isCountry } from './numbers.ts'

const MOST_NUMBERS = 10
export const PLACE = '{number}'

const NO_COUNTRY = 'Not a country. Enter its two letters, like NO or DE.'
const countryCode = z.string().trim().toUpperCase().refine((code) => isCountry(code), NO_COUNTRY)

export const smsMailSchema = z.strictObject({
  gateway: z.string({ error: 'The address of the gateway is needed.' }).trim()
    .meta({ title: 'Gateway address', description: `The mail address that becomes text messages, like sms@example.org or ${PLACE}@example.org` }),
  numberIn: z.enum(['subject', 'plus', 'address']).default('subject')
    .meta({ title: 'The number stands', description: `In the subject; behind a plus in the address (sms+4791234567@example.org); or where ${PLACE} stands in the address` }),
  numberFormat: z.enum(['auto', 'international', 'digits', 'national']).default('auto')
    .meta({ title: 'Number format', description: 'International is +4791234567, digits 4791234567, national 91234567. Auto: international in the subject, digits in the address' }),
  subject: z.string().trim().max(100).optional()
    .meta({ title: 'Subject', description: `What the gateway wants there; ${PLACE} is the number. Empty: the number alone, or nothing when it stands in the address` }),
  numbers: z.array(z.string(), { error: 'At least one phone number is needed.' }).min(1, 'At least one phone number is needed.').max(MOST_NUMBERS, `At most ${MOST_NUMBERS} numbers: each message costs money for each.`)
    .meta({ title: 'Phone numbers', description: 'One a line, like +47 912 34 567' }),
  country: z.string().trim().toUpperCase().refine((code) => code === '' || isCountry(code), NO_COUNTRY).default('').meta({ title: 'Country', description: 'Two letters, for numbers that are written without +, like NO or DE' }),
  onlyCountries: z.array(countryCode).default([]).meta({ title: 'Only these countries', description: 'Two letters a line. Empty: all. Messages abroad may cost more' }),
  prefix: z.string().trim().max(20, 'At most 20 characters, so that the message still has room.').default('Printbell:')
    .meta({ title: 'Message begins with', description: 'So that it is known who writes' }),
  ...mailServerFields,
}).superRefine((config, context) => {
  checkMailServer(config, context)
  checkGateway(config, (field, message) => context.addIssue({ code: 'custom', path: [field], message }))
  checkNumbers(config, (path, message) => context.addIssue({ code: 'custom', path, message }))
})

export type SmsMailConfig = z.output<typeof smsMailSchema>

const check = checkedBy(smsMailSchema)

/** Numbers come back as the networks write them (E.164), each once. */
export function validateSmsMail(input: unknown): { ok: true; config: SmsMailConfig } | { ok: false; errors: FieldError[] } {
  const checked = check(input)
  if (!checked.ok) return checked
  const { config } = checked
  return { ok: true, config: { ...config, numbers: [...new Set(config.numbers.map((number) => asE164(number, config.country) ?? number))] } }
}

function checkGateway({ gateway, numberIn, subject }: Pick<SmsMailConfig, 'gateway' | 'numberIn' | 'subject'>, issue: (field: string, message: string) => void): void {
  const holdsPlace = gateway.includes(PLACE)
  if (asMailAddress(gateway.replace(PLACE, '4791234567')) === null) return issue('gateway', `Not a mail address. Enter it like sms@example.org or ${PLACE}@example.org.`)
  if (numberIn === 'address' && !holdsPlace) issue('gateway', `${PLACE} is missing: write it where the number stands, like ${PLACE}@example.org.`)
  if (numberIn !== 'address' && holdsPlace) issue('numberIn', `The address holds ${PLACE} already: choose "Address".`)
  if (numberIn === 'subject' && subject !== undefined && subject !== '' && !subject.includes(PLACE)) issue('subject', `${PLACE} is missing: without it the gateway does not know whom to write to.`)
}

function checkNumbers({ numbers, country, onlyCountries }: Pick<SmsMailConfig, 'numbers' | 'country' | 'onlyCountries'>, issue: (path: (string | number)[], message: string) => void): void {
  for (const [index, text] of numbers.entries()) {
    const number = asE164(text, country)
    if (number === null) issue(['numbers', index], country === '' ? 'Not a phone number. Begin with + and the country, like +47 912 34 567, or enter a country.' : 'Not a phone number of this country. Check it, or begin with + and the country.')
    else if (onlyCountries.length > 0 && !onlyCountries.some((code) => code === countryOf(number))) issue(['numbers', index], 'This number is in a country that is not among those allowed. Add the country, or take the number out.')
  }
}
