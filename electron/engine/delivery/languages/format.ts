/** Numbers, times and counts as a language writes them. */

/** A point in time for a sentence. */
export interface When {
  /** "14 Jan"; null = today. */
  day: string | null
  /** "14:31" */
  clock: string
}

/** A number of things: as it is written, and which of the language's forms goes with it (CLDR, "Plural Rules"). */
export interface Count {
  shown: string
  form: Intl.LDMLPluralRule
}

/** The sentence for a count. A form that a language does not tell apart is left out. */
export function plural({ form }: Count, sentences: Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>): string {
  return sentences[form] ?? sentences.other
}

export interface Formats {
  /** "62 %"; never 100 before it is whole. */
  percent(fraction: number): string
  /** "215 °C" */
  degrees(celsius: number): string
  /** "45 s", "36 min", "3 h 36 min"; `seconds` >= 0. */
  duration(seconds: number): string
  /** `at`, `now` epoch ms; no zone = the computer's. */
  when(at: number, now: number, timeZone?: string): When
  count(count: number): Count
}

const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' }
const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
/** Zones differ per printer at most; a few are kept. */
const ZONES_KEPT = 8

interface DateFormats {
  day: Intl.DateTimeFormat
  clock: Intl.DateTimeFormat
}

/**
 * Formatters are costly to make and cheap to use, so each is made once, when it is first needed.
 * @param tag of the language (BCP 47), for Intl
 * @param gap between a number and its unit: units are the SI's, the same in every language
 */
export function formatsOf(tag: string, gap: string): Formats {
  const byZone = new Map<string, DateFormats>()
  let numbers: Intl.NumberFormat | null = null
  let plurals: Intl.PluralRules | null = null

  const number = (value: number): string => (numbers ??= new Intl.NumberFormat(tag)).format(value)
  const unit = (value: number, symbol: string): string => `${value < 1000 ? String(value) : number(value)}${gap}${symbol}`

  function datesIn(timeZone: string): DateFormats {
    const known = byZone.get(timeZone)
    if (known !== undefined) return known
    const made = { day: new Intl.DateTimeFormat(tag, { ...DAY, timeZone }), clock: new Intl.DateTimeFormat(tag, { ...CLOCK, timeZone }) }
    if (byZone.size >= ZONES_KEPT) byZone.clear()
    byZone.set(timeZone, made)
    return made
  }

  return {
    percent: (fraction) => unit(Math.floor(Math.min(1, Math.max(0, fraction)) * 100 + 1e-9), '%'),
    degrees: (celsius) => unit(Math.round(celsius), '°C'),
    duration(seconds) {
      if (seconds < 59.5) return unit(Math.round(seconds), 's')
      const minutes = Math.round(seconds / 60)
      if (minutes < 60) return unit(minutes, 'min')
      const hours = unit(Math.floor(minutes / 60), 'h')
      return minutes % 60 === 0 ? hours : `${hours}${gap}${unit(minutes % 60, 'min')}`
    },
    when(at, now, timeZone) {
      // A formatter for the computer's zone would keep the one it was made in: a laptop travels. So its wall clock is shown as UTC's.
      const { day, clock } = datesIn(timeZone ?? 'UTC')
      const shown = (time: number): number => (timeZone === undefined ? time - new Date(time).getTimezoneOffset() * 60_000 : time)
      const [thatDay, today] = [day.format(shown(at)), day.format(shown(now))]
      return { day: thatDay === today ? null : thatDay, clock: clock.format(shown(at)) }
    },
    count: (count) => ({ shown: number(count), form: (plurals ??= new Intl.PluralRules(tag)).select(count) }),
  }
}
