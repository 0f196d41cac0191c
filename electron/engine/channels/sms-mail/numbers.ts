/** Phone numbers as people write them and as the networks do (E.164). */
import type { CountryCode, PhoneNumber } from 'libphonenumber-js'
import { atFirstUse } from '../../at-first-use.ts'

/** Half of it is the number plans of the world's countries. */
const phone = atFirstUse((require) => require('libphonenumber-js') as typeof import('libphonenumber-js'))

/** How a gateway wants it: "+4791234567", "4791234567", "91234567". */
export type NumberFormat = 'international' | 'digits' | 'national'

/** @param country two letters, for numbers written without their country; '' = there is none */
function read(text: string, country: string): PhoneNumber | null {
  const number = phone().parsePhoneNumberFromString(text, phone().isSupportedCountry(country) ? { defaultCountry: country, extract: false } : { extract: false })
  return number?.isValid() === true && number.ext === undefined ? number : null
}

/** "+4791234567"; null = no number that can exist. */
export function asE164(text: string, country: string): string | null {
  return read(text, country)?.number ?? null
}

/** The country that a number belongs to; null where several share it or none is known. @param number E.164 */
export function countryOf(number: string): string | null {
  return phone().parsePhoneNumberFromString(number)?.country ?? null
}

export function isCountry(code: string): code is CountryCode {
  return phone().isSupportedCountry(code)
}

/** @param number E.164 */
export function written(number: string, format: NumberFormat): string {
  switch (format) {
    case 'international': return number
    case 'digits': return number.slice(1)
    case 'national': return phone().parsePhoneNumberFromString(number)?.nationalNumber ?? number.slice(1)
  }
}
