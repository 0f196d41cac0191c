import { describe, test } from 'vitest'
import { printer } from './deeds.ts'
import { digestAt, everyDay, type House } from './house.ts'
import { at, expectDecisions, expectDelivery, timeline } from './timeline.ts'

const mk3 = printer('mk3')
const HEARS = ['job.done', 'job.cancelled']
/** The phone from seven to ten, a letter at eight, by the clock on the wall there. */
const living = (zone: string): House => ({
  printers: ['mk3'], destinations: ['phone', 'mail'], zone,
  timeslots: { awake: everyDay('07:00', '21:59') },
  profiles: [{ id: 'quiet', timeslot: 'awake', hears: HEARS, to: { phone: 'now' } }, { id: 'letter', hears: HEARS, to: { mail: digestAt('08:00') } }],
})

describe('R47: when the clocks are changed', () => {
  // All changes of 2026 are on a Sunday; the offsets are those before and after it.
  test.each([
    ['Europe/Oslo', 'forwards', '2026-03-28 20:00 +01:00', '+01:00', '+02:00'],
    ['Europe/Oslo', 'back', '2026-10-24 20:00 +02:00', '+02:00', '+01:00'],
    ['America/New_York', 'forwards', '2026-03-07 20:00 -05:00', '-05:00', '-04:00'],
    ['America/New_York', 'back', '2026-10-31 20:00 -04:00', '-04:00', '-05:00'],
    ['Australia/Sydney', 'forwards', '2026-10-03 20:00 +10:00', '+10:00', '+11:00'],
    ['Australia/Sydney', 'back', '2026-04-04 20:00 +11:00', '+11:00', '+10:00'],
  ])('in %s, %s, morning is at seven by the clock on the wall, before and after', (zone, _way, begins, before, after) => timeline({ ...living(zone), begins },
    at(`Sat 21:00 ${before}`, mk3.starts()),
    at(`Sat 21:59:58 ${before}`, mk3.isCancelled()),
    expectDelivery('MK3: print cancelled').at('phone').between(`Sat 21:59:58 ${before}`, `Sat 21:59:59 ${before}`),
    at(`Sat 22:10 ${before}`, mk3.starts()),
    at(`Sat 23:30 ${before}`, mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between(`Sun 07:00 ${after}`, `Sun 07:00:01 ${after}`),
    expectDelivery('2 events while you were away', 'Cancelled: MK3.\nDone: MK3.').at('mail').between(`Sun 08:00 ${after}`, `Sun 08:00:01 ${after}`),
    at(`Sun 21:30 ${after}`, mk3.starts()),
    at(`Sun 22:00 ${after}`, mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between(`Mon 07:00 ${after}`, `Mon 07:00:01 ${after}`),
    expectDelivery('MK3: print done').at('mail').between(`Mon 08:00 ${after}`, `Mon 08:00:01 ${after}`),
  ))

  /** Open from half past two to half past nine at night. */
  const OWL: House = { ...living('Europe/Oslo'), destinations: ['phone'], timeslots: { awake: everyDay('02:30', '21:29') }, profiles: [{ id: 'quiet', timeslot: 'awake', hears: HEARS, to: { phone: 'now' } }] }

  test('a slot that begins in the hour that is missing begins with the jump', () => timeline({ ...OWL, begins: '2026-03-28 22:00 +01:00' },
    at('Sat 23:00 +01:00', mk3.starts()),
    at('Sun 01:50 +01:00', mk3.finishes()),
    // 02:00 is 03:00.
    expectDelivery('MK3: print done').at('phone').between('Sun 03:00 +02:00', 'Sun 03:00:01 +02:00'),
  ))

  test('a slot that begins in the hour that comes twice closes once more, and begins twice', () => timeline({ ...OWL, begins: '2026-10-24 22:00 +02:00' },
    at('Sat 23:00 +02:00', mk3.starts()),
    at('Sun 02:10 +02:00', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('Sun 02:30 +02:00', 'Sun 02:30:01 +02:00'),
    at('Sun 02:40 +02:00', mk3.starts()),
    at('Sun 02:10 +01:00', mk3.isCancelled()),
    expectDelivery('MK3: print cancelled').at('phone').between('Sun 02:30 +01:00', 'Sun 02:30:01 +01:00'),
    expectDecisions('job.cancelled', 'phone', 'hold: timeslot_closed'),
  ))

  test('a digest whose time is missing comes with the jump', () => timeline({ ...living('Europe/Oslo'), destinations: ['mail'], profiles: [{ id: 'letter', hears: HEARS, to: { mail: digestAt('02:30') } }], begins: '2026-03-28 20:00 +01:00' },
    at('Sat 21:00 +01:00', mk3.starts()),
    at('Sat 22:00 +01:00', mk3.finishes()),
    expectDelivery('MK3: print done').at('mail').between('Sun 03:00 +02:00', 'Sun 03:30:01 +02:00'),
  ))

  test('a slot has a zone of its own, whatever the zone of the settings', () => timeline({ ...living('Australia/Sydney'), destinations: ['phone'], timeslots: { awake: { zone: 'America/New_York', ranges: everyDay('07:00', '21:59') } }, profiles: [{ id: 'quiet', timeslot: 'awake', hears: HEARS, to: { phone: 'now' } }], begins: '2026-03-07 20:00 -05:00' },
    at('Sat 21:00 -05:00', mk3.starts()),
    at('Sun 01:30 -05:00', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('Sun 07:00 -04:00', 'Sun 07:00:01 -04:00'),
  ))
})
