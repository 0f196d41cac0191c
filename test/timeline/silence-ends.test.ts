import { describe, test } from 'vitest'
import { destination, laptop, printbell, printer, somebody } from './deeds.ts'
import type { House } from './house.ts'
import { at, expectDelivery, expectNothing, timeline } from './timeline.ts'

const mk3 = printer('mk3')
const mk4 = printer('mk4')
const HOUSE: House = {
  printers: ['mk3', 'mk4'], destinations: ['phone', 'mail'],
  profiles: [{ id: 'all', hears: ['job.failed', 'job.done', 'attention.filament_runout', 'link.lost', 'app.silence_over'], to: { phone: 'now' } }],
}

describe('a maintenance window', () => {
  test('R52: begins at its time, ends at its time, and tells once what is still open then', () => timeline(HOUSE,
    at('13:00', somebody.plans('New nozzles', { printerIds: ['mk3'] }, '14:00', '16:00')),
    at('13:10', mk3.starts()),
    at('13:20', mk3.runsOutOfFilament()),
    expectDelivery('MK3: filament ran out').at('phone').between('13:20', '13:21'),
    at('13:30', mk3.isHelped()),
    at('14:30', mk3.runsOutOfFilament()),
    expectNothing().at('phone').between('14:30', '15:59'),
    expectDelivery('Printbell: a silence is over', 'New nozzles. MK3: filament ran out').at('phone').between('16:00', '16:01'),
    expectNothing().at('phone').between('16:02', '23:00'),
  ))

  test('R52: tells nothing when all is well at its end', () => timeline(HOUSE,
    at('13:00', somebody.plans('New nozzles', { printerIds: ['mk3'] }, 'now', '16:00')),
    at('13:10', mk3.starts()),
    at('14:30', mk3.runsOutOfFilament()),
    at('15:00', mk3.isHelped()),
    at('15:30', mk3.fails()),
    at('15:40', mk3.starts()),
    at('15:50', mk3.finishes()),
    expectNothing().at('phone').between('15:50', '23:00'),
  ))

  test('R52: an empty one silences everything, and tells of each printer what is open', () => timeline(HOUSE,
    at('13:00', somebody.plans('Moving house', {}, 'now', 'somebody ends it')),
    at('13:10', mk3.starts()),
    at('13:10', mk4.starts('vase.gcode')),
    at('14:00', mk4.fails()),
    at('14:30', mk3.runsOutOfFilament()),
    expectNothing().at('phone').between('14:30', '17:59'),
    at('18:00', somebody.endsSilence('Moving house')),
    expectDelivery('Printbell: a silence is over', 'Moving house. MK4: print failed. vase.').at('phone').between('18:00', '18:01'),
    expectDelivery('Printbell: a silence is over', 'Moving house. MK3: filament ran out. lamp.').at('phone').between('18:00', '18:01'),
  ))

  test.each<[string, NonNullable<House['filters']>[number]['match']]>([
    ['printers', { printers: ['mk4', 'mk3'] }], ['tags', { tags: ['cellar'] }], ['kinds of server', { serverKinds: ['fake'] }], ['files', { files: ['vase*', 'lamp*'] }],
  ])('R52: its summaries reach whoever wants %s only, one for each printer', (_what, match) => timeline(
    { ...HOUSE, printers: [{ id: 'mk3', tags: ['cellar'] }, { id: 'mk4', tags: ['cellar'] }], filters: [{ id: 'mine', name: 'Mine', match }], profiles: [{ id: 'some', filters: ['mine'], hears: ['job.failed', 'app.silence_over'], to: { phone: 'now' } }] },
    at('13:00', somebody.plans('Painting', { printerIds: ['mk3', 'mk4'] }, 'now', '16:00')),
    at('13:10', mk3.starts()),
    at('13:10', mk4.starts('vase.gcode')),
    at('14:00', mk4.fails()),
    at('14:00', mk3.fails()),
    expectDelivery('Printbell: a silence is over', 'Painting. MK4: print failed. vase.').at('phone').between('16:00', '16:01'),
    expectDelivery('Printbell: a silence is over', 'Painting. MK3: print failed. lamp.').at('phone').between('16:00', '16:01'),
    expectNothing().at('phone').between('16:02', '23:00'),
  ))

  test('R52: tells it once when Printbell did not run at its end, after the printers have told how they stand', () => timeline(HOUSE,
    at('13:00', somebody.plans('New nozzles', {}, 'now', '16:00')),
    at('13:10', mk3.starts()),
    at('13:10', mk4.starts('vase.gcode')),
    at('14:00', mk4.fails()),
    at('15:00', printbell.isKilled()),
    at('19:00', printbell.starts()),
    expectDelivery('Printbell: a silence is over', 'New nozzles. MK4: print failed').at('phone').between('19:00', '19:02'),
    at('20:00', printbell.isKilled()),
    at('20:10', printbell.starts()),
    expectNothing().at('phone').between('20:10', '23:00'),
  ))

  test('R52: tells it after a sleep over its end', () => timeline(HOUSE,
    at('13:00', somebody.plans('New nozzles', {}, 'now', '16:00')),
    at('13:10', mk4.starts('vase.gcode')),
    at('14:00', mk4.fails()),
    at('15:00', laptop.sleepsUntil('18:00')),
    expectDelivery('Printbell: a silence is over', 'New nozzles. MK4: print failed').at('phone').between('18:00', '18:03'),
  ))

  test('its summary goes by the rules: what another silence still mutes waits for the end of that one', () => timeline(HOUSE,
    at('13:00', somebody.plans('New nozzles', { printerIds: ['mk3', 'mk4'] }, 'now', '16:00')),
    at('13:10', mk3.starts()),
    at('13:10', mk4.starts('vase.gcode')),
    at('14:00', mk3.fails()),
    at('14:00', mk4.fails()),
    at('15:00', somebody.plans('Painting', { printerIds: ['mk4'] }, 'now', '17:00')),
    expectDelivery('Printbell: a silence is over', 'New nozzles. MK3: print failed').at('phone').between('16:00', '16:01'),
    expectDelivery('Printbell: a silence is over', 'Painting. MK4: print failed').at('phone').between('17:00', '17:01'),
  ))

  test('one that takes the place of another at once tells at its own end what the first kept back', () => timeline(HOUSE,
    at('13:00', somebody.plans('Pause', {}, 'now', 'somebody ends it')),
    at('13:10', mk3.starts()),
    at('14:00', mk3.fails()),
    at('15:00', somebody.plans('Longer pause', {}, 'now', '18:00')),
    at('15:00', somebody.endsSilence('Pause')),
    expectNothing().at('phone').between('15:00', '17:59'),
    expectDelivery('Printbell: a silence is over', 'Longer pause. MK3: print failed').at('phone').between('18:00', '18:01'),
  ))

  test('of a server is one of all of its printers, and one by a filter of what that matches', () => timeline({ ...HOUSE, filters: [{ id: 'failures', name: 'Failures', match: { events: ['job.failed'] } }] },
    at('13:00', somebody.plans('Host update', { serverIds: ['mk3-server'] }, 'now', '18:00')),
    at('13:00', somebody.plans('No failures', { filter: 'failures' }, 'now', '18:00')),
    at('13:00', somebody.plans('Files of a test', { filter: { files: ['test*'] } }, 'now', '18:00')),
    at('13:10', mk3.starts()),
    at('13:10', mk4.starts('vase.gcode')),
    at('14:00', mk3.finishes()),
    at('14:10', mk4.finishes()),
    expectDelivery('MK4: print done').at('phone').between('14:10', '14:11'),
    at('15:00', mk4.starts('vase.gcode')),
    at('15:10', mk4.fails()),
    at('15:20', mk4.starts('test 1.gcode')),
    at('15:30', mk4.finishes()),
  ))

  test('one that has not begun is deleted when it is ended, and mutes nothing', () => timeline(HOUSE,
    at('13:00', somebody.plans('New nozzles', {}, '14:00', '16:00')),
    at('13:30', somebody.endsSilence('New nozzles')),
    at('14:10', mk3.starts()),
    at('14:20', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('14:20', '14:21'),
  ))

  test('a link that is still lost is told, and one that is back is not', () => timeline(HOUSE,
    at('13:00', somebody.plans('New switch', {}, 'now', '16:00')),
    at('13:10', mk3.starts()),
    at('13:10', mk4.starts('vase.gcode')),
    at('14:00', mk3.stopsAnswering()),
    at('14:00', mk4.stopsAnswering()),
    at('15:00', mk4.answersAgain()),
    expectDelivery('Printbell: a silence is over', 'New switch. MK3: does not answer').at('phone').between('16:00', '16:01'),
  ))
})

describe('a mute of this print', () => {
  test('R11: ends with its print, and tells nothing when that ended well', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    at('13:10', somebody.silencesThisPrint('mk3')),
    at('13:20', mk3.runsOutOfFilament()),
    at('14:00', mk3.finishes()),
    expectNothing().at('phone').between('14:00', '14:59'),
    at('15:00', mk3.starts()),
    at('15:30', mk3.fails()),
    expectDelivery('MK3: print failed').at('phone').between('15:30', '15:31'),
  ))

  test('R11: tells at its end that the print failed', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    at('13:10', somebody.silencesThisPrint('mk3')),
    at('14:00', mk3.fails()),
    expectDelivery('Printbell: a silence is over', 'MK3: print failed').at('phone').between('14:00', '14:01'),
    expectNothing().at('phone').between('14:02', '23:00'),
  ))

  test('R11: ends with a print that ended while Printbell did not run', () => timeline(HOUSE,
    at('13:00', mk3.starts()),
    at('13:10', somebody.silencesThisPrint('mk3')),
    at('13:20', printbell.isKilled()),
    at('15:00', printbell.starts()),
    at('15:10', mk3.finishes()),
    at('15:20', mk3.starts()),
    at('15:30', mk3.finishes()),
    expectDelivery('MK3: print done').at('phone').between('15:30', '15:31'),
  ))
})

test('a destination that still fails is named at the end', () => timeline({ ...HOUSE, profiles: [{ id: 'all', hears: ['job.done', 'app.delivery_failing', 'app.silence_over'], to: { phone: 'now', mail: 'now' } }] },
  at('12:00', somebody.plans('Mail server', { types: ['app.delivery_failing'] }, 'now', '16:00')),
  at('12:30', destination('mail').isDown()),
  at('13:00', mk3.starts()),
  at('13:10', mk3.finishes()),
  expectDelivery('MK3: print done').at('phone').between('13:10', '13:11'),
  expectDelivery('Printbell: a silence is over', 'Mail server. mail: delivery fails').at('phone').between('16:00', '16:01'),
))
