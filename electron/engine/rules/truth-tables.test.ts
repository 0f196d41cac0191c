import { describe, expect, test } from 'vitest'
import { anEvent, contextOf, LAMP, NOON, someSettings } from '../../../test/support/rule-fixtures.ts'
import type { Silence } from '../history/history.ts'
import type { PresenceState } from '../ports.ts'
import type { Filter, FilterFields } from './filter.ts'
import { compileFilter } from './filter.ts'
import { route, type RouteContext } from './route.ts'

/** A table as it is drawn: its first line names the columns, the first words of each other line the row. @returns [row, column, cell] */
function cells(table: string): [string, string, string][] {
  const [head, ...rows] = table.trim().split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
  return rows.flatMap(([row = '', ...values]) => values.map((cell, index): [string, string, string] => [row, head?.[index + 1] ?? '', cell]))
}

// ----------------------------------------------------------------------------------------------------------- filters

/** A print of an hour that failed on a printer with two tags, and was not acknowledged. */
const FAILED = anEvent('job.failed', { severity: 'error', job: LAMP, printTime: 3_600 })
const FACTS = { tags: ['cellar', 'pla'], acknowledged: false }
/** What each field says of it: yes, no. */
const FIELDS: readonly [keyof FilterFields, FilterFields, FilterFields][] = [
  ['printers', { printers: ['mk4'] }, { printers: ['voron'] }],
  ['serverKinds', { serverKinds: ['octoprint'] }, { serverKinds: ['moonraker'] }],
  ['tags', { tags: ['Cellar'] }, { tags: ['loft'] }],
  ['minSeverity', { minSeverity: 'warning' }, { minSeverity: 'critical' }],
  ['events', { events: ['job.failed'] }, { events: ['job.done'] }],
  ['files', { files: ['lamp*'] }, { files: ['vase*'] }],
  ['longerThan', { longerThan: 3_599 }, { longerThan: 3_600 }],
  ['shorterThan', { shorterThan: 3_601 }, { shorterThan: 3_600 }],
  ['acknowledged', { acknowledged: false }, { acknowledged: true }],
]
const asked = (...match: FilterFields[]) => compileFilter(Object.assign({}, ...match) as Filter['match'])(FAILED, FACTS)

describe('R48: filters, every field: yes, no, absent', () => {
  test.each(FIELDS)('%s: yes alone matches, no alone does not and is named', (field, yes, no) => {
    expect([asked(yes), asked(no)]).toEqual([null, field])
  })

  const pairs = FIELDS.flatMap(([first, yes, no], index) => FIELDS.slice(index + 1).map(([second, yesToo, noToo]) => [first, second, yes, no, yesToo, noToo] as const))
  test.each(pairs)('%s and %s: both must say yes, and one that is absent says nothing', (first, second, yes, no, yesToo, noToo) => {
    expect(asked(yes, yesToo)).toBeNull()
    expect([asked(yes, noToo), asked(no, yesToo)]).toEqual([second, first])
    expect([first, second]).toContain(asked(no, noToo))
    expect([asked(yes), asked(yesToo), asked(no), asked(noToo)]).toEqual([null, null, first, second])
  })

  test.each<[keyof FilterFields, FilterFields, FilterFields, FilterFields]>([
    ['printers', { printers: ['voron', 'mk4'] }, { printers: ['voron', 'mini'] }, { printers: [] }],
    ['serverKinds', { serverKinds: ['moonraker', 'octoprint'] }, { serverKinds: ['moonraker', 'bambu'] }, { serverKinds: [] }],
    ['tags', { tags: ['loft', 'pla'] }, { tags: ['loft', 'abs'] }, { tags: [] }],
    ['events', { events: ['device.*', 'job.*'] }, { events: ['device.*', 'job.done'] }, { events: [] }],
    ['files', { files: ['vase*', '*.gcode'] }, { files: ['vase*', '*.bgcode'] }, { files: [] }],
  ])('%s: one of its entries is enough, none of them is no, and a list without entries too', (field, oneFits, noneFits, empty) => {
    expect([asked(oneFits), asked(noneFits), asked(empty)]).toEqual([null, field, field])
  })

  test('all nine at once match, and one that says no is enough', () => {
    expect(asked(...FIELDS.map(([, yes]) => yes))).toBeNull()
    for (const [field, , no] of FIELDS) expect(asked(...FIELDS.map(([, yes]) => yes), no)).toBe(field)
  })

  /** The fallback's word down, the filter's own across; a name = the field that refuses. */
  test.each(cells(`
            | yes          | no           | absent
    yes     |              | acknowledged |
    no      |              | acknowledged | acknowledged
    absent  |              | acknowledged | empty
  `))('R49: the fallback says %s, the filter %s: refused by "%s"', (fallback, own, refused) => {
    const says = (word: string): FilterFields => (word === 'absent' ? {} : { acknowledged: word === 'no' })
    expect(compileFilter(says(own), says(fallback))(FAILED, FACTS) ?? '').toBe(refused)
  })
})

// --------------------------------------------------------------------------------------- modes, presence and timeslots

const SLOTS = [
  { id: 'open', name: 'Open', ranges: [{ days: [4] }] },
  // NOON is a Thursday: it opens at midnight.
  { id: 'closed', name: 'Closed', ranges: [{ days: [5] }] },
]
const MODES: Readonly<Record<string, object>> = { now: { mode: 'now' }, 'in app': { mode: 'in_app' }, digest: { mode: 'digest', digest: { at: ['18:00'] } }, off: { mode: 'off' } }
const TIMES: Readonly<Record<string, object>> = { open: { timeslot: 'open' }, hold: { timeslot: 'closed', outside: 'hold' }, drop: { timeslot: 'closed', outside: 'drop' } }
const SAID: Readonly<Record<string, string>> = {
  'told': 'deliver subscribed', 'passes': 'deliver critical_passes', 'waits': 'hold timeslot_closed', 'digest': 'digest digest', 'history': 'drop in_app', 'off': 'drop switched_off',
  'outside': 'drop outside_timeslot', 'nobody': 'drop nobody_here', 'somebody': 'drop somebody_here',
}

function decided(profile: object, target: object, presence: PresenceState, severity: 'info' | 'critical'): string {
  const settings = someSettings({ destinations: [{ id: 'phone', label: 'Phone', channel: 'webhook' }], timeslots: SLOTS, profiles: [{ id: 'one', name: 'One', ...profile, destinations: [{ destination: 'phone', ...target }] }] as never })
  const [decision] = route(anEvent('job.failed', { severity }), contextOf(settings, { presence })).decisions
  return `${decision?.decision} ${decision?.reason}`
}

/** What is not critical. Down: the timeslot, then for whom; across: the mode, then who is here. */
const TABLE = `
                | now, present | now, idle | now, locked | now, unknown | in app, present | in app, idle | in app, unknown | digest, present | digest, idle | digest, unknown | off, present | off, idle | off, unknown
  open, always  | told         | told      | told        | told         | history         | history      | history         | digest          | digest       | digest          | off          | off       | off
  open, at_desk | told         | nobody    | nobody      | told         | history         | history      | history         | digest          | digest       | digest          | off          | off       | off
  open, away    | somebody     | told      | told        | told         | history         | history      | history         | digest          | digest       | digest          | off          | off       | off
  hold, always  | waits        | waits     | waits       | waits        | history         | history      | history         | digest          | digest       | digest          | off          | off       | off
  hold, at_desk | waits        | nobody    | nobody      | waits        | history         | history      | history         | digest          | digest       | digest          | off          | off       | off
  hold, away    | somebody     | waits     | waits       | waits        | history         | history      | history         | digest          | digest       | digest          | off          | off       | off
  drop, always  | outside      | outside   | outside     | outside      | history         | history      | history         | digest          | digest       | digest          | off          | off       | off
  drop, at_desk | outside      | nobody    | nobody      | outside      | history         | history      | history         | digest          | digest       | digest          | off          | off       | off
  drop, away    | somebody     | outside   | outside     | outside      | history         | history      | history         | digest          | digest       | digest          | off          | off       | off
`
/** What is critical, of a profile that lets it pass. */
const CRITICAL = `
                | now, present | now, idle | now, unknown | in app, present | digest, present | off, present
  open, always  | told         | told      | told         | history         | digest          | off
  hold, always  | passes       | passes    | passes       | history         | digest          | off
  hold, at_desk | passes       | nobody    | passes       | history         | digest          | off
  hold, away    | somebody     | passes    | passes       | history         | digest          | off
  drop, always  | passes       | passes    | passes       | history         | digest          | off
`
/** What is critical, of one that does not. */
const KEPT = `
                | now, present | now, idle
  open, always  | told         | told
  hold, always  | waits        | waits
  drop, always  | outside      | outside
`

describe('modes, presence and timeslots', () => {
  const check = (severity: 'info' | 'critical', more: object) => (row: string, column: string, cell: string): void => {
    const [time = '', presence = ''] = row.split(', ')
    const [mode = '', who = ''] = column.split(', ')
    expect(decided({ ...TIMES[time], ...more }, { ...MODES[mode], presence }, who as PresenceState, severity)).toBe(SAID[cell])
  }
  test.each(cells(TABLE))('timeslot and wanted presence "%s", mode and presence "%s": %s', check('info', { criticalPasses: true }))
  test.each(cells(CRITICAL))('what is critical passes: "%s", "%s": %s', check('critical', { criticalPasses: true }))
  test.each(cells(KEPT))('what is critical does not pass where nobody wants that: "%s", "%s": %s', check('critical', { criticalPasses: false }))
})

// ---------------------------------------------------------------------------------------------------------- silences

const SAYS: Readonly<Record<string, Readonly<Record<'yes' | 'no', Silence['match']>>>> = {
  printer: { yes: { printerIds: ['mk4'] }, no: { printerIds: ['voron'] } }, print: { yes: { jobKey: LAMP.key }, no: { jobKey: 'another' } },
  kind: { yes: { types: ['job.failed'] }, no: { types: ['job.done'] } }, destination: { yes: { destinationIds: ['hook'] }, no: { destinationIds: ['desk'] } },
}
const star = someSettings({ destinations: [{ id: 'hook', label: 'My hook', channel: 'webhook', events: ['*'] }] })
function muted(match: Silence['match'], over: Partial<Silence> = {}, context: Partial<RouteContext> = {}): string {
  const silence: Silence = { id: 'S1', createdAt: NOON, startsAt: NOON - 1_000, endsAt: null, match, reason: '', by: 'window', ...over }
  const [decision] = route(anEvent('job.failed', { severity: 'critical', job: LAMP }), contextOf(star, { silences: [silence], ...context })).decisions
  return decision?.reason === 'silence:S1' ? 'muted' : (decision?.decision ?? 'none')
}

describe('silences: all that they name must fit', () => {
  const pairs = [['printer', 'print'], ['printer', 'kind'], ['printer', 'destination'], ['print', 'kind'], ['print', 'destination'], ['kind', 'destination']] as const
  const table = cells(`
            | yes     | no      | absent
    yes     | muted   | deliver | muted
    no      | deliver | deliver | deliver
    absent  | muted   | deliver | muted
  `)
  test.each(pairs.flatMap(([first, second]) => table.map((row) => [first, second, ...row] as const)))('%s and %s: %s and %s: %s', (first, second, row, column, cell) => {
    const says = (field: string, word: string): Silence['match'] => (word === 'absent' ? {} : SAYS[field]?.[word as 'yes' | 'no'] ?? {})
    expect(muted({ ...says(first, row), ...says(second, column) })).toBe(cell)
  })

  /** Down: when it begins; across: when it ends. */
  test.each(cells(`
            | before  | now     | behind  | never
    before  | deliver | deliver | muted   | muted
    now     | deliver | deliver | muted   | muted
    behind  | deliver | deliver | deliver | deliver
  `))('begins %s, ends %s: %s', (begins, ends, cell) => {
    const at: Readonly<Record<string, number | null>> = { before: NOON - 1, now: NOON, behind: NOON + 1, never: null }
    expect(muted({}, { startsAt: at[begins] ?? NOON, endsAt: at[ends] ?? null })).toBe(cell)
  })
})
