import { describe, expect, it } from 'vitest'
import { ackEnd, pauseEnd, trayMenu, type MenuEntry } from './menu.ts'
import { cardOf, statusOf } from './test-support.ts'
import type { Now } from './words.ts'

const at: Now = { now: Date.UTC(2026, 0, 15, 12), timeZone: 'UTC' }
const N = '\u202f'
const CAN = { pause: false, resume: false, cancel: false, answer: false, snapshot: false, acknowledge: false }
const LINE: MenuEntry = { kind: 'separator' }
const PAUSE: MenuEntry = { kind: 'submenu', label: 'Pause notifications', entries: [
  { kind: 'choice', label: `For 1${N}h`, action: { do: 'pause-notifications', span: 'hour' } },
  { kind: 'choice', label: 'Until tomorrow', action: { do: 'pause-notifications', span: 'tomorrow' } },
  { kind: 'choice', label: 'Until I say', action: { do: 'pause-notifications', span: 'lifted' } },
] }
const END: MenuEntry[] = [
  LINE,
  { kind: 'choice', label: 'Open Printbell', action: { do: 'open', path: null } },
  { kind: 'choice', label: 'Settings', action: { do: 'open', path: '/settings' } },
  LINE,
  { kind: 'choice', label: 'Quit Printbell', action: { do: 'quit' } },
]

describe('the menu', () => {
  it('of a first start offers to add a printer', () => {
    expect(trayMenu(statusOf([]), [], at)).toEqual([
      { kind: 'text', label: 'No printers yet' }, { kind: 'choice', label: 'Add a printer…', action: { do: 'open', path: '/printers/add' } }, LINE, PAUSE, ...END,
    ])
  })

  it('offers to restart once a newer version is ready, and to stay while it waits', () => {
    const release = { version: '1.2.3', releasedAt: null, notes: '' }
    const end = (update: Parameters<typeof trayMenu>[3]): MenuEntry[] => trayMenu(statusOf([]), [], at, update).slice(8)
    expect(end({ what: 'ready', release })).toEqual([{ kind: 'choice', label: 'Restart to update to 1.2.3', action: { do: 'install-update' } }, { kind: 'choice', label: 'Quit Printbell', action: { do: 'quit' } }])
    expect(end({ what: 'waiting', release, waitsFor: ['MK4 needs you.'] }).slice(0, 2)).toEqual([
      { kind: 'text', label: 'Restarts for 1.2.3 as soon as nothing needs you' }, { kind: 'choice', label: 'Don’t restart for the update', action: { do: 'cancel-update' } },
    ])
    for (const what of ['available', 'installing'] as const) expect(end({ what, release })).toEqual([{ kind: 'choice', label: 'Quit Printbell', action: { do: 'quit' } }])
  })

  it('of a printing printer offers everything that it can', () => {
    const card = cardOf({ id: 'left one', state: 'printing', job: 'printing', progress: 0.62, eta: Date.UTC(2026, 0, 15, 16, 42), file: 'sub/lamp-vase.gcode', jobKey: 'J1', can: { ...CAN, pause: true, snapshot: true, cancel: true }, hasWebPage: true })
    expect(trayMenu(statusOf([card]), [card], at)[0]).toEqual({ kind: 'submenu', label: `MK4: printing 62${N}%, ends 16:42`, mark: 'printing', entries: [
      { kind: 'text', label: 'sub/lamp-vase' }, LINE,
      { kind: 'choice', label: 'Open', action: { do: 'open', path: '/printers/left%20one' } },
      { kind: 'choice', label: 'Pause print', action: { do: 'pause-print', printerId: 'left one', jobKey: 'J1' } },
      { kind: 'choice', label: 'Take a picture', action: { do: 'take-picture', printerId: 'left one' } },
      LINE,
      { kind: 'choice', label: `Mute for 1${N}h`, action: { do: 'mute', printerId: 'left one', seconds: 3600 } },
      { kind: 'choice', label: 'Follow', action: { do: 'follow', printerId: 'left one', jobKey: null, what: 'always' } },
      { kind: 'choice', label: 'Follow this print', action: { do: 'follow', printerId: 'left one', jobKey: 'J1', what: 'print' } },
      LINE,
      { kind: 'choice', label: "Open the printer's page", action: { do: 'open-page', printerId: 'left one' } },
    ] })
  })

  it('of a muted printer that needs you tells why, and offers to resume and to unmute', () => {
    const card = cardOf({ state: 'needs', job: 'paused', jobKey: 'J1', cause: 'Filament ran out. Load new filament, then resume the print from here or at the printer.', can: { ...CAN, resume: true }, following: 'print', muted: { until: Date.UTC(2026, 0, 15, 13) } })
    expect(trayMenu(statusOf([card]), [card], at)[0]).toEqual({ kind: 'submenu', label: 'MK4: needs you, muted', mark: 'needs', entries: [
      { kind: 'text', label: 'Filament ran out. Load new filament, then resume the print from…' }, LINE,
      { kind: 'choice', label: 'Open', action: { do: 'open', path: '/printers/mk4' } },
      { kind: 'choice', label: 'Resume print', action: { do: 'resume-print', printerId: 'mk4', jobKey: 'J1' } },
      LINE,
      { kind: 'text', label: 'Muted until 13:00' },
      { kind: 'choice', label: 'Unmute', action: { do: 'unmute', printerId: 'mk4' } },
      { kind: 'choice', label: 'Stop following', action: { do: 'unfollow', printerId: 'mk4' } },
    ] })
  })

  it('R53: of a printer in trouble acknowledges that for good or for a while', () => {
    const card = cardOf({ state: 'error', can: { ...CAN, acknowledge: true } })
    const [line] = trayMenu(statusOf([card]), [card], at)
    expect(line?.kind === 'submenu' && line.entries.find((entry) => entry.kind === 'submenu')).toEqual({ kind: 'submenu', label: 'Acknowledge', entries: [
      { kind: 'choice', label: 'For good', action: { do: 'acknowledge', printerId: 'mk4', span: 'good' } },
      { kind: 'choice', label: `For 1${N}h`, action: { do: 'acknowledge', printerId: 'mk4', span: 'hour' } },
      { kind: 'choice', label: `For 4${N}h`, action: { do: 'acknowledge', printerId: 'mk4', span: 'hours' } },
      { kind: 'choice', label: 'Until tomorrow', action: { do: 'acknowledge', printerId: 'mk4', span: 'tomorrow' } },
    ] })
    const now = Date.UTC(2026, 0, 15, 12)
    expect([ackEnd('good', now), ackEnd('hour', now), ackEnd('hours', now)]).toEqual([null, now + 3_600_000, now + 14_400_000])
    const tomorrow = new Date(ackEnd('tomorrow', now) ?? 0)
    expect([tomorrow.getDate() - new Date(now).getDate(), tomorrow.getHours()]).toEqual([1, 7])
  })

  it('of a printer that asks something leads to where it is answered, before anything else', () => {
    const question = { key: 'prompt:1', kind: 'user_input' as const, text: 'Is the plate clean?', choices: ['Yes', 'No'], since: Date.UTC(2026, 0, 15, 11, 50) }
    const card = cardOf({ id: 'left one', state: 'needs', job: 'printing', jobKey: 'J1', cause: 'Is the plate clean? Answer it here or at the printer.', attentions: [question], can: { ...CAN, answer: true } })
    expect(trayMenu(statusOf([card]), [card], at)[0]).toMatchObject({ label: 'MK4: needs you', entries: [
      { kind: 'text', label: 'Is the plate clean? Answer it here or at the printer.' }, LINE,
      { kind: 'choice', label: 'Answer…', action: { do: 'open', path: '/printers/left%20one' } },
      { kind: 'choice', label: 'Open', action: { do: 'open', path: '/printers/left%20one' } },
      LINE, { kind: 'choice', label: `Mute for 1${N}h` }, { label: 'Follow' }, { label: 'Follow this print' },
    ] })
    // Answers may be switched off for this printer: then it is asked at the printer only.
    const mute = cardOf({ ...card, can: CAN })
    expect(trayMenu(statusOf([mute]), [mute], at)[0]).toMatchObject({ entries: [{ kind: 'text' }, LINE, { label: 'Open' }, LINE, { label: `Mute for 1${N}h` }, { label: 'Follow' }, { label: 'Follow this print' }] })
  })

  it('of paused notifications offers to turn them on', () => {
    expect(trayMenu(statusOf([], { paused: { until: null } }), [], at).slice(2)).toEqual([
      LINE, { kind: 'text', label: 'Notifications paused' }, { kind: 'choice', label: 'Turn on again', action: { do: 'resume-notifications' } }, ...END,
    ])
  })

  it('names at most four failing destinations, each the way to its page', () => {
    const failing = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, label: `To ${id}`, since: Date.UTC(2026, 0, 15, 11, 31), why: 'refused' }))
    const choices = trayMenu(statusOf([], { failing }), [], at).filter((entry) => entry.kind === 'choice' && entry.label.includes('fails'))
    expect(choices).toHaveLength(4)
    expect(choices[0]).toEqual({ kind: 'choice', label: 'To a: fails since 11:31', action: { do: 'open', path: '/destinations/a' } })
  })

  it('has a line for each of twelve printers, and with more only for those that matter', () => {
    const idle = (count: number) => Array.from({ length: count }, (_, index) => cardOf({ id: `i${index}` }))
    const labels = (cards: ReturnType<typeof idle>): string[] => {
      const all = trayMenu(statusOf(cards), cards, at).map((entry) => (entry.kind === 'separator' ? null : entry.label))
      return all.slice(0, all.indexOf(null)).map(String)
    }
    expect(labels(idle(12))).toHaveLength(12)
    expect(labels(idle(13))).toEqual(['13 printers…'])
    expect(labels([cardOf({ state: 'needs', name: 'A' }), cardOf({ state: 'error', name: 'B' }), cardOf({ state: 'printing', name: 'C' }), ...idle(196), cardOf({ state: 'offline' })])).toEqual(['A: needs you', 'B: error', 'C: printing', '197 more…'])
    const busy = Array.from({ length: 200 }, (_, index) => cardOf({ id: `p${index}`, state: 'printing' }))
    expect(labels(busy)).toHaveLength(13)
    expect(labels(busy).at(-1)).toBe('188 more…')
  })
})

it('a pause ends in an hour, at seven tomorrow, or when it is lifted', () => {
  const now = new Date(2026, 0, 31, 23, 30).getTime()
  expect(pauseEnd('hour', now)).toBe(new Date(2026, 1, 1, 0, 30).getTime())
  expect(pauseEnd('tomorrow', now)).toBe(new Date(2026, 1, 1, 7, 0).getTime())
  expect(pauseEnd('lifted', now)).toBe(null)
})
