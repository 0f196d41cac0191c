// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PreviewView } from '../../../electron/bridge/views/reports.ts'
import type { RulesChange, RulesView } from '../../../electron/bridge/views/rules.ts'
import type { SettingsView } from '../../../electron/bridge/views/settings.ts'
import { changedRules, refusedRules } from '../../../test/window/fixtures/rules.ts'
import { settingsHandlers } from '../../../test/window/fixtures/settings.ts'
import { useSettings } from '../../stores/settings.ts'
import { asked, open, press, settled } from '../printers/window.support.ts'
import PreviewedEditor from './PreviewedEditor.vue'

const AT = new Date(2026, 10, 24, 14, 54).getTime()
const PREVIEW: PreviewView = {
  since: AT - 7 * 86_400_000, until: AT, events: 25, more: false, total: { deliver: 3, hold: 17, digest: 0, drop: 5 }, destinations: [],
  reasons: [{ decision: 'deliver', text: 'Goes to “Phone”', events: 3 }, { decision: 'hold', text: 'The timeslot is closed', events: 17 }, { decision: 'drop', text: 'The filter “Critical” is for more severe events', events: 5 }],
  rows: [
    { eventId: 'E3', at: AT - 60_000, type: 'job.failed', severity: 'critical', printerName: 'MK4', title: 'Print failed', decision: 'deliver', text: 'Goes to “Phone”', more: 2 },
    { eventId: 'E2', at: AT - 120_000, type: 'job.done', severity: 'success', printerName: 'MK4', title: 'Print done', decision: 'hold', text: 'The timeslot is closed', more: 0 },
    { eventId: 'E1', at: AT - 180_000, type: 'app.update_available', severity: 'info', printerName: '', title: 'Update available', decision: 'drop', text: 'The filter “Critical” is for more severe events', more: 0 },
  ],
  assumes: ['silences', 'later'],
}

let view: SettingsView
let answers: (() => unknown)[] = []
let close = (): void => undefined

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: AT })
  view = await settingsHandlers('four')['settings.get'](null) as SettingsView
  answers = []
})
afterEach(() => {
  close()
  vi.useRealTimers()
})

function tried(changes: readonly RulesChange[]): { ok: true; rules: RulesView } | { ok: false; problems: ReturnType<typeof refusedRules> } {
  let now = view
  for (const change of changes) {
    const problems = refusedRules(now, change)
    if (problems.length > 0) return { ok: false, problems }
    now = { ...now, rules: changedRules(now, change) }
  }
  return { ok: true, rules: now.rules }
}

async function show(id = 'night'): Promise<void> {
  const props = { profile: view.rules.profiles.find((one) => one.id === id), rules: view.rules, destinations: view.destinations, colour: 1, view }
  const shown = open(PreviewedEditor, props, {
    'rules.preview': () => (answers.shift()?.() ?? { result: 'ready', preview: PREVIEW }) as never,
    'rules.try': (input) => tried((input as { changes: RulesChange[] }).changes) as never,
    'settings.change': (input) => {
      view = { ...view, rules: changedRules(view, (input as { change: RulesChange }).change) }
      void shown.view.setProps({ rules: view.rules, profile: view.rules.profiles.find((one) => one.id === id), view })
      return { ok: true }
    },
    'settings.get': () => view,
  })
  useSettings().view = view
  close = () => {
    shown.view.unmount()
    close = () => undefined
  }
  await rest()
}
async function rest(ms = 0): Promise<void> {
  for (let round = 0; round < 6; round++) await settled()
  if (ms > 0) {
    await vi.advanceTimersByTimeAsync(ms)
    for (let round = 0; round < 6; round++) await settled()
  }
}
const text = (selector: string): string => (document.querySelector(selector)?.textContent ?? '').replace(/\s+/g, ' ').trim()
const all = (selector: string): string[] => [...document.querySelectorAll(selector)].map((one) => (one.textContent ?? '').replace(/\s+/g, ' ').trim())
const questions = (): unknown[] => asked.filter(({ name }) => name === 'rules.preview').map(({ input }) => input)
const of = (name: string): unknown[] => asked.filter((one) => one.name === name).map(({ input }) => input)

describe('a preview beside the editor', () => {
  it('R50: counts what would have been told in the last 7 days, and what not', async () => {
    await show()
    expect(questions()).toEqual([{ profileId: 'night', days: 7, changes: [] }])
    expect(text('.preview p')).toBe('3 would have been told, 17 held, 5 not told')
    expect(document.querySelector('.listed')).toBeNull()
  })

  it('R50: lists the events with their verdict and reason, by verdict on a press', async () => {
    await show()
    await press('Show')
    expect(all('.listed .chip')).toEqual(['All 25', 'Told 3', 'Held 17', 'Not told 5'])
    expect(all('.event .title')).toEqual(['Print failed', 'Print done', 'Update available'])
    expect(all('.event')[0]).toContain('Goes to “Phone”, and 2 more')
    await press('Held 17')
    expect(all('.event .title')).toEqual(['Print done'])
    expect(all('.reasons li')).toEqual(['17The timeslot is closed'])
    expect(document.querySelector('.chip[aria-pressed=true]')?.textContent).toContain('Held')
    expect(text('.listed')).toContain('Older ones are counted only.')
  })

  it('says what it takes for granted', async () => {
    await show()
    await press('Show')
    expect(text('.preview')).toContain('Taken for granted: Silences of then are left out. What is held or gathered may be left out when its time comes, because it is over by then.')
  })

  it('tells presence at once, because it changes the numbers', async () => {
    answers = [() => ({ result: 'ready', preview: { ...PREVIEW, assumes: ['silences', 'presence'] } })]
    await show()
    expect(text('.preview')).toContain('Whether somebody sat here then is not kept, so what asks for it counts as told.')
  })

  it('of days in which nothing happened says so', async () => {
    answers = [() => ({ result: 'ready', preview: { ...PREVIEW, events: 0, total: { deliver: 0, hold: 0, digest: 0, drop: 0 }, reasons: [], rows: [] } })]
    await show()
    expect(text('.preview p')).toContain('Nothing happened in these days')
    expect(all('.preview button')).toEqual([])
  })

  it('that can not be made says why, and is tried again', async () => {
    answers = [() => ({ result: 'failed', why: 'The history is damaged.' })]
    await show()
    expect(text('.preview [role=alert]')).toContain('It could not be judged. The history is damaged.')
    await press('Retry')
    await rest()
    expect(text('.preview p')).toBe('3 would have been told, 17 held, 5 not told')
  })

  it('is asked anew once for changes in a row, and the answer to an older question is not shown', async () => {
    let late: (told: unknown) => void = () => undefined
    answers = [() => new Promise((resolve) => { late = resolve }), () => ({ result: 'ready', preview: { ...PREVIEW, total: { deliver: 9, hold: 0, digest: 0, drop: 16 } } })]
    await show()
    expect(text('.preview [role=status]')).toBe('Judging…')
    await press('Do not use Critical')
    await rest()
    await press('Do not use Needs me')
    await rest(349)
    expect(questions()).toHaveLength(1)
    await rest(1)
    expect(questions()).toHaveLength(2)
    expect(text('.preview p')).toBe('9 would have been told, 16 not told')
    late({ result: 'ready', preview: PREVIEW })
    await rest()
    expect(text('.preview p')).toBe('9 would have been told, 16 not told')
  })

  it('is given up when nobody looks any more', async () => {
    answers = [() => new Promise(() => undefined)]
    await show()
    close()
    await rest()
    expect(asked.at(-1)?.name).toBe('rules.cancel-preview')
  })
})

describe('changes that are tried before they are saved', () => {
  const toggle = () => press('Try before saving')
  const edits = (patch: Record<string, unknown>) => [{ what: 'edit', list: 'profiles', id: 'night', patch }]

  it('R50: are judged and shown, and written nowhere', async () => {
    await show()
    await toggle()
    expect(text('.bar')).toContain('Nothing is changed yet.')
    await press('Do not use Critical')
    await rest(350)
    expect(of('settings.change')).toEqual([])
    expect(questions().at(-1)).toEqual({ profileId: 'night', days: 7, changes: edits({ filters: ['needs-me'] }) })
    expect(all('.editor .chips .chip a')).toEqual(['Needs me'])
    expect(text('.bar')).toContain('1 change tried, not saved')
    expect(all('.mark')).not.toContain('Saved')
  })

  it('are saved in one, which can be taken back', async () => {
    await show()
    await toggle()
    await press('Do not use Critical')
    await rest()
    await press('Active')
    await rest()
    await press('Save')
    await rest()
    expect(of('settings.change')).toMatchObject([{ what: 'rules', change: { what: 'restore', rules: { profiles: [{ id: 'default' }, { id: 'evening' }, { id: 'night', active: false, filters: ['needs-me'] }, { id: 'weekend' }, { id: 'rested' }] } } }])
    expect(document.querySelector('.bar')).toBeNull()
  })

  it('that are discarded leave everything as it was', async () => {
    await show()
    await toggle()
    await press('Do not use Critical')
    await rest()
    await press('Discard')
    await rest()
    expect(of('settings.change')).toEqual([])
    expect(all('.editor .chips .chip a')).toEqual(['Critical', 'Needs me'])
    await rest(350)
    expect(questions().at(-1)).toEqual({ profileId: 'night', days: 7, changes: [] })
  })

  it('that are refused say so at their field, and are not tried', async () => {
    await show()
    await toggle()
    const name = document.querySelector<HTMLInputElement>('.editor input')
    if (!name) throw new Error('no name')
    name.value = 'weekend'
    name.dispatchEvent(new Event('input', { bubbles: true }))
    name.dispatchEvent(new Event('blur', { bubbles: true }))
    await rest(600)
    expect(text('.editor [role=alert]')).toContain('in use already')
    expect(text('.bar')).toContain('Nothing is changed yet.')
  })

  it('of a timeslot are made on it, and a new one belongs to the trial', async () => {
    await show()
    await toggle()
    await press('New timeslot')
    await rest(350)
    expect(of('settings.change')).toEqual([])
    expect(questions().at(-1)).toMatchObject({ changes: [{ what: 'add', list: 'timeslots', name: 'Night' }, { what: 'edit', list: 'profiles', id: 'night', patch: { timeslot: 'night-2' } }] })
  })
})
