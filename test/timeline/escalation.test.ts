import { describe, test } from 'vitest'
import { printbell, printer, somebody } from './deeds.ts'
import { everyDay, type House } from './house.ts'
import { at, expectDecisions, expectDelivery, expectNothing, timeline } from './timeline.ts'

const mk3 = printer('mk3')
const PROFILE = { id: 'crew', hears: ['attention.user_input', 'job.failed'], to: { phone: 'now' as const }, escalate: { afterMinutes: 10, to: ['boss'], times: 3 } }
const CREW: House = { printers: ['mk3'], destinations: ['phone', 'boss'], profiles: [PROFILE] }
const asks = at('14:00', mk3.needsAnswer('Change the plate?'))
const heard = expectDelivery('MK3: needs an answer').at('phone').between('14:00', '14:01')

describe('an escalation', () => {
  test('tells the next one after its minutes, again and again, and then leaves it', () => timeline(CREW,
    at('13:00', mk3.starts()),
    asks, heard,
    expectNothing().at('boss').between('14:00', '14:09:58'),
    expectDelivery('MK3: needs an answer').at('boss').between('14:10', '14:11'),
    expectDelivery('MK3: needs an answer').at('boss').between('14:20', '14:21'),
    expectDelivery('MK3: needs an answer').at('boss').between('14:30', '14:31'),
    expectNothing().at('boss').between('14:32', '18:00'),
    expectDecisions('attention.user_input', 'boss', 'drop: not_subscribed', 'hold: escalation:1', 'hold: escalation:2', 'hold: escalation:3'),
  ))

  test('stops when somebody acknowledges', () => timeline(CREW,
    at('13:00', mk3.starts()),
    asks, heard,
    expectDelivery('MK3: needs an answer').at('boss').between('14:10', '14:11'),
    at('14:15', somebody.acknowledges('mk3')),
    expectNothing().at('boss').between('14:15', '18:00'),
  ))

  test('stops when somebody acknowledges the printer on its card', () => timeline(CREW,
    at('13:00', mk3.starts()),
    asks, heard,
    at('14:05', somebody.acknowledgesOnTheCard('mk3')),
    expectNothing().at('boss').between('14:05', '18:00'),
  ))

  test('stops when the printer was helped', () => timeline(CREW,
    at('13:00', mk3.starts()),
    asks, heard,
    expectDelivery('MK3: needs an answer').at('boss').between('14:10', '14:11'),
    at('14:15', mk3.isHelped()),
    expectNothing().at('boss').between('14:15', '18:00'),
  ))

  test('stops when the print is over', () => timeline(CREW,
    at('13:00', mk3.starts()),
    asks, heard,
    at('14:05', mk3.isCancelled()),
    expectNothing().at('boss').between('14:05', '18:00'),
  ))

  test('of a print that failed is stopped by an acknowledgement alone', () => timeline(CREW,
    at('13:00', mk3.starts()),
    at('14:00', mk3.fails()),
    expectDelivery('MK3: print failed').at('phone').between('14:00', '14:01'),
    expectDelivery('MK3: print failed').at('boss').between('14:10', '14:11'),
    at('14:12', mk3.starts()),
    expectDelivery('MK3: print failed').at('boss').between('14:20', '14:21'),
    at('14:25', somebody.acknowledges('mk3')),
    expectNothing().at('boss').between('14:25', '18:00'),
  ))

  test('goes on after a restart', () => timeline(CREW,
    at('13:00', mk3.starts()),
    asks, heard,
    at('14:05', printbell.isKilled()),
    at('14:07', printbell.starts()),
    expectDelivery('MK3: needs an answer').at('boss').between('14:10', '14:11'),
    expectDelivery('MK3: needs an answer').at('boss').between('14:20', '14:21'),
    expectDelivery('MK3: needs an answer').at('boss').between('14:30', '14:31'),
  ))

  test('of what nobody was told yet does not begin', () => timeline({ ...CREW, timeslots: { awake: everyDay('07:00', '21:59') }, profiles: [{ ...PROFILE, timeslot: 'awake', outside: 'drop' }] },
    at('21:00', mk3.starts()),
    at('23:00', mk3.needsAnswer('Change the plate?')),
    expectNothing().at('boss').between('23:00', 'Fri 08:00'),
  ))
})

describe('an acknowledgement', () => {
  const REMINDED: House = { printers: ['mk3'], destinations: ['phone'], profiles: [{ id: 'all', hears: ['attention.user_input', 'attention.reminder'], to: { phone: 'now' } }] }

  test('is asked for by three reminders, and no more', () => timeline(REMINDED,
    at('13:00', mk3.starts()),
    asks, heard,
    expectDelivery('MK3: still needs you').at('phone').between('14:10', '14:11'),
    expectDelivery('MK3: still needs you').at('phone').between('14:20', '14:21'),
    expectDelivery('MK3: still needs you').at('phone').between('14:30', '14:31'),
    expectNothing().at('phone').between('14:32', '18:00'),
  ))

  test('ends the reminders', () => timeline(REMINDED,
    at('13:00', mk3.starts()),
    asks, heard,
    expectDelivery('MK3: still needs you').at('phone').between('14:10', '14:11'),
    at('14:15', somebody.acknowledges('mk3')),
    expectNothing().at('phone').between('14:15', '18:00'),
  ))

  test('of one question says nothing of the next', () => timeline(REMINDED,
    at('13:00', mk3.starts()),
    asks, heard,
    at('14:05', somebody.acknowledges('mk3')),
    at('14:06', mk3.isHelped()),
    at('15:00', mk3.needsAnswer('Again?')),
    expectDelivery('MK3: needs an answer', 'Again?').at('phone').between('15:00', '15:01'),
    at('15:05', mk3.isHelped()),
    expectNothing().at('phone').between('15:05', '16:00'),
  ))
})
