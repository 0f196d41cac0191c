import { describe, test } from 'vitest'
import { printer } from './deeds.ts'
import { digestAt, everyDay, type House } from './house.ts'
import { at, expectDecisions, expectDelivery, expectNothing, timeline } from './timeline.ts'

const mk3 = printer('mk3')
const mk4 = printer('mk4')
const HEARS = ['job.done', 'job.cancelled', 'job.failed']
const house = (profiles: House['profiles'], more: Partial<House> = {}): House => ({ printers: ['mk3', 'mk4'], destinations: ['mail', 'phone'], profiles: profiles ?? [], ...more })
const DAILY = house([{ id: 'letter', hears: HEARS, to: { mail: digestAt('08:00') } }])
const WEEKLY = house([{ id: 'letter', hears: HEARS, to: { mail: digestAt('08:00', [1]) } }])

describe('R64: a digest', () => {
  test('of one event keeps its subject', () => timeline(DAILY,
    at('14:00', mk3.starts()),
    at('15:30', mk3.finishes()),
    expectNothing().at('mail').between('15:30', '07:59:59'),
    expectDelivery('MK3: print done', 'lamp').at('mail').between('Fri 08:00', 'Fri 08:01'),
    expectDecisions('job.done', 'mail', 'digest: digest'),
  ))

  test('of several says how many, daily', () => timeline(DAILY,
    at('14:00', mk3.starts()),
    at('15:30', mk3.finishes()),
    at('16:00', mk4.starts('vase.gcode')),
    at('02:00', mk4.fails()),
    expectDelivery('2 events while you were away', 'Failed: MK4.\nDone: MK3.').at('mail').between('Fri 08:00', 'Fri 08:01'),
    at('Fri 09:00', mk3.starts()),
    at('Fri 10:00', mk3.isCancelled()),
    expectDelivery('MK3: print cancelled').at('mail').between('Sat 08:00', 'Sat 08:01'),
  ))

  test('comes weekly on its day', () => timeline(WEEKLY,
    at('Thu 14:00', mk3.starts()),
    at('Thu 15:30', mk3.finishes()),
    at('Sun 14:00', mk3.starts('vase.gcode')),
    at('Sun 23:00', mk3.isCancelled()),
    expectNothing().at('mail').between('Sun 23:00', 'Mon 07:59'),
    expectDelivery('2 events while you were away', 'Cancelled: MK3.\nDone: MK3.').at('mail').between('Mon 08:00', 'Mon 08:01'),
  ))

  test('weekly, of one', () => timeline(WEEKLY,
    at('Sun 14:00', mk3.starts('vase.gcode')),
    at('Sun 23:00', mk3.finishes()),
    expectDelivery('MK3: print done', 'vase').at('mail').between('Mon 08:00', 'Mon 08:01'),
  ))

  test('without news is not sent', () => timeline(DAILY,
    at('14:00', mk3.starts()),
    expectNothing().at('mail').between('14:00', 'Fri 12:00'),
  ))

  test('at several times takes the nearest', () => timeline(house([{ id: 'letter', hears: HEARS, to: { mail: { mode: 'digest', digest: { at: ['08:00', '18:00'] } } } }]),
    at('14:00', mk3.starts()),
    at('15:30', mk3.finishes()),
    expectDelivery('MK3: print done').at('mail').between('18:00', '18:01'),
    at('18:30', mk3.starts()),
    at('19:30', mk3.isCancelled()),
    expectDelivery('MK3: print cancelled').at('mail').between('Fri 08:00', 'Fri 08:01'),
  ))

  test('takes nothing from who hears it at once', () => timeline(house([{ id: 'letter', hears: HEARS, to: { mail: digestAt('08:00'), phone: 'now' } }]),
    at('14:00', mk3.starts()),
    at('15:30', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('15:30', '15:31'),
    expectDelivery('MK3: print done').at('mail').between('Fri 08:00', 'Fri 08:01'),
  ))
})

describe('R51: several profiles on one destination', () => {
  test('make one message', () => timeline(house([{ id: 'a', hears: HEARS, to: { phone: 'now' } }, { id: 'b', hears: ['job.started', ...HEARS], to: { phone: 'now' } }]),
    at('14:00', mk3.starts()),
    expectDelivery('MK3: print started').at('phone').between('14:00', '14:01'),
    at('15:30', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('15:30', '15:31'),
  ))

  const sleepy = { timeslots: { awake: everyDay('07:00', '21:59') } }
  const digest = { id: 'letter', hears: ['job.started', ...HEARS], to: { phone: digestAt('09:00') } }
  const quiet = { id: 'quiet', timeslot: 'awake', hears: HEARS, to: { phone: 'now' as const } }
  const loud = { id: 'loud', hears: ['job.cancelled'], to: { phone: 'now' as const } }
  const dropping = { id: 'strict', timeslot: 'awake', outside: 'drop' as const, hears: HEARS, to: { phone: 'now' as const } }

  test('the strongest wins: at once before later, later before a digest, a digest before nothing', () => timeline(house([digest, quiet, loud, dropping], sleepy),
    at('22:10', mk3.starts()),
    at('23:00', mk4.starts('vase.gcode')),
    at('01:00', mk3.finishes()),
    at('02:00', mk4.isCancelled()),
    expectDelivery('MK4: print cancelled').at('phone').between('02:00', '02:01'),
    expectDelivery('MK3: print done').at('phone').between('07:00', '07:01'),
    expectDelivery('2 events while you were away').at('phone').between('09:00', '09:01'),
    expectDecisions('job.cancelled', 'phone', 'deliver: subscribed'),
    expectDecisions('job.done', 'phone', 'hold: timeslot_closed'),
    expectDecisions('job.started', 'phone', 'digest: digest'),
  ))

  test('whatever their order', () => timeline(house([dropping, loud, quiet, digest], sleepy),
    at('22:10', mk3.starts()),
    at('23:00', mk4.starts('vase.gcode')),
    at('01:00', mk3.finishes()),
    at('02:00', mk4.isCancelled()),
    expectDelivery('MK4: print cancelled').at('phone').between('02:00', '02:01'),
    expectDelivery('MK3: print done').at('phone').between('07:00', '07:01'),
    expectDelivery('2 events while you were away').at('phone').between('09:00', '09:01'),
  ))
})
