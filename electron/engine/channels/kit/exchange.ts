/** What was said and answered, fit to be shown: no address, no secret, nobody's number. */
import { scrub } from '../../settings/secret.ts'

const HIDDEN = '(hidden)'
const LONGEST = 200
/** Ids of chats, people and messages. */
const LONG_NUMBER = /-?\d{5,}/g

/** A far side's own words on one line. */
export function sayable(text: string): string {
  const told = scrub(text).replace(/\w+:\/\/\S+/g, HIDDEN).replace(LONG_NUMBER, HIDDEN).replace(/\s+/g, ' ').trim()
  return told.length <= LONGEST ? told : `${told.slice(0, LONGEST - 1)}…`
}

/** A JSON body as lines, with the values of `hidden` names left out. */
export function bodyLines(body: unknown, hidden: readonly string[]): string[] {
  const told = JSON.stringify(body, (name: string, value: unknown) => (hidden.includes(name) ? HIDDEN : value), 2)
  return scrub(told ?? '').split('\n')
}
