import { describe, test } from 'vitest'
import { destination, printer } from './deeds.ts'
import { everyDay, type House } from './house.ts'
import { at, expectDecisions, expectDelivery, expectNothing, timeline } from './timeline.ts'

const mk3 = printer('mk3')
const HEARS = ['job.done', 'job.cancelled', 'job.paused', 'job.failed']
const PROFILE = { id: 'quiet', timeslot: 'awake', hears: HEARS, to: { phone: 'now' as const } }
const QUIET: House = { printers: ['mk3'], destinations: ['phone', 'mail'], timeslots: { awake: everyDay('07:00', '21:59') }, profiles: [PROFILE] }

describe('an outage', () => {
  test('that ends at night rings in the morning, not at night', () => timeline(QUIET,
    at('21:00', mk3.starts()),
    at('21:20', destination('phone').isDown()),
    at('21:30', mk3.finishes()),
    at('Fri 02:00', destination('phone').isBack()),
    expectNothing().at('phone').between('Fri 02:00', 'Fri 06:59'),
    expectDelivery('MK3: print done').at('phone').between('Fri 07:00', 'Fri 07:01'),
    expectDecisions('job.done', 'phone', 'deliver: subscribed', 'hold: timeslot_closed'),
  ))

  test('that ends by day tells what waited, once', () => timeline(QUIET,
    at('13:00', destination('phone').isDown()),
    at('13:10', mk3.starts()),
    at('13:30', mk3.finishes()),
    at('15:00', destination('phone').isBack()),
    expectDelivery('MK3: print done').at('phone').between('15:00', '15:31'),
  ))

  test('over the morning tells it when it is over', () => timeline(QUIET,
    at('21:00', mk3.starts()),
    at('23:00', mk3.finishes()),
    at('Fri 06:00', destination('phone').isDown()),
    at('Fri 07:20', destination('phone').isBack()),
    expectDelivery('MK3: print done').at('phone').between('Fri 07:20', 'Fri 07:51'),
  ))

  test('that outlives the news tells it no more', () => timeline(QUIET,
    at('13:00', mk3.starts()),
    at('13:10', destination('phone').isDown()),
    at('13:30', mk3.pauses()),
    at('13:50', mk3.resumes()),
    at('14:10', destination('phone').isBack()),
    expectNothing().at('phone').between('14:10', '16:00'),
    expectDecisions('job.paused', 'phone', 'deliver: subscribed', 'drop: resolved'),
  ))

  test('of one destination delays no other', () => timeline({ ...QUIET, profiles: [{ ...PROFILE, to: { phone: 'now', mail: 'now' } }] },
    at('13:00', destination('phone').isDown()),
    at('13:10', mk3.starts()),
    at('13:30', mk3.finishes()),
    expectDelivery('MK3: print done').at('mail').between('13:30', '13:30:01'),
    at('15:00', destination('phone').isBack()),
    expectDelivery('MK3: print done').at('phone').between('15:00', '15:31'),
  ))

  test('lets what is critical ring at night all the same', () => timeline(QUIET,
    at('21:00', mk3.starts()),
    at('21:20', destination('phone').isDown()),
    at('21:30', mk3.fails()),
    at('23:00', destination('phone').isBack()),
    expectDelivery('MK3: print failed').at('phone').between('23:00', '23:31'),
  ))
})
