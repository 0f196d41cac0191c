import { describe, test } from 'vitest'
import { printer, somebody } from './deeds.ts'
import type { House } from './house.ts'
import { at, expectDelivery, expectNothing, timeline } from './timeline.ts'

const mk3 = printer('mk3')
const mk4 = printer('mk4')
const HEARS = ['job.done', 'job.cancelled', 'job.failed']
const HOUSE: House = { printers: ['mk3', 'mk4'], destinations: ['phone', 'mail'], profiles: [{ id: 'all', hears: HEARS, to: { phone: 'now' } }] }

describe('a silence', () => {
  test('of a printer mutes that printer, critical events too, and no other', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    at('13:00', mk4.starts('vase.gcode')),
    at('13:30', somebody.silences({ printerIds: ['mk3'] }, '18:00')),
    at('14:00', mk3.fails()),
    at('15:00', mk4.finishes()),
    expectDelivery('MK4: print done').at('phone').between('15:00', '15:01'),
    expectNothing().at('phone').between('15:02', '17:59'),
    at('18:10', mk3.starts()),
    at('19:00', mk3.isCancelled()),
    expectDelivery('MK3: print cancelled').at('phone').between('19:00', '19:01'),
  ))

  test('R11: of this print ends with the print', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    at('13:30', somebody.silencesThisPrint('mk3')),
    at('14:00', mk3.finishes()),
    expectNothing().at('phone').between('14:00', '14:59'),
    at('15:00', mk3.starts()),
    at('16:00', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('16:00', '16:01'),
  ))

  test('of one hour holds for an hour', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    at('13:30', somebody.mutesForAnHour('mk3')),
    at('14:29:58', mk3.finishes()),
    expectNothing().at('phone').between('14:29:58', '14:30:59'),
    at('14:31', mk3.starts()),
    at('14:40', mk3.isCancelled()),
    expectDelivery('MK3: print cancelled').at('phone').between('14:40', '14:41'),
  ))

  test('of everything without an end holds until somebody lifts it', () => timeline(HOUSE,
    at('13:00', somebody.silences({}, 'somebody lifts it')),
    at('13:10', mk3.starts()),
    at('14:00', mk3.fails()),
    at('Fri 14:00', mk3.starts()),
    at('Fri 14:10', somebody.liftsAllSilences()),
    at('Fri 14:20', mk3.isCancelled()),
    expectDelivery('MK3: print cancelled').at('phone').between('Fri 14:20', 'Fri 14:21'),
  ))

  test('of a kind of event, or of a destination, mutes just that', () => timeline({ ...HOUSE, profiles: [{ id: 'all', hears: HEARS, to: { phone: 'now', mail: 'now' } }] },
    at('13:00', somebody.silences({ types: ['job.cancelled'] }, '18:00')),
    at('13:00', somebody.silences({ destinationIds: ['mail'] }, '18:00')),
    at('13:10', mk3.starts()),
    at('13:20', mk3.isCancelled()),
    at('13:30', mk3.starts()),
    at('14:00', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('14:00', '14:01'),
  ))

  test('also mutes what waited from before', () => timeline({ ...HOUSE, profiles: [{ id: 'letter', hears: HEARS, to: { mail: { mode: 'digest', digest: { at: ['18:00'] } } } }] },
    at('13:00', mk3.starts()),
    at('14:00', mk3.finishes()),
    at('14:10', mk4.starts('vase.gcode')),
    at('15:00', mk4.finishes()),
    at('17:00', somebody.silences({ printerIds: ['mk3'] }, '20:00')),
    expectDelivery('MK4: print done').at('mail').between('18:00', '18:01'),
  ))
})
