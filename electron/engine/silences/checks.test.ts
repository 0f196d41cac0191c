import { describe, expect, it } from 'vitest'
import type { Silence } from '../history/history.ts'
import { checkedChange, checkedNew, isLocked, SilenceRefused, type NewSilence, type SilenceChange } from './checks.ts'

/** Noon of a winter day, here. */
const NOW = new Date(2026, 0, 15, 12, 0).getTime()
const at = (hours: number, minutes = 0): number => new Date(2026, 0, 15, hours, minutes).getTime()
const KNOWN = { printers: [{ id: 'mk3' }, { id: 'mk4' }], servers: [{ id: 'octo' }], destinations: [{ id: 'phone' }], filters: [{ id: 'night' }] }
const ASKED: NewSilence = { match: {}, endsAt: at(14), reason: 'New nozzles', by: 'window' }
const MADE: Silence = { id: 'S1', createdAt: at(9), startsAt: at(10), endsAt: at(14), match: { printerIds: ['mk3'] }, reason: 'New nozzles', by: 'window' }

/** What is wrong, as it is told. */
function refusal(act: () => unknown): string[] {
  try {
    act()
  } catch (error) {
    if (error instanceof SilenceRefused) return error.problems.map(({ path, message, cure }) => `${path}: ${message}. ${cure}`)
    throw error
  }
  return []
}

describe('a new silence', () => {
  it('begins now when nothing else is said, and keeps what was said', () => {
    expect(checkedNew({ ...ASKED, reason: ' New nozzles ' }, KNOWN, NOW)).toEqual({ match: {}, startsAt: NOW, endsAt: at(14), reason: 'New nozzles', by: 'window' })
  })

  it('may begin later and have an open end', () => {
    expect(checkedNew({ ...ASKED, startsAt: at(13), endsAt: null }, KNOWN, NOW)).toMatchObject({ startsAt: at(13), endsAt: null })
  })

  it('that begins in the minute that just ran begins now', () => {
    expect(checkedNew({ ...ASKED, startsAt: NOW - 59_000 }, KNOWN, NOW).startsAt).toBe(NOW)
  })

  it.each<[string, Partial<NewSilence>, string[]]>([
    ['a start that is over', { startsAt: at(11) }, ['startsAt: The start, 11:00, is over already. Let it start now, or choose a time to come.']],
    ['an end before the start', { startsAt: at(15) }, ['endsAt: The end, 14:00, is not after the start, 15:00. Choose a later end, or leave the end open.']],
    ['an end at the start', { startsAt: at(14) }, ['endsAt: The end, 14:00, is not after the start, 14:00. Choose a later end, or leave the end open.']],
    ['a printer that is not there', { match: { printerIds: ['mk3', 'ender'] } }, ['match.printerIds: There is no printer "ender". There are: mk3, mk4.']],
    ['a server that is not there', { match: { serverIds: ['moon'] } }, ['match.serverIds: There is no server "moon". There are: octo.']],
    ['a destination that is not there', { match: { destinationIds: ['mail'] } }, ['match.destinationIds: There is no destination "mail". There are: phone.']],
    ['a filter that is not there', { match: { filter: 'day' } }, ['match.filter: There is no filter "day". There are: night.']],
    ['a filter that says nothing', { match: { filter: {} } }, ['match.filter: The filter says nothing, and an empty filter matches nothing. Say something in it, or leave it out to mute everything.']],
    ['no printer at all', { match: { printerIds: [] } }, ['match.printerIds: No printer is chosen, so it would mute nothing. Choose one, or leave the printers out to mute all.']],
    ['no kind at all', { match: { types: [] } }, ['match.types: No kind of event is chosen, so it would mute nothing. Choose one, or leave the kinds out to mute all.']],
    ['a reason of 201 characters', { reason: 'x'.repeat(201) }, ['reason: The reason has 201 characters, and 200 are kept. Say it in fewer words.']],
  ])('refuses %s with cause and cure', (_name, over, told) => {
    expect(refusal(() => checkedNew({ ...ASKED, ...over }, KNOWN, NOW))).toEqual(told)
  })
})

describe('a change of a silence', () => {
  it('moves its end, its name and what it matches while it runs', () => {
    expect(checkedChange(MADE, { endsAt: null, reason: 'New hotend', match: { serverIds: ['octo'] } }, KNOWN, NOW)).toEqual({ ...MADE, endsAt: null, reason: 'New hotend', match: { serverIds: ['octo'] } })
  })

  it('takes the start as it is when it is said again', () => {
    expect(checkedChange(MADE, { startsAt: at(10), endsAt: at(15) }, KNOWN, NOW)).toEqual({ ...MADE, endsAt: at(15) })
  })

  it('moves the start of one that has not begun', () => {
    expect(checkedChange({ ...MADE, startsAt: at(13) }, { startsAt: at(13, 30) }, KNOWN, NOW).startsAt).toBe(at(13, 30))
  })

  it('names one that is over anew, and its end stays', () => {
    expect(checkedChange({ ...MADE, endsAt: at(11) }, { reason: 'Was for the nozzles' }, KNOWN, NOW)).toEqual({ ...MADE, endsAt: at(11), reason: 'Was for the nozzles' })
  })

  it.each<[string, Partial<Silence>, SilenceChange, string[]]>([
    ['a start that has begun', {}, { startsAt: at(11) }, ['startsAt: It began 10:00, so its start stays. End it, and make another one.']],
    ['an end before the start', { startsAt: at(13) }, { endsAt: at(12, 30) }, ['endsAt: The end, 12:30, is not after the start, 13:00. Choose a later end, or leave the end open.']],
    ['a start behind the end', { startsAt: at(13) }, { startsAt: at(15) }, ['endsAt: The end, 14:00, is not after the start, 15:00. Choose a later end, or leave the end open.']],
    ['an end that is over', {}, { endsAt: at(11) }, ['endsAt: The end, 11:00, is over already. Choose a time to come, or end it now.']],
    ['a new start that is over', { startsAt: at(13) }, { startsAt: at(9) }, ['startsAt: The start, 09:00, is over already. Choose a time to come.']],
    ['a printer that is not there', {}, { match: { printerIds: ['ender'] } }, ['match.printerIds: There is no printer "ender". There are: mk3, mk4.']],
  ])('refuses %s with cause and cure', (_name, over, change, told) => {
    expect(refusal(() => checkedChange({ ...MADE, ...over }, change, KNOWN, NOW))).toEqual(told)
  })

  it('R52: is locked 12 h after its end', () => {
    const over = { ...MADE, startsAt: at(-4), endsAt: at(0) }
    expect(isLocked(over, NOW - 1)).toBe(false)
    expect(refusal(() => checkedChange(over, { reason: 'x' }, KNOWN, NOW - 1))).toEqual([])
    expect(isLocked(over, NOW)).toBe(true)
    expect(refusal(() => checkedChange(over, { reason: 'x' }, KNOWN, NOW))).toEqual([': This silence ended 00:00, more than 12 h ago, and is locked. Copy it to have it again.'])
    expect(isLocked({ endsAt: null }, NOW)).toBe(false)
  })
})
