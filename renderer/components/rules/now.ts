/** What the clock on the wall shows. */

const WEEKDAYS: Readonly<Record<string, number>> = { Mon: 1, Tue: 2, Wed: 3, Thu: 4, Fri: 5, Sat: 6, Sun: 7 }

/** @param zone null = this computer's. @returns ISO weekday and minutes from midnight */
export function wallTime(at: number, zone: string | null): { day: number; minute: number } {
  const parts = new Intl.DateTimeFormat('en', { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(zone === null ? {} : { timeZone: zone }) }).formatToParts(at)
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? ''
  return { day: WEEKDAYS[part('weekday')] ?? 1, minute: Number(part('hour')) * 60 + Number(part('minute')) }
}
