import { describe, test } from 'vitest'
import { printer, somebody } from './deeds.ts'
import { everyDay, type House } from './house.ts'
import { at, expectDecisions, expectDelivery, expectNothing, timeline } from './timeline.ts'

const mk3 = printer('mk3')
const mk4 = printer('mk4')
const HEARS = ['job.done', 'job.failed', 'job.cancelled', 'job.paused', 'attention.filament_runout', 'attention.user_input']
const PROFILE = { id: 'quiet', timeslot: 'awake', hears: HEARS, to: { phone: 'now' as const } }
const QUIET: House = { printers: ['mk3', 'mk4'], destinations: ['phone'], timeslots: { awake: everyDay('07:00', '21:59') }, profiles: [PROFILE] }

describe('quiet hours', () => {
  test('do nothing by day: a print that is done is told at once', () => timeline(QUIET,
    at('14:00', mk3.starts()),
    at('15:30', mk3.finishes()),
    expectDelivery('MK3: print done', 'lamp, 1 h').at('phone').between('15:30', '15:31'),
    expectDecisions('job.done', 'phone', 'deliver: subscribed'),
  ))

  test('let a print that is done at night wait for the morning', () => timeline(QUIET,
    at('22:00', mk3.starts()),
    at('02:10', mk3.finishes()),
    expectNothing().at('phone').between('02:10', '06:59'),
    expectDelivery('MK3: print done').at('phone').between('07:00', '07:01'),
    expectDecisions('job.done', 'phone', 'hold: timeslot_closed'),
  ))

  test('begin behind their last minute and end with their first', () => timeline(QUIET,
    at('21:00', mk3.starts()),
    at('21:30', mk4.starts('vase.gcode')),
    at('21:59:58', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('21:59:58', '21:59:59'),
    at('22:00', mk4.isCancelled()),
    expectDelivery('MK4: print cancelled').at('phone').between('07:00', '07:00:01'),
  ))

  test('release what waited as one summary, the worst first', () => timeline({ ...QUIET, profiles: [{ ...PROFILE, criticalPasses: false }] },
    at('22:00', mk3.starts()),
    at('22:30', mk4.starts('vase.gcode')),
    at('01:00', mk3.finishes()),
    at('02:00', mk3.starts('hook.gcode')),
    at('03:00', mk4.fails()),
    at('05:00', mk3.isCancelled()),
    expectDelivery('3 events while you were away', 'Failed: MK4.\nCancelled: MK3.\nDone: MK3.').at('phone').between('07:00', '07:01'),
  ))

  test('leave out of the summary what is over by then', () => timeline(QUIET,
    at('21:00', mk3.starts()),
    at('21:30', mk4.starts('vase.gcode')),
    at('23:00', mk3.pauses()),
    at('23:30', mk3.resumes()),
    at('01:00', mk4.needsAnswer('Change the plate?')),
    at('01:30', mk4.isHelped()),
    at('02:00', mk4.finishes()),
    expectDelivery('MK4: print done').at('phone').between('07:00', '07:01'),
    expectDecisions('job.paused', 'phone', 'hold: timeslot_closed', 'drop: resolved'),
    expectDecisions('attention.user_input', 'phone', 'hold: timeslot_closed', 'drop: resolved'),
    expectDecisions('job.done', 'phone', 'hold: timeslot_closed'),
  ))

  test('keep what still waits for somebody in the morning', () => timeline(QUIET,
    at('21:00', mk3.starts()),
    at('23:00', mk3.needsAnswer('Change the plate?')),
    expectDelivery('MK3: needs an answer', 'Change the plate?').at('phone').between('07:00', '07:01'),
  ))

  test('say nothing in the morning of what somebody acknowledged at night', () => timeline(QUIET,
    at('21:00', mk3.starts()),
    at('23:00', mk3.needsAnswer('Change the plate?')),
    at('23:30', somebody.acknowledges('mk3')),
    expectNothing().at('phone').between('23:00', '07:30'),
    expectDecisions('attention.user_input', 'phone', 'hold: timeslot_closed', 'drop: acknowledged'),
  ))

  test('let what is critical pass', () => timeline(QUIET,
    at('21:00', mk3.starts()),
    at('21:30', mk4.starts('vase.gcode')),
    at('02:10', mk3.fails('Thermistor broken')),
    expectDelivery('MK3: print failed').at('phone').between('02:10', '02:11'),
    at('02:30', mk4.finishes()),
    expectDelivery('MK4: print done').at('phone').between('07:00', '07:01'),
    expectDecisions('job.failed', 'phone', 'deliver: critical_passes'),
  ))

  test('hold what is critical too where somebody wants that', () => timeline({ ...QUIET, profiles: [{ ...PROFILE, criticalPasses: false }] },
    at('21:00', mk3.starts()),
    at('02:10', mk3.fails()),
    expectDelivery('MK3: print failed').at('phone').between('07:00', '07:01'),
  ))

  test('drop what comes outside of them where somebody wants no summary', () => timeline({ ...QUIET, profiles: [{ ...PROFILE, outside: 'drop' }] },
    at('21:00', mk3.starts()),
    at('02:10', mk3.finishes()),
    at('08:00', mk3.starts('vase.gcode')),
    at('08:30', mk3.isCancelled()),
    expectDelivery('MK3: print cancelled').at('phone').between('08:30', '08:31'),
    expectDecisions('job.done', 'phone', 'drop: outside_timeslot'),
  ))

  test('of workdays let a Friday evening wait for Monday', () => timeline({ ...QUIET, timeslots: { awake: [{ days: [1, 2, 3, 4, 5], from: '08:00', to: '16:59' }] } },
    at('Fri 16:00', mk3.starts()),
    at('Fri 18:30', mk3.finishes()),
    expectNothing().at('phone').between('Fri 18:30', 'Mon 07:59'),
    // A print that is done is worth a day behind its release.
    expectDelivery('MK3: print done').at('phone').between('Mon 08:00', 'Mon 08:01'),
  ))

  test('with a break at noon hold twice a day', () => timeline({ ...QUIET, timeslots: { awake: [...everyDay('08:00', '11:59'), ...everyDay('13:00', '16:59')] } },
    at('12:05', mk3.starts()),
    at('12:30', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('13:00', '13:01'),
    at('16:30', mk3.starts()),
    at('17:30', mk3.isCancelled()),
    expectDelivery('MK3: print cancelled').at('phone').between('Fri 08:00', 'Fri 08:01'),
  ))

  test('of a shift that passes midnight belong to the day on which it begins', () => timeline({ ...QUIET, timeslots: { awake: [{ days: [5], from: '22:00', to: '05:59' }] } },
    at('Thu 20:00', mk3.starts()),
    at('Thu 23:00', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('Fri 22:00', 'Fri 22:01'),
    at('Sat 01:00', mk3.starts()),
    at('Sat 05:30', mk3.isCancelled()),
    expectDelivery('MK3: print cancelled').at('phone').between('Sat 05:30', 'Sat 05:31'),
  ))
})
