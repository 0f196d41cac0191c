import { describe, expect, it } from 'vitest'
import { anEvent, LAMP } from '../../../test/support/rule-fixtures.ts'
import type { SilenceMatch } from '../history/history.ts'
import { compileFilter } from '../rules/filter.ts'
import { holds, mutes, NO_SCOPE, type SilenceScope } from './match.ts'

const SCOPE: SilenceScope = { serverOf: (printerId) => (printerId === 'mk4' ? 'octo' : null), filter: (id) => (id === 'lamps' ? compileFilter({ files: ['lamp*'] }) : null) }
const FACTS = { tags: ['shelf'], acknowledged: false }
const FAILED = anEvent('job.failed', { printerId: 'mk4', severity: 'critical', job: LAMP })

describe('a silence', () => {
  it.each<[string, SilenceMatch, boolean]>([
    ['of nothing in particular mutes everything', {}, true],
    ['of the printer', { printerIds: ['mk3', 'mk4'] }, true],
    ['of another printer', { printerIds: ['mk3'] }, false],
    ['of its server mutes all of its printers', { serverIds: ['octo'] }, true],
    ['of another server', { serverIds: ['moon'] }, false],
    ['of the print', { jobKey: 'local/lamp-vase.gcode@1' }, true],
    ['of another print', { jobKey: 'local/lamp-vase.gcode@2' }, false],
    ['of the kind', { types: ['job.done', 'job.failed'] }, true],
    ['of another kind', { types: ['job.done'] }, false],
    ['of the destination', { destinationIds: ['phone'] }, true],
    ['of another destination', { destinationIds: ['mail'] }, false],
    ['by a filter of the settings', { filter: 'lamps' }, true],
    ['by a filter that is no longer there mutes nothing', { filter: 'gone' }, false],
    ['by fields of its own', { filter: { minSeverity: 'error', tags: ['Shelf'] } }, true],
    ['by fields of which one does not fit', { filter: { minSeverity: 'error', tags: ['desk'] } }, false],
    ['by fields that say nothing mutes nothing', { filter: {} }, false],
    ['where all fields fit', { printerIds: ['mk4'], serverIds: ['octo'], types: ['job.failed'], destinationIds: ['phone'], filter: 'lamps' }, true],
    ['where one field does not fit', { printerIds: ['mk4'], serverIds: ['octo'], types: ['job.done'], destinationIds: ['phone'], filter: 'lamps' }, false],
  ])('%s', (_name, match, muted) => {
    expect(mutes({ match }, FAILED, 'phone', FACTS, SCOPE)).toBe(muted)
  })

  it('that names a server or a filter mutes nothing where neither is known', () => {
    expect(mutes({ match: { serverIds: ['octo'] } }, FAILED, 'phone', FACTS, NO_SCOPE)).toBe(false)
    expect(mutes({ match: { filter: 'lamps' } }, FAILED, 'phone', FACTS, NO_SCOPE)).toBe(false)
  })

  it('of a server leaves alone what belongs to no printer', () => {
    expect(mutes({ match: { serverIds: ['octo'] } }, anEvent('app.offline', { printerId: '' }), 'phone', FACTS, SCOPE)).toBe(false)
  })

  it.each([[9, false], [10, true], [19, true], [20, false]])('that holds from 10 to 20 at %i: %s', (now, held) => {
    expect(holds({ startsAt: 10, endsAt: 20 }, now)).toBe(held)
  })

  it('with an open end holds on', () => {
    expect(holds({ startsAt: 10, endsAt: null }, 1e15)).toBe(true)
  })
})
