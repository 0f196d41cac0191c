/** How a locale writes the time of day: on both sides of the bridge. */

const HOURS_24 = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
const HOURS_12 = { hour: 'numeric', minute: '2-digit', hour12: true } as const

/** Whether people there count to 12 and start anew. @param locale BCP 47; absent = the computer's */
function countsTo12(locale?: string): boolean {
  return new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions().hour12 === true
}

const made = new Map<string | undefined, Intl.DateTimeFormatOptions>()

/** "16:42" where people count 24 hours (two digits, so that columns stand still), else "4:42 PM". */
export function clockOptions(locale?: string): Intl.DateTimeFormatOptions {
  const known = made.get(locale)
  if (known !== undefined) return known
  const options = countsTo12(locale) ? HOURS_12 : HOURS_24
  made.set(locale, options)
  return options
}
