import { describe, test } from 'vitest'
import { desk, printer, somebody } from './deeds.ts'
import type { House } from './house.ts'
import { at, expectDecisions, expectDelivery, expectNothing, timeline } from './timeline.ts'

const mk3 = printer('mk3')
/** The toast while somebody is here, the phone while nobody is. */
const WHERE: House = {
  printers: ['mk3'],
  destinations: ['desk', 'phone'],
  profiles: [{ id: 'where', hears: ['job.done', 'job.cancelled', 'attention.user_input'], to: { desk: { presence: 'at_desk' }, phone: { presence: 'away' } } }],
}

describe('presence', () => {
  test('at the desk it is a toast', () => timeline(WHERE,
    at('12:00', desk.isTaken()),
    at('13:00', mk3.starts()),
    at('14:00', mk3.finishes()),
    expectDelivery('MK3: print done').at('desk').between('14:00', '14:01'),
    expectDecisions('job.done', 'phone', 'drop: somebody_here'),
  ))

  test('who left the desk, or locked it, hears it from the phone', () => timeline(WHERE,
    at('12:00', desk.isLeft()),
    at('13:00', mk3.starts()),
    at('14:00', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('14:00', '14:01'),
    at('15:00', desk.isLocked()),
    at('15:10', mk3.starts()),
    at('16:00', mk3.isCancelled()),
    expectDelivery('MK3: print cancelled').at('phone').between('16:00', '16:01'),
    expectDecisions('job.done', 'desk', 'drop: nobody_here'),
  ))

  test('who comes and goes hears each where they are at that time', () => timeline(WHERE,
    at('12:00', desk.isTaken()),
    at('13:00', mk3.starts()),
    at('13:30', desk.isLeft()),
    at('14:00', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('14:00', '14:01'),
    at('14:30', desk.isTaken()),
    at('14:40', mk3.starts()),
    at('15:00', mk3.isCancelled()),
    expectDelivery('MK3: print cancelled').at('desk').between('15:00', '15:01'),
  ))

  test('where it cannot be told it is both: better twice than not at all', () => timeline(WHERE,
    at('12:00', desk.cannotBeSeen()),
    at('13:00', mk3.starts()),
    at('14:00', mk3.finishes()),
    expectDelivery('MK3: print done').at('desk').between('14:00', '14:01'),
    expectDelivery('MK3: print done').at('phone').between('14:00', '14:01'),
  ))

  const ESCALATING: House = { ...WHERE, profiles: [{ id: 'where', hears: ['attention.user_input'], to: { desk: { presence: 'at_desk' } }, escalate: { afterMinutes: 10, to: ['phone'] } }] }

  test('what nobody at the desk answers goes to the phone', () => timeline(ESCALATING,
    at('12:00', desk.isTaken()),
    at('13:00', mk3.starts()),
    at('14:00', mk3.needsAnswer('Change the plate?')),
    expectDelivery('MK3: needs an answer').at('desk').between('14:00', '14:01'),
    expectNothing().at('phone').between('14:00', '14:09:58'),
    expectDelivery('MK3: needs an answer').at('phone').between('14:10', '14:11'),
  ))

  test('what is answered at the desk does not', () => timeline(ESCALATING,
    at('12:00', desk.isTaken()),
    at('13:00', mk3.starts()),
    at('14:00', mk3.needsAnswer('Change the plate?')),
    expectDelivery('MK3: needs an answer').at('desk').between('14:00', '14:01'),
    at('14:05', somebody.acknowledges('mk3')),
    expectNothing().at('phone').between('14:05', '14:30'),
  ))
})
