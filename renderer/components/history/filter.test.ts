import { describe, expect, it } from 'vitest'
import { chosenBy, filterOf, groupOf, isFiltered, UNFILTERED, type Chosen } from './filter.ts'

const NOW = new Date(2026, 10, 24, 14, 54).getTime()
const at = (month: number, day: number, hour = 0): number => new Date(2026, month - 1, day, hour).getTime()
const given = (over: Partial<Chosen>) => filterOf({ ...UNFILTERED, kinds: 'all', ...over }, NOW)

describe('the filter', () => {
  it('leaves out the steps of a running print at first, and nothing else', () => {
    const { types } = filterOf(UNFILTERED, NOW)
    expect(types).not.toContain('job.progress')
    expect(types).not.toContain('job.layer')
    expect(types).toEqual(expect.arrayContaining(['job.started', 'job.done', 'job.eta_slipped', 'job.stalled', 'attention.door', 'heater.left_on', 'app.test', 'server.event']))
    expect(types).toHaveLength(51 - 5)
  })

  it('of everything asks for everything', () => {
    expect(given({})).toEqual({})
  })

  it('names what is chosen', () => {
    expect(given({ text: '  benchy ', printerIds: ['mk4'], severities: ['critical'], unseen: true, kinds: ['links'] })).toEqual({
      text: 'benchy', printerIds: ['mk4'], severities: ['critical'], unseen: true, types: ['link.up', 'link.lost', 'link.auth_failed', 'link.refused', 'camera.lost', 'camera.up'],
    })
  })

  it.each<[Chosen['dates'], object]>([
    [{ what: 'today' }, { since: at(11, 24) }],
    [{ what: 'yesterday' }, { since: at(11, 23), until: at(11, 24) - 1 }],
    [{ what: 'week' }, { since: at(11, 18) }],
    [{ what: 'month' }, { since: at(10, 26) }],
    [{ what: 'span', from: '2026-10-25', to: '2026-10-25' }, { since: at(10, 25), until: at(10, 26) - 1 }],
    [{ what: 'span', from: '', to: '2026-11-01' }, { until: at(11, 2) - 1 }],
    [{ what: 'span', from: 'nonsense', to: '' }, {}],
  ])('days %o are whole days here', (dates, expected) => {
    expect(given({ dates })).toEqual(expected)
  })

  it('knows when something is hidden that a person chose to hide', () => {
    expect(isFiltered(UNFILTERED)).toBe(false)
    expect(isFiltered({ ...UNFILTERED, kinds: 'all' })).toBe(false)
    expect(isFiltered({ ...UNFILTERED, text: ' ' })).toBe(false)
    for (const over of [{ text: 'x' }, { printerIds: ['a'] }, { kinds: ['app'] as const }, { severities: ['error'] as const }, { dates: { what: 'today' } as const }, { unseen: true }, { destinationId: 'mail' }]) expect(isFiltered({ ...UNFILTERED, ...over })).toBe(true)
  })

  it('of a link is all of one printer, or all that went to one destination', () => {
    expect(filterOf(chosenBy({ printer: 'mk4' }), NOW)).toEqual({ printerIds: ['mk4'] })
    expect(filterOf(chosenBy({ destination: 'mail' }), NOW)).toEqual({ destinationId: 'mail' })
  })

  it('puts every kind into one group', () => {
    expect([groupOf('job.done'), groupOf('job.progress'), groupOf('camera.lost'), groupOf('server.event'), groupOf('command.failed')]).toEqual(['prints', 'progress', 'links', 'messages', 'commands'])
  })
})
