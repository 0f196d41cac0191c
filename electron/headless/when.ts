/** Times and spans as people write them on the command line. */
import { UserError } from './errors.ts'
import { spanOf, timeOf } from './history.ts'

const CLOCK = /^(?:(today|yesterday) )?([01]?\d|2[0-3]):([0-5]\d)$/
const AGO = /^(\d+[mhd])(?: ago)?$/
const DAY_MS = 86_400_000

/**
 * "14:30" (today; yesterday, if that is still to come), "yesterday 14:30", "2h ago", "15m", or an ISO date; in this computer's zone.
 * @param option which one takes it, for the message
 * @returns epoch ms. @throws UserError
 */
export function moment(text: string, now: number, option: string): number {
  const clock = CLOCK.exec(text)
  if (clock) {
    const at = atClock(now, Number(clock[2]), Number(clock[3]), clock[1] === 'yesterday' ? 1 : 0)
    return clock[1] === undefined && at > now ? atClock(now, Number(clock[2]), Number(clock[3]), 1) : at
  }
  const ago = AGO.exec(text)
  const at = ago?.[1] === undefined ? timeOf(text) : now - (spanOf(ago[1]) ?? 0)
  if (at === null) throw new UserError(`${option} takes a time ("14:30", "yesterday 14:30"), a span ("15m", "2h ago", "3d") or an ISO date, not "${text}"`)
  return at
}

/** Not simply 24 hours back: days of a clock change are longer or shorter. */
function atClock(now: number, hours: number, minutes: number, daysBack: number): number {
  const date = new Date(now)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - daysBack, hours, minutes).getTime()
}

/** "90m", "2h", "1d". @returns ms. @throws UserError */
export function span(text: string, option: string): number {
  const ms = spanOf(text)
  if (ms === null || ms === 0) throw new UserError(`${option} takes a span ("30m", "2h", "1d"), not "${text}"`)
  return ms
}

/** A whole number of days, at least 1. @throws UserError */
export function days(text: string): number {
  const n = Number(text)
  if (!Number.isInteger(n) || n < 1 || n > MOST_DAYS) throw new UserError(`--days takes a whole number from 1 to ${MOST_DAYS}, not "${text}"`)
  return n
}

const MOST_DAYS = 3_650

/** An end that is still to come: "18:00" is tomorrow's, once today's is over. @returns epoch ms. @throws UserError */
export function end(text: string, now: number, option: string): number {
  const clock = CLOCK.exec(text)
  const at = clock && clock[1] === undefined ? ofNext(now, Number(clock[2]), Number(clock[3])) : timeOf(text)
  if (at === null) throw new UserError(`${option} takes a time ("18:00") or an ISO date, not "${text}"`)
  if (at <= now) throw new UserError(`${option} takes a time that is still to come, and ${text} is over`)
  if (at - now > MOST_DAYS * DAY_MS) throw new UserError(`${option} takes a time within the next ten years`)
  return at
}

function ofNext(now: number, hours: number, minutes: number): number {
  const today = atClock(now, hours, minutes, 0)
  return today > now ? today : atClock(now, hours, minutes, -1)
}
