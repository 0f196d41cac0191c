import { describe, expect, it } from 'vitest'
import { contextOf, LAMP, NOON, someSettings } from '../../../test/support/rule-fixtures.ts'
import type { PrinterNow } from '../channels/channel.ts'
import { initialMemory } from '../events/reduce.ts'
import type { Settings } from '../settings/schema.ts'
import { wouldShowDone } from './shown.ts'

const MK4: PrinterNow = { id: 'mk4', name: 'MK4', serverKind: 'octoprint', state: { ...initialMemory('up').state, job: 'printing', jobRef: LAMP } }
const shown = (over: Partial<Settings>, context: Parameters<typeof contextOf>[1] = {}): boolean => wouldShowDone(MK4, contextOf(someSettings(over), context))

describe('that a print is done would be shown with a picture', () => {
  it.each<[string, Partial<Settings>, boolean]>([
    ['where nobody chose anything', {}, true],
    ['to the one who listens for it', { destinations: someSettings({ destinations: [{ id: 'hook', label: 'Hook', channel: 'webhook', events: ['job.done'] }] }).destinations }, true],
    ['but not where nobody listens for it', { destinations: someSettings({ destinations: [{ id: 'hook', label: 'Hook', channel: 'webhook', events: ['job.failed'] }] }).destinations }, false],
    ['but not by a channel that takes no pictures', { destinations: someSettings({ destinations: [{ id: 'sms', label: 'SMS', channel: 'sms', events: ['job.done'] }] }).destinations }, false],
    ['but not by a destination that is off', { destinations: someSettings({ destinations: [{ id: 'hook', label: 'Hook', channel: 'webhook', enabled: false }] }).destinations }, false],
    ['but not without any destination', { destinations: [] }, false],
  ])('%s', (_name, over, expected) => {
    expect(shown(over)).toBe(expected)
  })

  it('but not while this print is muted', () => {
    const silence = { id: 's', createdAt: NOON, startsAt: NOON, endsAt: null, match: { jobKey: LAMP.key }, reason: '', by: 'cli' }
    expect(shown({}, { silences: [silence] })).toBe(false)
    expect(shown({}, { silences: [{ ...silence, match: { jobKey: 'another' } }] })).toBe(true)
  })
})
