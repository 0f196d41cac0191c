import { describe, expect, test } from 'vitest'
import { anEvent, LAMP } from '../../../test/support/rule-fixtures.ts'
import { compileFilter, type FilterFacts, type FilterFields } from './filter.ts'

const NOBODY: FilterFacts = { tags: [], acknowledged: false }
const FAILED = anEvent('job.failed', { severity: 'critical', job: LAMP, printTime: 3_600 })
const verdict = (match: FilterFields, event = FAILED, facts = NOBODY, fallback?: FilterFields) => compileFilter(match, fallback)(event, facts)

describe('R48: a filter', () => {
  test.each<[string, FilterFields, ReturnType<typeof verdict>]>([
    ['that says nothing matches nothing', {}, 'empty'],
    ['that says nothing in so many words, too', { events: undefined, acknowledged: undefined }, 'empty'],
    ['of its printer', { printers: ['mk4'] }, null],
    ['of one of several printers', { printers: ['voron', 'mk4'] }, null],
    ['of another printer', { printers: ['voron'] }, 'printers'],
    ['of no printer', { printers: [] }, 'printers'],
    ['of its kind of server', { serverKinds: ['octoprint'] }, null],
    ['of another kind of server', { serverKinds: ['moonraker'] }, 'serverKinds'],
    ['of a tag that the printer has not', { tags: ['basement'] }, 'tags'],
    ['of a lower severity', { minSeverity: 'warning' }, null],
    ['of its severity', { minSeverity: 'critical' }, null],
    ['of its type', { events: ['job.failed'] }, null],
    ['of its group', { events: ['attention.*', 'job.*'] }, null],
    ['of another type', { events: ['job.done'] }, 'events'],
    ['of its file', { files: ['lamp*'] }, null],
    ['of its file in capitals', { files: ['LAMP-VASE.GCODE'] }, null],
    ['of a file with one letter open', { files: ['lamp?vase.gcode'] }, null],
    ['of part of a file name', { files: ['vase'] }, 'files'],
    ['with signs that mean something elsewhere', { files: ['lamp-vase.g(code|x)'] }, 'files'],
    ['of longer prints', { longerThan: 3_599 }, null],
    ['of longer prints, at the limit', { longerThan: 3_600 }, 'longerThan'],
    ['of shorter prints', { shorterThan: 3_601 }, null],
    ['of shorter prints, at the limit', { shorterThan: 3_600 }, 'shorterThan'],
    ['of what was not acknowledged', { acknowledged: false }, null],
    ['of what was acknowledged', { acknowledged: true }, 'acknowledged'],
    ['whose fields all agree', { printers: ['mk4'], events: ['job.failed'], minSeverity: 'error' }, null],
    ['of which one field does not', { printers: ['mk4'], events: ['job.done'], minSeverity: 'error' }, 'events'],
  ])('%s', (_what, match, expected) => expect(verdict(match)).toBe(expected))

  test.each<[string[], string[], boolean]>([[['basement'], ['Basement', 'pla'], true], [['abs', 'PLA'], ['pla'], true], [['abs'], ['pla'], false], [['abs'], [], false]])('of the tags %j beside a printer with %j: %s', (tags, has, fits) => {
    expect(verdict({ tags }, FAILED, { tags: has, acknowledged: false })).toBe(fits ? null : 'tags')
  })

  test('of acknowledged events takes those', () => expect(verdict({ acknowledged: true }, FAILED, { tags: [], acknowledged: true })).toBeNull())

  test('info and success are equally severe', () => {
    expect(verdict({ minSeverity: 'success' }, anEvent('job.started', { severity: 'info' }))).toBeNull()
    expect(verdict({ minSeverity: 'info' }, anEvent('job.done', { severity: 'success' }))).toBeNull()
    expect(verdict({ minSeverity: 'warning' }, anEvent('job.done', { severity: 'success' }))).toBe('minSeverity')
  })

  test('of a length does not hold while the length is unknown, neither way', () => {
    const started = anEvent('job.started', { job: LAMP })
    expect([verdict({ longerThan: 0 }, started), verdict({ shorterThan: 1_000_000 }, started)]).toEqual(['longerThan', 'shorterThan'])
  })

  test('counts what is left of a print that runs', () => {
    const halfway = anEvent('job.progress', { job: LAMP, printTime: 1_800, remaining: 1_900 })
    expect([verdict({ longerThan: 3_600 }, halfway), verdict({ shorterThan: 3_600 }, halfway)]).toEqual([null, 'shorterThan'])
  })

  test("of a file leaves out what belongs to no print, and takes the server's own events by name", () => {
    expect(verdict({ files: ['*'] }, anEvent('device.error'))).toBe('files')
    expect(verdict({ events: ['native:MovieDone'] }, anEvent('server.event', { native: { name: 'MovieDone', payload: null } }))).toBeNull()
  })
})

describe('R49: the fallback filter', () => {
  test('fills what a filter leaves open', () => {
    expect(verdict({ events: ['job.*'] }, FAILED, NOBODY, { printers: ['voron'] })).toBe('printers')
    expect(verdict({ events: ['job.*'] }, FAILED, NOBODY, { minSeverity: 'error' })).toBeNull()
  })

  test('loses against what a filter says, also when that is no', () => {
    expect(verdict({ acknowledged: false }, FAILED, NOBODY, { acknowledged: true })).toBeNull()
    expect(verdict({ printers: [] }, FAILED, NOBODY, { printers: ['mk4'] })).toBe('printers')
    expect(verdict({ longerThan: 0 }, FAILED, NOBODY, { longerThan: 9_999 })).toBeNull()
  })

  test('alone makes an empty filter one that says something', () => expect(verdict({}, FAILED, NOBODY, { minSeverity: 'error' })).toBeNull())
})
