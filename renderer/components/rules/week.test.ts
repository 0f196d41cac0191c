import { describe, expect, it } from 'vitest'
import { blocksOf } from './calendar.ts'
import { complement, dayParts, daysAs, draftOf, minuteOf, quietOf, rangeOf, wrongOf } from './week.ts'

const ALL = [1, 2, 3, 4, 5, 6, 7]

describe('times as people write them', () => {
  it.each([['07:30', 450], ['7:05', 425], ['7.05', 425], ['00:00', 0], ['24:00', 1440], ['24:01', null], ['12:60', null], ['noon', null], ['7', null], ['', null]])('%j is minute %s', (text, minute) => {
    expect(minuteOf(text)).toBe(minute)
  })

  it.each([
    [{ days: ALL, from: '22:00', to: '06:59' }, { days: ALL, allDay: false, from: '22:00', to: '07:00' }],
    [{ days: [1], from: '18:00', to: '23:59' }, { days: [1], allDay: false, from: '18:00', to: '24:00' }],
    [{ days: [6, 7] }, { days: [6, 7], allDay: true, from: '00:00', to: '24:00' }],
  ])('the settings\' %j is written with the end that is left out, and back', (kept, written) => {
    expect(draftOf(kept)).toEqual(written)
    expect(rangeOf(written)).toEqual(kept)
  })

  it('an end at midnight is the end of the day', () => {
    expect(rangeOf({ days: [2, 1], allDay: false, from: '8:00', to: '00:00' })).toEqual({ days: [1, 2], from: '08:00', to: '23:59' })
  })

  it.each([
    [{ days: [], allDay: true, from: '', to: '' }, { field: 'days', key: 'noDay' }],
    [{ days: [1], allDay: false, from: '25:00', to: '07:00' }, { field: 'from', key: 'noTime' }],
    [{ days: [1], allDay: false, from: '24:00', to: '07:00' }, { field: 'from', key: 'noTime' }],
    [{ days: [1], allDay: false, from: '22:00', to: 'morning' }, { field: 'to', key: 'noTime' }],
    [{ days: [1], allDay: false, from: '22:00', to: '22:00' }, { field: 'to', key: 'sameTime' }],
    [{ days: [1], allDay: false, from: '22:00', to: '07:00' }, null],
  ])('%j is wrong at %j', (draft, wrong) => {
    expect(wrongOf(draft)).toEqual(wrong)
  })
})

describe('the rest of the week', () => {
  it.each([
    ['every night', [{ days: ALL, from: '22:00', to: '06:59' }], [{ days: ALL, from: '07:00', to: '21:59' }]],
    ['nights before workdays', [{ days: [7, 1, 2, 3, 4], from: '22:00', to: '06:59' }], [
      { days: [1, 2, 3, 4], from: '07:00', to: '21:59' }, { days: [5], from: '07:00', to: '23:59' }, { days: [6] }, { days: [7], from: '00:00', to: '21:59' },
    ]],
    ['noon of the weekend', [{ days: [6, 7], from: '12:00', to: '13:59' }], [{ days: [1, 2, 3, 4, 5] }, { days: [6, 7], from: '00:00', to: '11:59' }, { days: [6, 7], from: '14:00', to: '23:59' }]],
    ['an afternoon of each day', [{ days: ALL, from: '13:00', to: '14:59' }], [{ days: ALL, from: '15:00', to: '12:59' }]],
    ['nothing', [{ days: ALL }], []],
  ])('beside %s', (_what, quiet, open) => {
    expect(complement(quiet)).toEqual(open)
  })

  it.each([
    [{ days: ALL, allDay: false, from: '22:00', to: '07:00' }],
    [{ days: [1, 2, 3, 4, 7], allDay: false, from: '22:00', to: '07:00' }],
    [{ days: [7], allDay: false, from: '22:00', to: '07:00' }],
    [{ days: [6, 7], allDay: false, from: '12:00', to: '14:00' }],
    [{ days: [1, 3], allDay: false, from: '18:00', to: '24:00' }],
    [{ days: [1], allDay: false, from: '00:00', to: '06:00' }],
    [{ days: ALL, allDay: false, from: '03:00', to: '08:00' }],
    [{ days: ALL, allDay: false, from: '00:00', to: '08:00' }],
  ])('quiet hours %j are read back from what they leave open', (quiet) => {
    expect(quietOf(complement([rangeOf(quiet)]))).toEqual(quiet)
  })

  it.each([
    ['two different breaks', [{ days: ALL, from: '08:00', to: '11:59' }, { days: ALL, from: '13:00', to: '17:59' }]],
    ['whole days', [{ days: [1, 2, 3, 4, 5] }]],
    ['none', [{ days: ALL }]],
  ])('%s are no quiet hours of one kind', (_what, open) => {
    expect(quietOf(open)).toBeNull()
  })
})

describe('days in words', () => {
  it.each([[ALL, 'all'], [[5, 4, 3, 2, 1], 'workdays'], [[7, 6], 'weekend'], [[1, 2, 3, 6], { runs: [[1, 3], [6, 6]] }]])('%j', (days, words) => {
    expect(daysAs(days)).toEqual(words)
  })
})

describe('blocks of the calendar', () => {
  it('a night is two blocks over all days', () => {
    expect(blocksOf([{ id: 'night', ranges: [{ days: ALL, from: '22:00', to: '06:59' }] }])).toEqual([
      { id: 'night', first: 1, last: 7, begin: 0, end: 420, lane: 0, lanes: 1 }, { id: 'night', first: 1, last: 7, begin: 1320, end: 1440, lane: 0, lanes: 1 },
    ])
  })

  it('a night of Sunday ends on Monday', () => {
    expect(dayParts([{ days: [7], from: '22:00', to: '06:59' }])).toEqual([{ day: 1, begin: 0, end: 420 }, { day: 7, begin: 1320, end: 1440 }])
  })

  it('those that don\'t meet have the whole width', () => {
    const blocks = blocksOf([{ id: 'a', ranges: [{ days: [1, 2], from: '08:00', to: '11:59' }] }, { id: 'b', ranges: [{ days: [1, 2], from: '12:00', to: '13:59' }] }])
    expect(blocks.map(({ id, lanes }) => [id, lanes])).toEqual([['a', 1], ['b', 1]])
  })

  it('those that meet stand beside each other, day by day', () => {
    const blocks = blocksOf([{ id: 'a', ranges: [{ days: [1, 2], from: '08:00', to: '11:59' }] }, { id: 'b', ranges: [{ days: [2], from: '10:00', to: '13:59' }] }])
    expect(blocks.map(({ id, first, last, lane, lanes }) => [id, first, last, lane, lanes])).toEqual([['a', 1, 1, 0, 1], ['a', 2, 2, 0, 2], ['b', 2, 2, 1, 2]])
  })
})
