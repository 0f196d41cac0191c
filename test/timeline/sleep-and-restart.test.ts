import { describe, test } from 'vitest'
import { laptop, printbell, printer } from './deeds.ts'
import { digestAt, everyDay, type House } from './house.ts'
import { at, expectDecisions, expectDelivery, expectNothing, timeline } from './timeline.ts'

const mk3 = printer('mk3')
const HEARS = ['job.done', 'job.cancelled', 'attention.user_input', 'job.progress']
const QUIET: House = { printers: ['mk3'], destinations: ['phone'], timeslots: { awake: everyDay('07:00', '21:59') }, profiles: [{ id: 'quiet', timeslot: 'awake', hears: HEARS, to: { phone: 'now' } }] }
const LETTER: House = { ...QUIET, profiles: [{ id: 'letter', hears: HEARS, to: { phone: digestAt('08:00') } }] }

describe('a laptop that sleeps over an edge of the timeslot', () => {
  test('tells what was held as soon as it is awake', () => timeline(QUIET,
    at('21:00', mk3.starts()),
    at('22:30', mk3.finishes()),
    at('23:00', laptop.sleepsUntil('Fri 09:30')),
    expectDelivery('MK3: print done').at('phone').between('Fri 09:30', 'Fri 09:31'),
  ))

  test('does not ring at night for the morning that it slept through', () => timeline(QUIET,
    at('21:00', mk3.starts()),
    at('22:30', mk3.finishes()),
    at('23:00', laptop.sleepsUntil('Fri 22:40')),
    expectNothing().at('phone').between('Fri 22:40', 'Sat 06:59'),
    expectDelivery('MK3: print done').at('phone').between('Sat 07:00', 'Sat 07:01'),
    expectDecisions('job.done', 'phone', 'hold: timeslot_closed', 'hold: timeslot_closed'),
  ))

  test('that wakes at night knows that it is night', () => timeline(QUIET,
    at('21:00', mk3.starts()),
    at('21:30', laptop.sleepsUntil('Fri 02:00')),
    at('Fri 02:10', mk3.finishes()),
    expectNothing().at('phone').between('Fri 02:10', 'Fri 06:59'),
    expectDelivery('MK3: print done').at('phone').between('Fri 07:00', 'Fri 07:01'),
  ))

  test('sends a digest whose time it slept through when it wakes', () => timeline(LETTER,
    at('14:00', mk3.starts()),
    at('15:00', mk3.finishes()),
    at('23:00', laptop.sleepsUntil('Fri 10:00')),
    expectDelivery('MK3: print done').at('phone').between('Fri 10:00', 'Fri 10:01'),
  ))

  test('sleeps a few minutes and is in time', () => timeline(QUIET,
    at('21:00', mk3.starts()),
    at('22:30', mk3.finishes()),
    at('Fri 06:30', laptop.sleepsUntil('Fri 06:50')),
    expectDelivery('MK3: print done').at('phone').between('Fri 07:00', 'Fri 07:01'),
  ))
})

describe('a restart in the middle of a hold', () => {
  test('loses nothing and says nothing early', () => timeline(QUIET,
    at('21:00', mk3.starts()),
    at('22:30', mk3.finishes()),
    at('23:00', printbell.isKilled()),
    at('23:10', printbell.starts()),
    expectNothing().at('phone').between('23:10', 'Fri 06:59'),
    expectDelivery('MK3: print done').at('phone').between('Fri 07:00', 'Fri 07:01'),
    expectDecisions('job.done', 'phone', 'hold: timeslot_closed'),
  ))

  test('behind the edge tells at once, as one message', () => timeline(QUIET,
    at('21:00', mk3.starts()),
    at('22:30', mk3.finishes()),
    at('22:40', mk3.starts()),
    at('22:50', mk3.isCancelled()),
    at('23:00', printbell.isKilled()),
    at('Fri 08:00', printbell.starts()),
    expectDelivery('2 events while you were away', 'Cancelled: MK3.\nDone: MK3.').at('phone').between('Fri 08:00', 'Fri 08:01'),
  ))

  test('in the next night waits on', () => timeline(QUIET,
    at('21:00', mk3.starts()),
    at('22:30', mk3.finishes()),
    at('23:00', printbell.isKilled()),
    at('Fri 22:30', printbell.starts()),
    expectDelivery('MK3: print done').at('phone').between('Sat 07:00', 'Sat 07:01'),
  ))

  test('knows by then that somebody helped', () => timeline({ ...QUIET, profiles: [{ id: 'quiet', timeslot: 'awake', hears: ['attention.user_input'], to: { phone: 'now' } }] },
    at('21:00', mk3.starts()),
    at('22:30', mk3.needsAnswer('Change the plate?')),
    at('23:00', printbell.isKilled()),
    at('23:10', printbell.starts()),
    at('23:20', mk3.isHelped()),
    expectNothing().at('phone').between('23:20', 'Fri 08:00'),
  ))
})
