import { describe, test } from 'vitest'
import { printer } from './deeds.ts'
import type { House } from './house.ts'
import { at, expectDecisions, expectDelivery, timeline } from './timeline.ts'

const mk3 = printer('mk3')
const mk4 = printer('mk4')
const ENDS = { id: 'ends', name: 'Ends', match: { events: ['job.done', 'job.failed', 'job.cancelled'] } }
const HOUSE: House = { printers: [{ id: 'mk3', tags: ['Cellar'] }, 'mk4'], destinations: ['phone', 'mail'] }

describe('R48: filters', () => {
  test('by the tag of the printer: the cellar to the phone, the rest to the mail', () => timeline({
    ...HOUSE,
    filters: [ENDS, { id: 'cellar', name: 'Cellar', match: { tags: ['cellar'] } }, { id: 'upstairs', name: 'Upstairs', match: { printers: ['mk4'] } }],
    profiles: [{ id: 'down', filters: ['ends', 'cellar'], to: { phone: 'now' } }, { id: 'up', filters: ['ends', 'upstairs'], to: { mail: 'now' } }],
  },
  at('13:00', mk3.starts()),
  at('13:00', mk4.starts('vase.gcode')),
  at('14:00', mk3.finishes()),
  expectDelivery('MK3: print done').at('phone').between('14:00', '14:01'),
  at('15:00', mk4.finishes()),
  expectDelivery('MK4: print done').at('mail').between('15:00', '15:01'),
  expectDecisions('job.done', 'phone', 'drop: filter:cellar:tags'),
  ))

  test('by severity and by the name of the file, both at once', () => timeline({
    ...HOUSE,
    filters: [{ id: 'orders', name: 'Orders', match: { files: ['order-*.gcode'], minSeverity: 'warning' } }],
    profiles: [{ id: 'work', filters: ['orders'], hears: ['job.done', 'job.cancelled'], to: { phone: 'now' } }],
  },
  at('13:00', mk3.starts('order-17.gcode')),
  at('14:00', mk3.finishes()),
  at('14:10', mk3.starts('toy.gcode')),
  at('14:20', mk3.isCancelled()),
  at('14:30', mk3.starts('Order-18.gcode')),
  at('14:40', mk3.isCancelled()),
  expectDelivery('MK3: print cancelled').at('phone').between('14:40', '14:41'),
  expectDecisions('job.done', 'phone', 'drop: filter:orders:minSeverity'),
  ))

  test('none tells everything, an empty one nothing', () => timeline({
    ...HOUSE,
    filters: [{ id: 'blank', name: 'Blank', match: {} }],
    profiles: [{ id: 'all', to: { phone: 'now' } }, { id: 'none', filters: ['blank'], to: { mail: 'now' } }],
  },
  at('13:00', mk3.starts()),
  expectDelivery('MK3: print started').at('phone').between('13:00', '13:01'),
  at('13:05', mk3.finishes()),
  expectDelivery('MK3: print done').at('phone').between('13:05', '13:06'),
  expectDecisions('job.done', 'mail', 'drop: filter:blank:empty'),
  ))

  test('R49: the fallback fills what a filter leaves open', () => timeline({
    ...HOUSE,
    fallbackFilter: { printers: ['mk3'] },
    filters: [ENDS, { id: 'any', name: 'Any', match: { printers: ['mk3', 'mk4'], events: ['job.done'] } }],
    profiles: [{ id: 'narrow', filters: ['ends'], to: { phone: 'now' } }, { id: 'wide', filters: ['any'], to: { mail: 'now' } }],
  },
  at('13:00', mk3.starts()),
  at('13:00', mk4.starts('vase.gcode')),
  at('14:00', mk3.finishes()),
  expectDelivery('MK3: print done').at('phone').between('14:00', '14:01'),
  expectDelivery('MK3: print done').at('mail').between('14:00', '14:01'),
  at('15:00', mk4.finishes()),
  expectDelivery('MK4: print done').at('mail').between('15:00', '15:01'),
  ))

  test('a printer and a destination without any profile hear what they chose', () => timeline({ ...HOUSE, destinations: ['desk', { id: 'phone', events: ['job.started'] }] },
    at('13:00', mk3.starts()),
    expectDelivery('MK3: print started').at('phone').between('13:00', '13:01'),
    at('13:05', mk3.pauses()),
    expectDelivery('MK3: paused').at('desk').between('13:05', '13:05:06'),
    at('13:08', mk3.resumes()),
    at('13:09', mk3.finishes()),
    expectDelivery('MK3: print done').at('desk').between('13:09', '13:10'),
  ))
})
