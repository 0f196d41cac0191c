/** Times of day and zones as people write them in the settings. Needs nothing of Node: the window's types lead here. */

/** "07:30" in minutes from midnight, 0 to 1439; null = it is no time of day. */
export function minuteOf(text: string): number | null {
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? []
  return hour === undefined || minute === undefined ? null : Number(hour) * 60 + Number(minute)
}

/** Whether the system knows this zone ("Europe/Oslo", "UTC"); an offset ("+02:00") knows no summer time and is none. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
