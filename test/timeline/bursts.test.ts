import { describe, test } from 'vitest'
import { desk, printbell, printer, somebody } from './deeds.ts'
import { everyDay, type House } from './house.ts'
import { at, expectDecisions, expectDelivery, expectNothing, timeline } from './timeline.ts'

const mk3 = printer('mk3')
const mk4 = printer('mk4')
const mini = printer('mini')
const FARM: House = { printers: ['mk3', 'mk4', 'mini'], destinations: ['phone'], profiles: [{ id: 'all', hears: ['job.done', 'job.failed', 'attention.*'], to: { phone: 'now' } }] }
const ALL_PRINT = [at('14:00:00', mk3.starts()), at('14:00:30', mk4.starts('vase.gcode')), at('14:01:00', mini.starts('hook.gcode'))]

describe('of prints that end within seconds', () => {
  test('the first is told at once, the others ten seconds after it in one message', () => timeline(FARM,
    ...ALL_PRINT,
    at('15:00:00', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('15:00:00', '15:00:00'),
    at('15:00:02', mk4.finishes()),
    at('15:00:05', mini.finishes()),
    expectNothing().at('phone').between('15:00:06', '15:00:08'),
    expectDelivery('2 printers: print done', 'MK4, MINI.').at('phone').between('15:00:10', '15:00:10'),
  ))

  test('a second one alone keeps its own words', () => timeline(FARM,
    ...ALL_PRINT,
    at('15:00:00', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('15:00:00', '15:00:00'),
    at('15:00:02', mk4.finishes()),
    expectDelivery('MK4: print done', 'vase, 1 h').at('phone').between('15:00:10', '15:00:10'),
  ))

  test('one that failed does not wait for those that are done', () => timeline(FARM,
    ...ALL_PRINT,
    at('15:00:00', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('15:00:00', '15:00:00'),
    at('15:00:02', mk4.fails()),
    expectDelivery('MK4: print failed').at('phone').between('15:00:02', '15:00:02'),
  ))

  test('the next one after the window is a first one again', () => timeline(FARM,
    ...ALL_PRINT,
    at('15:00:00', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('15:00:00', '15:00:00'),
    at('15:00:11', mk4.finishes()),
    expectDelivery('MK4: print done').at('phone').between('15:00:11', '15:00:11'),
  ))

  test('each is told by itself where nobody wants them gathered', () => timeline({ ...FARM, grouping: { burst: 0 } },
    ...ALL_PRINT,
    at('15:00:00', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('15:00:00', '15:00:00'),
    at('15:00:02', mk4.finishes()),
    expectDelivery('MK4: print done').at('phone').between('15:00:02', '15:00:02'),
  ))

  test('those that wait survive a restart', () => timeline(FARM,
    ...ALL_PRINT,
    at('15:00:00', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('15:00:00', '15:00:00'),
    at('15:00:02', mk4.finishes()),
    at('15:00:03', mini.finishes()),
    at('15:00:05', printbell.isKilled()),
    at('15:00:07', printbell.starts()),
    expectDelivery('2 printers: print done', 'MK4, MINI.').at('phone').between('15:00:10', '15:00:11'),
  ))
})

describe('what waits for its burst is judged again', () => {
  test('a wait that is over is left out', () => timeline(FARM,
    ...ALL_PRINT,
    at('15:00:00', mk3.runsOutOfFilament()),
    expectDelivery('MK3: filament ran out').at('phone').between('15:00:00', '15:00:00'),
    at('15:00:02', mk4.runsOutOfFilament()),
    at('15:00:05', mk4.isHelped()),
    expectDelivery('MK4: needs you no more').at('phone').between('15:00:05', '15:00:05'),
    expectNothing().at('phone').between('15:00:06', '15:00:20'),
  ))

  test('a printer that is muted meanwhile is left out', () => timeline(FARM,
    ...ALL_PRINT,
    at('15:00:00', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('15:00:00', '15:00:00'),
    at('15:00:02', mk4.finishes()),
    at('15:00:04', somebody.mutesForAnHour('mk4')),
    expectNothing().at('phone').between('15:00:05', '15:30:00'),
  ))
})

test('quiet hours hold a burst whole, and tell it in the morning', () => timeline({ ...FARM, timeslots: { awake: everyDay('07:00', '21:59') }, profiles: [{ id: 'quiet', timeslot: 'awake', hears: ['job.done'], to: { phone: 'now' } }] },
  at('21:00:00', mk3.starts()), at('21:00:30', mk4.starts('vase.gcode')),
  at('23:00:00', mk3.finishes()),
  at('23:00:02', mk4.finishes()),
  expectDelivery('2 events while you were away', 'Done: MK3, MK4.').at('phone').between('07:00', '07:01'),
  expectDecisions('job.done', 'phone', 'hold: timeslot_closed'),
))

test('whom nobody acknowledges is told by the event\'s time, not by that of its burst', () => timeline(
  { printers: ['mk3', 'mk4'], destinations: ['phone', 'boss'], profiles: [{ id: 'all', hears: ['job.failed'], to: { phone: 'now' }, escalate: { afterMinutes: 10, to: ['boss'] } }] },
  at('14:00:00', mk3.starts()), at('14:00:30', mk4.starts('vase.gcode')),
  at('15:00:00', mk3.fails()),
  expectDelivery('MK3: print failed').at('phone').between('15:00:00', '15:00:00'),
  at('15:00:04', mk4.fails()),
  expectDelivery('MK4: print failed').at('phone').between('15:00:10', '15:00:10'),
  expectDelivery('MK3: print failed').at('boss').between('15:10:00', '15:10:00'),
  expectDelivery('MK4: print failed').at('boss').between('15:10:04', '15:10:04'),
))

test('who leaves the desk within the window hears the rest where they are', () => timeline(
  { printers: ['mk3', 'mk4'], destinations: ['phone'], profiles: [{ id: 'away', hears: ['job.done'], to: { phone: { mode: 'now', presence: 'away' } } }] },
  at('14:00:00', desk.isLeft()), at('14:00:01', mk3.starts()), at('14:00:30', mk4.starts('vase.gcode')),
  at('15:00:00', mk3.finishes()),
  expectDelivery('MK3: print done').at('phone').between('15:00:00', '15:00:00'),
  at('15:00:02', mk4.finishes()),
  at('15:00:05', desk.isTaken()),
  expectNothing().at('phone').between('15:00:06', '15:00:20'),
))
