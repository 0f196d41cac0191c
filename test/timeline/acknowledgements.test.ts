import { describe, test } from 'vitest'
import { laptop, printbell, printer, somebody } from './deeds.ts'
import { everyDay, type House } from './house.ts'
import { at, expectDecisions, expectDelivery, expectNothing, timeline } from './timeline.ts'

const mk3 = printer('mk3')
const STILL = 'MK3: still needs you'
const HOUSE: House = { printers: ['mk3'], destinations: ['phone'], thresholds: { reminderTimes: 0, linkStale: 1_200 } }
const LOUD: House = { ...HOUSE, profiles: [{ id: 'all', hears: ['attention.*', 'job.failed', 'device.*', 'link.lost'], to: { phone: 'now' } }] }
const asks = at('14:00', mk3.needsAnswer('Change the plate?'))
const heard = expectDelivery('MK3: needs an answer').at('phone').between('14:00', '14:01')

describe('R53: an acknowledgement for a while', () => {
  test('tells what is still open again when it is over, once', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    asks, heard,
    at('14:05', somebody.acknowledgesUntil('mk3', '15:05')),
    expectNothing().at('phone').between('14:05', '15:04:59'),
    expectDelivery(STILL, 'Change the plate?').at('phone').between('15:05', '15:05:01'),
    expectNothing().at('phone').between('15:06', '20:00'),
  ))

  test('says nothing when it is over and the printer was helped', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    asks, heard,
    at('14:05', somebody.acknowledgesUntil('mk3', '15:05')),
    at('14:50', mk3.isHelped()),
    expectDelivery('MK3: needs you no more').at('phone').between('14:50', '14:51'),
    expectNothing().at('phone').between('14:52', '20:00'),
  ))

  test('of one question says nothing of the next', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    asks, heard,
    at('14:05', somebody.acknowledgesUntil('mk3', '15:05')),
    at('14:50', mk3.isHelped()),
    expectDelivery('MK3: needs you no more').at('phone').between('14:50', '14:51'),
    at('15:00', mk3.needsAnswer('Again?')),
    expectDelivery('MK3: needs an answer', 'Again?').at('phone').between('15:00', '15:01'),
    expectNothing().at('phone').between('15:02', '20:00'),
  ))

  test('can be given again, and then tells once more when that is over', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    asks, heard,
    at('14:05', somebody.acknowledgesUntil('mk3', '15:05')),
    expectDelivery(STILL).at('phone').between('15:05', '15:06'),
    at('15:10', somebody.acknowledgesUntil('mk3', '16:10')),
    expectDelivery(STILL).at('phone').between('16:10', '16:11'),
    at('16:20', somebody.acknowledges('mk3')),
    expectNothing().at('phone').between('16:20', '23:00'),
  ))

  test('of a print that stands tells that it still does', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    at('14:05', somebody.acknowledgesOnTheCardUntil('mk3', '15:05')),
    expectNothing().at('phone').between('14:05', '15:04:59'),
    expectDelivery(STILL, 'Nothing moves').at('phone').between('15:05', '15:05:01'),
    expectNothing().at('phone').between('15:06', '20:00'),
  ))

  test('that was made longer tells at the later time', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    asks, heard,
    at('14:05', somebody.acknowledgesUntil('mk3', '15:05')),
    at('14:30', somebody.acknowledgesOnTheCardUntil('mk3', '18:00')),
    expectNothing().at('phone').between('14:30', '17:59:59'),
    expectDelivery(STILL).at('phone').between('18:00', '18:01'),
  ))

  test('survives a restart over its end', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    asks, heard,
    at('14:05', somebody.acknowledgesUntil('mk3', '15:05')),
    at('14:30', printbell.isKilled()),
    at('16:00', printbell.starts()),
    expectDelivery(STILL, 'Change the plate?').at('phone').between('16:00', '16:01'),
    expectNothing().at('phone').between('16:02', '20:00'),
  ))

  test('survives a restart before its end', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    asks, heard,
    at('14:05', somebody.acknowledgesUntil('mk3', '15:05')),
    at('14:30', printbell.isKilled()),
    at('14:40', printbell.starts()),
    expectNothing().at('phone').between('14:40', '15:04:59'),
    expectDelivery(STILL).at('phone').between('15:05', '15:06'),
    at('15:30', printbell.isKilled()),
    at('15:40', printbell.starts()),
    expectNothing().at('phone').between('15:41', '20:00'),
  ))

  test('survives a sleep over its end', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    asks, heard,
    at('14:05', somebody.acknowledgesUntil('mk3', '15:05')),
    at('14:30', laptop.sleepsUntil('17:00')),
    expectDelivery(STILL).at('phone').between('17:00', '17:01'),
    expectNothing().at('phone').between('17:02', '20:00'),
  ))

  test('waits until the printer can be seen, and then tells what is still so', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    asks, heard,
    at('14:05', somebody.acknowledgesUntil('mk3', '15:05')),
    at('15:00', mk3.stopsAnswering()),
    expectNothing().at('phone').between('15:00', '15:59'),
    at('16:00', mk3.answersAgain()),
    expectDelivery(STILL).at('phone').between('16:00', '16:01'),
  ))

  test('of a printer in error tells while it is', () => timeline(LOUD,
    at('13:00', mk3.breaksDown('MINTEMP triggered')),
    expectDelivery('MK3: printer error', 'MINTEMP triggered').at('phone').between('13:00', '13:01'),
    at('13:10', somebody.acknowledgesUntil('mk3', '14:10')),
    expectDelivery(STILL, 'Printer error: MINTEMP triggered').at('phone').between('14:10', '14:11'),
    at('14:20', somebody.acknowledgesUntil('mk3', '15:20')),
    at('15:00', mk3.worksAgain()),
    expectDelivery('MK3: ready').at('phone').between('15:00', '15:01'),
    expectNothing().at('phone').between('15:02', '20:00'),
  ))

  test('of a lost link tells while it is lost', () => timeline(LOUD,
    at('13:00', mk3.starts()),
    at('14:00', mk3.stopsAnswering()),
    expectDelivery('MK3: does not answer').at('phone').between('14:01', '14:02'),
    at('14:10', somebody.acknowledgesUntil('mk3', '15:10')),
    expectDelivery(STILL, 'Does not answer').at('phone').between('15:10', '15:11'),
    expectNothing().at('phone').between('15:12', '20:00'),
  ))

  test('of a failed print tells as long as nobody looked', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    at('14:00', mk3.fails('Thermistor broken')),
    expectDelivery('MK3: print failed').at('phone').between('14:00', '14:01'),
    at('14:05', somebody.acknowledgesUntil('mk3', '15:05')),
    expectDelivery(STILL, 'Print failed: Thermistor broken').at('phone').between('15:05', '15:06'),
    at('15:10', somebody.acknowledgesUntil('mk3', '16:10')),
    at('15:30', somebody.looksAt('mk3')),
    expectNothing().at('phone').between('15:30', '20:00'),
  ))

  test('of a failed print says nothing once the next one runs', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    at('14:00', mk3.fails()),
    expectDelivery('MK3: print failed').at('phone').between('14:00', '14:01'),
    at('14:05', somebody.acknowledgesUntil('mk3', '15:05')),
    at('14:30', mk3.starts('vase.gcode')),
    expectNothing().at('phone').between('14:30', '20:00'),
  ))
})

describe('R53: when an acknowledgement is over', () => {
  const CREW: House = { ...HOUSE, destinations: ['phone', 'boss'], profiles: [{ id: 'crew', hears: ['attention.user_input', 'attention.reminder'], to: { phone: 'now' }, escalate: { afterMinutes: 30, to: ['boss'], times: 2 } }] }

  test('what was to follow before does not come back, and the one new message may escalate anew', () => timeline(CREW,
    at('13:00', mk3.starts()),
    asks, heard,
    at('14:05', somebody.acknowledgesUntil('mk3', '14:15')),
    expectDelivery(STILL).at('phone').between('14:15', '14:16'),
    expectNothing().at('boss').between('14:16', '14:44'),
    expectDelivery(STILL).at('boss').between('14:45', '14:46'),
    expectDelivery(STILL).at('boss').between('15:15', '15:16'),
    expectNothing().at('boss').between('15:17', '20:00'),
    expectDecisions('attention.user_input', 'boss', 'drop: not_subscribed', 'hold: escalation:1', 'hold: escalation:2', 'drop: acknowledged', 'drop: acknowledged'),
  ))

  test('the reminders of before do not come back', () => timeline({ ...HOUSE, thresholds: { reminderEvery: 1_800, reminderTimes: 3, linkStale: 1_200 } },
    at('13:00', mk3.starts()),
    asks, heard,
    at('14:05', somebody.acknowledgesUntil('mk3', '14:15')),
    expectDelivery(STILL).at('phone').between('14:15', '14:16'),
    expectNothing().at('phone').between('14:17', '20:00'),
  ))

  test('at night it waits for the morning like everything', () => timeline({ ...HOUSE, timeslots: { awake: everyDay('07:00', '21:59') }, profiles: [{ id: 'day', hears: ['attention.*'], to: { phone: 'now' }, timeslot: 'awake' }] },
    at('13:00', mk3.starts()),
    at('20:00', mk3.needsAnswer('Change the plate?')),
    expectDelivery('MK3: needs an answer').at('phone').between('20:00', '20:01'),
    at('20:05', somebody.acknowledgesUntil('mk3', '23:00')),
    expectNothing().at('phone').between('20:05', 'Fri 06:59:59'),
    expectDelivery(STILL).at('phone').between('Fri 07:00', 'Fri 07:01'),
  ))

  test('what waited for the morning meanwhile is not told twice', () => timeline({ ...HOUSE, timeslots: { awake: everyDay('07:00', '21:59') }, profiles: [{ id: 'day', hears: ['attention.*'], to: { phone: 'now' }, timeslot: 'awake' }] },
    at('13:00', mk3.starts()),
    at('23:00', mk3.needsAnswer('Change the plate?')),
    at('23:10', somebody.acknowledgesUntil('mk3', 'Fri 00:10')),
    expectNothing().at('phone').between('23:10', 'Fri 06:59:59'),
    expectDelivery(STILL).at('phone').between('Fri 07:00', 'Fri 07:01'),
    expectDecisions('attention.user_input', 'phone', 'hold: timeslot_closed', 'drop: acknowledged'),
  ))

  test('a filter for what nobody acknowledged passes it again', () => timeline({ ...HOUSE, filters: [{ id: 'open', name: 'Open', match: { acknowledged: false } }], profiles: [{ id: 'open-only', hears: ['attention.*'], filters: ['open'], to: { phone: 'now' } }] },
    at('13:00', mk3.starts()),
    asks, heard,
    at('14:05', somebody.acknowledgesUntil('mk3', '15:05')),
    expectDelivery(STILL).at('phone').between('15:05', '15:06'),
  ))
})

describe('R65: a note with an acknowledgement', () => {
  const TWO: House = { ...HOUSE, destinations: ['phone', 'boss', 'desk'], profiles: [{ id: 'all', hears: ['attention.user_input', 'command.acknowledged'], to: { '*': 'now' } }] }
  const toAll = (title: string, from: string, to: string) => ['phone', 'boss', 'desk'].map((destination) => expectDelivery(title).at(destination).between(from, to))
  const begin = [at('13:00', mk3.starts()), asks, ...toAll('MK3: needs an answer', '14:00', '14:01')]

  test('from a phone is told to all others', () => timeline(TWO, ...begin,
    at('14:05', somebody.acknowledgesWithNote('mk3', 'I am on my way', { at: 'phone' })),
    expectDelivery('MK3: acknowledged', 'Needs an answer: I am on my way.').at('boss').between('14:05', '14:06'),
    expectDelivery('MK3: acknowledged', 'I am on my way').at('desk').between('14:05', '14:06'),
    expectNothing().at('phone').between('14:05', '20:00'),
    expectDecisions('command.acknowledged', 'phone', 'drop: own_action'),
  ))

  test('from the window is not told at this desk', () => timeline(TWO, ...begin,
    at('14:05', somebody.acknowledgesWithNote('mk3', 'I am on my way')),
    expectDelivery('MK3: acknowledged').at('boss').between('14:05', '14:06'),
    expectDelivery('MK3: acknowledged').at('phone').between('14:05', '14:06'),
    expectNothing().at('desk').between('14:05', '20:00'),
  ))

  test('reaches a phone that nobody ever set up for it', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    asks, heard,
    at('14:05', somebody.acknowledgesWithNote('mk3', 'I am on my way')),
    expectDelivery('MK3: acknowledged', 'I am on my way').at('phone').between('14:05', '14:06'),
  ))

  test('is told where it was pressed too by "notify me too"', () => timeline({ ...TWO, notifyMyself: true }, ...begin,
    at('14:05', somebody.acknowledgesWithNote('mk3', 'I am on my way', { at: 'phone' })),
    ...toAll('MK3: acknowledged', '14:05', '14:06'),
  ))

  test('that nobody is to be told of is in the history all the same', () => timeline(TWO, ...begin,
    at('14:05', somebody.acknowledgesWithNote('mk3', 'Lost my key', { at: 'phone', quiet: true })),
    expectNothing().at('boss').between('14:05', '20:00'),
    expectDecisions('command.acknowledged', 'boss', 'drop: told_nobody'),
    expectDecisions('command.acknowledged', 'phone', 'drop: told_nobody'),
  ))

  test('is told to nobody where there is none, and is in the history', () => timeline(TWO, ...begin,
    at('14:05', somebody.acknowledges('mk3')),
    expectNothing().at('boss').between('14:05', '20:00'),
    expectDecisions('command.acknowledged', 'boss', 'drop: own_action'),
  ))
})

describe('R70: a message to all, or to chosen destinations', () => {
  test('goes where it is meant to go, whatever is subscribed to, at any hour', () => timeline({ ...HOUSE, destinations: ['phone', 'boss'], timeslots: { awake: everyDay('07:00', '21:59') }, profiles: [{ id: 'day', hears: ['job.failed'], to: { phone: 'now' }, timeslot: 'awake' }] },
    at('23:00', somebody.tells('The workshop closes at six', ['boss'])),
    expectDelivery('Printbell: message', 'The workshop closes at six').at('boss').between('23:00', '23:01'),
    at('23:30', somebody.tells('Good night')),
    expectDelivery('Printbell: message', 'Good night').at('boss').between('23:30', '23:31'),
    expectDelivery('Printbell: message', 'Good night').at('phone').between('23:30', '23:31'),
  ))
})
