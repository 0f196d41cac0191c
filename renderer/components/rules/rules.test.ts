// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RulesChange, RulesView } from '../../../electron/bridge/views/rules.ts'
import type { SettingsView } from '../../../electron/bridge/views/settings.ts'
import { useRules } from '../../stores/rules.ts'
import { useSettings } from '../../stores/settings.ts'
import { fakeBridge, mounted } from '../forms/mount.support.ts'
import { settingsHandlers } from '../../../test/window/fixtures/settings.ts'
import EscalationPart from './EscalationPart.vue'
import FiltersPick from './FiltersPick.vue'
import QuietHours from './QuietHours.vue'
import RangesEditor from './RangesEditor.vue'
import TargetsEditor from './TargetsEditor.vue'
import WeekCalendar, { type CalendarProfile } from './WeekCalendar.vue'
import { wallTime } from './now.ts'

const ALL = [1, 2, 3, 4, 5, 6, 7]
const DEFAULT: RulesView['profiles'][number] = { id: 'default', name: 'Everything chosen', active: true, timeslot: 'always', outside: 'hold', criticalPasses: true, filters: [], destinations: [{ destination: '*', mode: 'now', presence: 'always' }], byEvents: true }
const RULES: RulesView = { zone: null, timeslots: [], filters: [], fallbackFilter: null, profiles: [DEFAULT] }

let shown: VueWrapper | null = null
let changes: RulesChange[] = []
let view: SettingsView

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: new Date(2026, 10, 24, 14, 54) })
  changes = []
  view = { ...await settingsHandlers('one')['settings.get'](null) as SettingsView, rules: RULES }
  fakeBridge({
    'settings.change': (input) => {
      changes.push((input as { change: RulesChange }).change)
      return { ok: true }
    },
    'settings.get': () => view,
  })
})
afterEach(() => {
  shown?.unmount()
  shown = null
  vi.useRealTimers()
})
const type = async (label: string, text: string): Promise<void> => {
  const input = shown?.findAll('input').find((one) => {
    const named = shown?.find(`label[for="${one.attributes('id') ?? ''}"]`)
    return one.attributes('aria-label') === label || (named?.exists() === true && named.text() === label)
  })
  if (!input) throw new Error(`no field "${label}"`)
  await input.setValue(text)
  await input.trigger('blur')
  await flushPromises()
}

describe('quiet hours', () => {
  async function show(rules: RulesView): Promise<void> {
    shown = mounted(QuietHours, { rules })
    useSettings().view = { ...view, rules }
    await flushPromises()
  }

  it('switched on are told from 7 to 22, with what comes then held and critical events passing', async () => {
    await show(RULES)
    expect(shown?.text()).toContain('Printbell rings at any time.')
    await shown?.find('[role=switch]').trigger('click')
    await flushPromises()
    expect(changes).toEqual([{ what: 'quiet-hours', quiet: { name: 'Outside of quiet hours', ranges: [{ days: ALL, from: '07:00', to: '21:59' }], outside: 'hold', criticalPasses: true } }])
    expect(shown?.text()).toContain('At 07:00 one message tells it, without what is over by then.')
  })

  it('a time that is none stays in its field with cause and cure, and nothing is sent', async () => {
    await show({ ...RULES, timeslots: [{ id: 'quiet-hours', name: 'Q', ranges: [{ days: ALL, from: '07:00', to: '21:59' }] }], profiles: [{ ...DEFAULT, timeslot: 'quiet-hours' }] })
    await type('From', 'ten')
    expect(changes).toEqual([])
    expect(shown?.find('[role=alert]').text()).toBe('Not a time. Write hours and minutes, like 07:30.')
    await type('From', '23:30')
    expect(changes).toMatchObject([{ quiet: { ranges: [{ days: ALL, from: '07:00', to: '23:29' }] } }])
    expect(shown?.find('[role=alert]').exists()).toBe(false)
  })

  it('that were changed by hand are left as they are', async () => {
    const ranges = [{ days: ALL, from: '08:00', to: '11:59' }, { days: ALL, from: '13:00', to: '17:59' }]
    await show({ ...RULES, timeslots: [{ id: 'quiet-hours', name: 'Q', ranges }], profiles: [{ ...DEFAULT, timeslot: 'quiet-hours' }] })
    expect(shown?.text()).toContain('Their times were changed by hand.')
    await shown?.findAll('[role=switch]')[1]?.trigger('click')
    await flushPromises()
    expect(changes).toEqual([{ what: 'quiet-hours', quiet: { name: 'Outside of quiet hours', ranges, outside: 'hold', criticalPasses: false } }])
  })
})

describe('a timeslot\'s times', () => {
  it('are saved with the last minute that is covered, and each says what is wrong with it', async () => {
    const saved: unknown[] = []
    shown = mounted(RangesEditor, { ranges: [{ days: [1, 2], from: '08:00', to: '17:59' }], save: async (ranges: unknown) => (saved.push(ranges), { ok: true }) })
    await type('Time 1: to', '8:00')
    expect(saved).toEqual([])
    expect(shown.find('[role=alert]').text()).toBe('Begins and ends at the same time. Write another end, or choose the whole day.')
    await type('Time 1: to', '24:00')
    expect(saved).toEqual([[{ days: [1, 2], from: '08:00', to: '23:59' }]])
    for (const day of ['Monday', 'Tuesday']) await shown.find(`[title="${day}"]`).trigger('click')
    await flushPromises()
    expect(shown.find('[role=alert]').text()).toBe('No day is chosen. Choose at least one.')
  })
})

describe('where a profile goes to', () => {
  const phone = { id: 'phone', label: 'Phone', channel: 'ntfy' }

  it('a digest has times, and none that is none', async () => {
    const saved: unknown[] = []
    shown = mounted(TargetsEditor, { targets: [{ destination: 'phone', mode: 'now', presence: 'always' }], destinations: [phone], save: async (targets: unknown) => (saved.push(targets), { ok: true }) })
    await shown.find('select.mode').setValue('digest')
    await flushPromises()
    expect(saved.at(-1)).toEqual([{ destination: 'phone', mode: 'digest', presence: 'always', digest: { at: ['08:00'], days: ALL } }])
    await type('Phone: times of the digest', '18:30, 7.15')
    expect(saved.at(-1)).toMatchObject([{ digest: { at: ['07:15', '18:30'] } }])
    await type('Phone: times of the digest', 'morning')
    expect(saved).toHaveLength(2)
    expect(shown.find('[role=alert]').text()).toBe('Not a time. Write hours and minutes, like 07:30.')
  })
})

describe('escalation', () => {
  const two = [{ id: 'phone', label: 'Phone' }, { id: 'family', label: 'Family' }]

  it('begins with a destination that the profile does not reach, and never goes to nobody', async () => {
    const saved: unknown[] = []
    const save = async (patch: unknown): Promise<{ ok: true }> => (saved.push(patch), { ok: true })
    const profile = { ...DEFAULT, destinations: [{ destination: 'phone', mode: 'now' as const, presence: 'always' as const }] }
    shown = mounted(EscalationPart, { profile, destinations: two, save })
    await shown.find('[role=switch]').trigger('click')
    await flushPromises()
    expect(saved).toEqual([{ escalate: { afterMinutes: 10, times: 1, to: ['family'] } }])
    await shown.setProps({ profile: { ...profile, escalate: { afterMinutes: 10, times: 1, to: ['family'] } } })
    await shown.find('[role=checkbox][aria-label=Family]').trigger('click')
    await flushPromises()
    expect(shown.find('[role=alert]').text()).toBe('Goes to nobody. Choose at least one destination, or switch it off.')
    expect(saved).toHaveLength(1)
    await shown.find('[role=checkbox][aria-label=Phone]').trigger('click')
    await flushPromises()
    expect(saved.at(-1)).toEqual({ escalate: { to: ['phone'] } })
  })
})

describe('filters of a profile', () => {
  const filters = [{ id: 'a', name: 'A', match: { minSeverity: 'error' as const } }, { id: 'b', name: 'B', match: {} }]
  const words = (chosen: string[], byEvents = false): string => {
    shown = mounted(FiltersPick, { profile: { ...DEFAULT, byEvents, filters: chosen }, rules: { ...RULES, filters }, save: async () => ({ ok: true }) })
    const said = shown.findAll('p').map((one) => one.text()).join(' ')
    shown.unmount()
    shown = null
    return said
  }

  it('say in words what none, one, several and an empty one mean', () => {
    expect(words([])).toBe('No filter: everything.')
    expect(words([], true)).toBe('No filter: all of it.')
    expect(words(['a'])).toBe('Only what this filter matches.')
    expect(words(['a', 'b'])).toBe('Only what all of these match (AND). “B” says nothing yet, and an empty filter matches nothing: this profile tells nothing.')
  })
})

describe('taking back', () => {
  it('is offered for 8 s, and only as long as nothing else changed', async () => {
    shown = mounted(FiltersPick, { profile: DEFAULT, rules: RULES, save: async () => ({ ok: true }) })
    const store = useRules()
    useSettings().view = view
    const after = { ...RULES, zone: 'Europe/Oslo' }
    view = { ...view, rules: after }
    await store.change({ what: 'general', patch: { zone: 'Europe/Oslo' } }, 'Rules: changed')
    expect(store.last?.text).toBe('Rules: changed')
    await store.undo()
    expect(changes.at(-1)).toEqual({ what: 'restore', rules: RULES })
    useSettings().view = { ...view, rules: RULES }
    await store.change({ what: 'general', patch: { zone: 'Europe/Oslo' } }, 'Rules: changed')
    useSettings().view = { ...view, rules: { ...after, zone: 'Europe/Rome' } }
    await flushPromises()
    expect(store.last).toBeNull()
  })
})

describe('the week', () => {
  const night = [{ days: ALL, from: '22:00', to: '06:59' }]
  const one = (id: string, ranges: CalendarProfile['ranges']): CalendarProfile => ({ id, name: id, colour: 1, what: 'Everything, to Phone', ranges, faint: false })

  it('says of each block who hears what when; those with the same times share theirs, and pressing goes through them', async () => {
    shown = mounted(WeekCalendar, { profiles: [one('Night', night), one('Club', night), one('Rest', null)], chosen: null, today: { day: 2, minute: 894 } })
    expect(shown.findAll('.block').map((block) => block.attributes('title'))).toEqual(['Night and 1 more: every day, 00:00 to 07:00. Everything, to Phone', 'Night and 1 more: every day, 22:00 to 24:00. Everything, to Phone'])
    expect(shown.find('.whole').text()).toBe('All the timeRest')
    await shown.find('.block').trigger('click')
    await shown.setProps({ chosen: 'Night' })
    await shown.find('.block').trigger('click')
    expect(shown.emitted('choose')).toEqual([['Night'], ['Club']])
  })

  it('has no grid where nothing has times of its own', () => {
    shown = mounted(WeekCalendar, { profiles: [one('Rest', null)], chosen: null, today: { day: 2, minute: 894 } })
    expect(shown.findAll('.block')).toHaveLength(0)
    expect(shown.text()).toContain('it is the same all week')
  })
})

describe('the clock on the wall', () => {
  it.each([['Europe/Berlin', 4, 30], ['America/New_York', 3, 18 * 60 + 30]])('in %s', (zone, day, minute) => {
    // Wednesday evening in New York, Thursday in Berlin.
    expect(wallTime(Date.UTC(2026, 10, 25, 23, 30), zone)).toEqual({ day, minute })
  })
})
