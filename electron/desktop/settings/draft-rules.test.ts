import { describe, expect, it } from 'vitest'
import type { RulesChange } from '../../bridge/views/rules.ts'
import { desk, type Desk } from './keeper.support.ts'

const FILE = {
  version: 1,
  servers: [{ id: 'mk3', kind: 'octoprint', url: 'http://octopi.local', apiKey: { env: 'KEY' } }],
  printers: [{ id: 'mk3', name: 'MK3', sources: [{ server: 'mk3' }] }, { id: 'mk4', name: 'MK4', sources: [{ server: 'mk3', sourceId: 'b' }] }],
  destinations: [{ id: 'desk', label: 'Desk', channel: 'desktop' }, { id: 'hook', label: 'Hook', channel: 'webhook', config: { url: 'http://127.0.0.1:9000/' } }],
}
const RULES = {
  ...FILE,
  timeslots: [{ id: 'night', name: 'Night', ranges: [{ days: [1], from: '22:00', to: '06:59' }] }],
  filters: [{ id: 'shelf', name: 'Shelf', match: { printers: ['mk4'], acknowledged: false } }],
  profiles: [
    { id: 'default', name: 'Everything chosen', byEvents: true, destinations: [{ destination: '*' }] },
    { id: 'loud', name: 'Loud', timeslot: 'night', filters: ['shelf'], destinations: [{ destination: 'hook' }] },
  ],
}
const rules = (keeper: Desk['keeper'], change: RulesChange): ReturnType<Desk['keeper']['change']> => keeper.change({ what: 'rules', change })
const refused = (path: string, message: string, cure: string): unknown => ({ ok: false, problems: [{ path, message, cure }] })

describe('what is used is not removed (R43)', () => {
  it.each([
    ['a destination', { what: 'remove-destination', id: 'hook' }, 'is used by the profile "Loud"', 'Take it out of it first, on the page "Rules".'],
    ['a printer', { what: 'remove-printer', id: 'mk4' }, 'is used by the filter "Shelf"', 'Take it out of it first, on the page "Rules".'],
    ['a timeslot', { what: 'rules', change: { what: 'remove', list: 'timeslots', id: 'night' } }, 'is used by the profile "Loud"', 'Take it out of it first, on the page "Rules".'],
    ['a filter', { what: 'rules', change: { what: 'remove', list: 'filters', id: 'shelf' } }, 'is used by the profile "Loud"', 'Take it out of it first, on the page "Rules".'],
  ] as const)('R43: %s says by whom', async (_what, change, message, cure) => {
    const { keeper, store } = desk(RULES)
    expect(await keeper.change(change)).toEqual(refused('', message, cure))
    expect(store.written).toEqual([])
  })

  it('R43: names all who use it', async () => {
    const { keeper } = desk({ ...RULES, profiles: [...RULES.profiles, { id: 'b', name: 'B', destinations: [{ destination: 'hook' }] }, { id: 'c', name: 'C', destinations: [{ destination: 'hook', mode: 'off' }] }] })
    expect(await keeper.change({ what: 'remove-destination', id: 'hook' })).toEqual(refused('', 'is used by the profiles "Loud", "B" and "C"', 'Take it out of them first, on the page "Rules".'))
  })

  it('R43: a destination that is escalated to is used as well', async () => {
    const { keeper } = desk({ ...FILE, profiles: [{ id: 'a', name: 'A', destinations: [{ destination: '*' }], escalate: { afterMinutes: 10, to: ['hook'] } }] })
    expect(await keeper.change({ what: 'remove-destination', id: 'hook' })).toEqual(refused('', 'is used by the profile "A"', 'Take it out of it first, on the page "Rules".'))
    expect(await rules(keeper, { what: 'edit', list: 'profiles', id: 'a', patch: { escalate: null } })).toEqual({ ok: true })
    expect(await keeper.change({ what: 'remove-destination', id: 'hook' })).toEqual({ ok: true })
  })

  it('a printer that every filter gets is told as that', async () => {
    const { keeper } = desk({ ...FILE, fallbackFilter: { printers: ['mk4'] } })
    expect(await keeper.change({ what: 'remove-printer', id: 'mk4' })).toMatchObject({ problems: [{ message: 'is used by the filter "what every filter gets"' }] })
  })

  it('what only "all destinations" reaches goes, and so does what is used no more', async () => {
    const { keeper, store } = desk(RULES)
    expect(await keeper.change({ what: 'remove-destination', id: 'desk' })).toEqual({ ok: true })
    expect(await rules(keeper, { what: 'remove', list: 'profiles', id: 'loud' })).toEqual({ ok: true })
    expect(await rules(keeper, { what: 'remove', list: 'timeslots', id: 'night' })).toEqual({ ok: true })
    expect(await keeper.change({ what: 'remove-destination', id: 'hook' })).toEqual({ ok: true })
    expect(store.json()).toMatchObject({ destinations: [], timeslots: [], profiles: [{ id: 'default' }] })
  })

  it('the only profile stays', async () => {
    const { keeper } = desk(FILE)
    expect(await rules(keeper, { what: 'remove', list: 'profiles', id: 'default' })).toEqual(refused('', 'is the only profile: without one nothing is told', 'Switch it off instead, or add another one first.'))
  })
})

describe('an entry of the rules', () => {
  it('is edited field by field; what goes back to its default is not written', async () => {
    const { keeper, store } = desk(RULES)
    expect(await rules(keeper, { what: 'edit', list: 'profiles', id: 'loud', patch: { name: ' Very loud ', timeslot: null, outside: 'drop' } })).toEqual({ ok: true })
    expect((store.json().profiles as unknown[])[1]).toEqual({ id: 'loud', name: 'Very loud', filters: ['shelf'], destinations: [{ destination: 'hook' }], outside: 'drop' })
    expect(await rules(keeper, { what: 'edit', list: 'filters', id: 'shelf', patch: { match: { printers: null, tags: [' Big '] } } })).toEqual({ ok: true })
    expect(store.json().filters).toEqual([{ id: 'shelf', name: 'Shelf', match: { acknowledged: false, tags: ['Big'] } }])
  })

  it.each<[RulesChange, string, string, string]>([
    [{ what: 'edit', list: 'profiles', id: 'loud', patch: { name: 'everything CHOSEN' } }, 'name', 'is in use already', 'Choose another, so that the history can tell them apart.'],
    [{ what: 'edit', list: 'profiles', id: 'loud', patch: { name: '' } }, 'name', 'is empty', 'Fill it in.'],
    [{ what: 'edit', list: 'profiles', id: 'loud', patch: { timeslot: 'nigth' } }, 'timeslot', 'names a timeslot "nigth" that does not exist', 'Known: always, night.'],
    [{ what: 'edit', list: 'profiles', id: 'loud', patch: { id: 'other' } }, 'id', 'never changes', 'Add a new one instead.'],
    [{ what: 'edit', list: 'timeslots', id: 'night', patch: { zone: '+02:00' } }, 'zone', 'is not valid', 'Use the name of a time zone, like "Europe/Oslo"; an offset knows no summer time.'],
    [{ what: 'edit', list: 'timeslots', id: 'day', patch: {} }, '', 'is no longer there ("day")', 'It was removed meanwhile.'],
    [{ what: 'general', patch: { profiles: [] } }, 'profiles', 'is not a known field', 'Known: zone, fallbackFilter.'],
  ])('%j is refused at its field', async (change, path, message, cure) => {
    const { keeper, store } = desk(RULES)
    expect(await rules(keeper, change)).toEqual(refused(path, message, cure))
    expect(store.written).toEqual([])
  })

  it('is added with an id and a name of its own, or as a copy', async () => {
    const { keeper, store } = desk(RULES)
    expect(await rules(keeper, { what: 'add', list: 'timeslots', name: 'Night', copyOf: null })).toEqual({ ok: true })
    expect(await rules(keeper, { what: 'add', list: 'profiles', name: 'Loud', copyOf: 'loud' })).toEqual({ ok: true })
    expect(await rules(keeper, { what: 'add', list: 'filters', name: 'Always', copyOf: null })).toEqual({ ok: true })
    expect((store.json().timeslots as unknown[])[1]).toEqual({ id: 'night-2', name: 'Night 2', ranges: [{ days: [1, 2, 3, 4, 5, 6, 7] }] })
    expect((store.json().profiles as unknown[])[2]).toEqual({ id: 'loud-2', name: 'Loud 2', timeslot: 'night', filters: ['shelf'], destinations: [{ destination: 'hook' }] })
    expect((store.json().filters as unknown[])[1]).toEqual({ id: 'always-2', name: 'Always', match: {} })
  })

  it('beside the profile from the start keeps that one', async () => {
    const { keeper, store } = desk(FILE)
    await rules(keeper, { what: 'add', list: 'profiles', name: 'Mine', copyOf: null })
    expect(store.json().profiles).toEqual([{ id: 'default', name: 'Everything chosen', byEvents: true, destinations: [{ destination: '*' }] }, { id: 'mine', name: 'Mine' }])
  })
})

describe('quiet hours', () => {
  const QUIET = { name: 'Outside of quiet hours', ranges: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '07:00', to: '21:59' }], outside: 'hold' as const, criticalPasses: true }

  it('are a timeslot of the profile from the start', async () => {
    const { keeper, store } = desk(FILE)
    expect(await rules(keeper, { what: 'quiet-hours', quiet: QUIET })).toEqual({ ok: true })
    expect(store.json()).toMatchObject({
      timeslots: [{ id: 'quiet-hours', name: 'Outside of quiet hours', ranges: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '07:00', to: '21:59' }] }],
      profiles: [{ id: 'default', name: 'Everything chosen', byEvents: true, timeslot: 'quiet-hours', destinations: [{ destination: '*' }] }],
    })
  })

  it('change in place, and keep their times while they are off', async () => {
    const { keeper, store } = desk(FILE)
    await rules(keeper, { what: 'quiet-hours', quiet: QUIET })
    await rules(keeper, { what: 'quiet-hours', quiet: { ...QUIET, ranges: [{ days: [6, 7], from: '10:00', to: '19:59' }], outside: 'drop', criticalPasses: false } })
    expect(keeper.settings().profiles[0]).toMatchObject({ timeslot: 'quiet-hours', outside: 'drop', criticalPasses: false })
    expect(keeper.settings().timeslots).toHaveLength(1)
    await rules(keeper, { what: 'quiet-hours', quiet: null })
    expect(keeper.settings().profiles[0]).toMatchObject({ timeslot: 'always' })
    expect(store.json().timeslots).toMatchObject([{ ranges: [{ days: [6, 7], from: '10:00', to: '19:59' }] }])
  })

  it('are refused at their time', async () => {
    const { keeper } = desk(FILE)
    expect(await rules(keeper, { what: 'quiet-hours', quiet: { ...QUIET, ranges: [{ days: [1], from: '7', to: '21:59' }] } })).toMatchObject({ ok: false, problems: expect.arrayContaining([{ path: 'ranges[0].from', message: 'is not valid', cure: 'Use hours and minutes, from "00:00" to "23:59".' }]) as unknown })
  })

  it('need the profile that goes by what is ticked', async () => {
    const { keeper } = desk({ ...FILE, profiles: [{ id: 'mine', name: 'Mine', destinations: [{ destination: 'desk' }] }] })
    expect(await rules(keeper, { what: 'quiet-hours', quiet: QUIET })).toMatchObject({ ok: false, problems: [{ path: '' }] })
  })
})

describe('taking back', () => {
  it.each([['rules of one\'s own', RULES], ['a file without any', FILE]])('brings %s back to the letter', async (_what, file) => {
    const { keeper, store } = desk(file)
    const { rules: before } = keeper.view()
    await rules(keeper, { what: 'quiet-hours', quiet: { name: 'Q', ranges: [{ days: [1], from: '07:00', to: '21:59' }], outside: 'drop', criticalPasses: false } })
    await rules(keeper, { what: 'general', patch: { zone: 'Europe/Oslo', fallbackFilter: { minSeverity: 'warning' } } })
    await rules(keeper, { what: 'add', list: 'profiles', name: 'More', copyOf: null })
    expect(await rules(keeper, { what: 'restore', rules: before })).toEqual({ ok: true })
    expect(store.json()).toEqual(file)
  })
})

describe('what the window sees of the rules', () => {
  it('has every default', () => {
    const { keeper } = desk(FILE)
    expect(keeper.view().rules).toMatchObject({
      zone: null, timeslots: [], filters: [], fallbackFilter: null,
      profiles: [{ id: 'default', name: 'Everything chosen', active: true, timeslot: 'always', outside: 'hold', criticalPasses: true, filters: [], destinations: [{ destination: '*', mode: 'now' }], byEvents: true }],
    })
  })
})
