// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EventDetails, HistoryRow } from '../../../electron/bridge/views/history.ts'
import HistoryPage from '../../pages/HistoryPage.vue'
import { asked, open, press, settled } from '../printers/window.support.ts'
import { rowAt } from './row.support.ts'

let rows: HistoryRow[]
let wide = true
let attempts: EventDetails['deliveries'][number]['attempts'] = []
const NONE = { acknowledge: false, markSeen: false, markUnseen: false }
const detailsOf = (row: HistoryRow): EventDetails => ({
  row, body: 'Load filament, then resume.', text: null, observedAt: row.at, seenAt: row.seen ? row.at : null, acknowledgedAt: null, acknowledgement: null, jobKey: null, progress: null, picture: null, noPicture: null, native: null,
  deliveries: [
    { destinationId: 'desk', label: 'Toast on this computer', channel: 'desktop', outcome: 'delivered', detail: 'Shown', at: row.at, attempts: [], trace: [{ mark: 'ok', stage: 'Decision', text: 'Goes to “Toast on this computer”', at: row.at }], canSendAgain: true },
    { destinationId: 'mail', label: 'Workshop mail', channel: 'mail', outcome: 'failed', detail: 'Refused', at: row.at, attempts, trace: [{ mark: 'info', stage: 'Next', text: 'Nothing more is tried', at: row.at }], canSendAgain: false },
  ],
  suppressed: [], can: { ...NONE, acknowledge: row.type.startsWith('attention.'), markSeen: !row.seen, markUnseen: row.seen },
})

let close = (): void => undefined

async function page(id?: string, link: { printer?: string; destination?: string } = {}): Promise<void> {
  close()
  const { view } = open(HistoryPage, id === undefined ? link : { id, ...link }, {
    'history.page': (input) => {
      const { filter, before } = input as { filter: { text?: string }; before: number | null }
      return { rows: rows.filter((row) => (before === null || row.seq < before) && (filter.text === undefined || row.title.includes(filter.text))), next: null }
    },
    'history.count': () => ({ count: rows.length, exact: true }),
    'history.event': (given) => {
      const row = rows.find((candidate) => candidate.id === given)
      return row ? detailsOf(row) : null
    },
    'history.mark': (input) => {
      const { seen, eventIds } = input as { seen: boolean; eventIds: string[] | null }
      rows = rows.map((row) => (eventIds === null || eventIds.includes(row.id) ? { ...row, seen } : row))
      return 2
    },
    'history.acknowledge': () => ({ result: 'done', detail: 'Acknowledged.' }),
    'printers.list': () => [],
  })
  close = () => view.unmount()
  await rest()
}
async function rest(): Promise<void> {
  for (let round = 0; round < 8; round++) await settled()
}
async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
  await rest()
}
async function key(name: string): Promise<void> {
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }))
  await rest()
}
const text = (selector: string): string => (document.querySelector(selector)?.textContent ?? '').replace(/\s+/g, ' ').trim()
const chosen = (): string | undefined => document.querySelector('[aria-selected="true"]')?.id
const marks = (): unknown[] => asked.filter(({ name }) => name === 'history.mark').map(({ input }) => input)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  wide = true
  attempts = []
  vi.stubGlobal('matchMedia', () => ({ matches: wide, addEventListener: () => undefined, removeEventListener: () => undefined }))
  rows = [rowAt(3, { type: 'attention.filament_runout', severity: 'critical', title: 'Filament ran out', seen: false }), rowAt(2, { title: 'Print done', seen: false }), rowAt(1, { title: 'Print started', seen: true })]
})
afterEach(() => {
  close()
  close = () => undefined
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('the history page', () => {
  it('an event that is clicked is shown and seen', async () => {
    await page()
    document.querySelector<HTMLElement>('#event-E3')?.click()
    await rest()
    await pass(0)
    expect(text('aside h2')).toBe('Filament ran out')
    expect(marks()).toEqual([{ seen: true, eventIds: ['E3'] }])
    expect(document.querySelector('#event-E3 .unseen')).toBeNull()
  })

  it('a step with the keys is seen only after a look', async () => {
    await page()
    await key('j')
    await key('j')
    expect(chosen()).toBe('event-E2')
    await pass(999)
    expect(marks()).toEqual([])
    await pass(1)
    expect(marks()).toEqual([{ seen: true, eventIds: ['E2'] }])
  })

  it('m turns seen round and it stays so', async () => {
    await page()
    await key('ArrowDown')
    await pass(1_000)
    await key('m')
    await pass(5_000)
    expect(marks()).toEqual([{ seen: true, eventIds: ['E3'] }, { seen: false, eventIds: ['E3'] }])
  })

  it('a acknowledges what is to be acknowledged, and nothing else', async () => {
    await page()
    await key('j')
    await key('a')
    expect(asked.filter(({ name }) => name === 'history.acknowledge').map(({ input }) => input)).toEqual([{ eventId: 'E3', until: null, note: null, quiet: false }])
    await key('j')
    await key('a')
    expect(asked.filter(({ name }) => name === 'history.acknowledge')).toHaveLength(1)
  })

  it('Escape goes back to the list', async () => {
    await page()
    await key('j')
    await key('Escape')
    expect(chosen()).toBeUndefined()
    expect(text('aside h2')).toBe('No event chosen')
  })

  it('an address opens its event and it is seen; one that is gone says so', async () => {
    await page('E2')
    await pass(0)
    expect(chosen()).toBe('event-E2')
    expect(marks()).toEqual([{ seen: true, eventIds: ['E2'] }])
    await page('E9')
    expect(text('aside h2')).toBe('This event is no longer in the history')
  })

  it('searches when the typing rests', async () => {
    await page()
    const field = document.querySelector<HTMLInputElement>('input[type="search"]')
    const type = async (words: string): Promise<void> => {
      if (!field) throw new Error('there is no search field')
      field.value = words
      field.dispatchEvent(new Event('input', { bubbles: true }))
      await settled()
    }
    asked.length = 0
    await type('Fil')
    await pass(149)
    expect(asked).toEqual([])
    await type('Filament')
    await pass(150)
    expect(asked.filter(({ name }) => name === 'history.page').map(({ input }) => (input as { filter: { text: string } }).filter.text)).toEqual(['Filament'])
    expect(document.querySelectorAll('[role="option"]')).toHaveLength(1)
    await type('zeppelin')
    await pass(150)
    expect(text('.empty h2')).toBe('Nothing found')
    await press('Clear filters')
    await rest()
    expect(document.querySelectorAll('[role="option"]')).toHaveLength(3)
  })

  it('a link narrows it to one printer, or to what went to one destination, and the chip takes that back', async () => {
    const filters = () => asked.filter(({ name }) => name === 'history.page').map(({ input }) => (input as { filter: object }).filter)
    await page(undefined, { printer: 'mk4' })
    expect(filters()).toEqual([{ printerIds: ['mk4'] }])
    await page(undefined, { destination: 'mail' })
    expect(filters()).toEqual([{ destinationId: 'mail' }])
    await press('To mail. Show wherever it went')
    await rest()
    expect(filters()).toEqual([{ destinationId: 'mail' }, {}])
    expect(text('.chips')).not.toContain('To mail')
  })

  it('"Mark all seen" can be taken back for 8 s', async () => {
    await page()
    await press('Mark all seen')
    await rest()
    expect(text('.toast')).toContain('2 events marked seen')
    await press('Undo')
    expect(marks()).toEqual([{ seen: true, eventIds: null }, { seen: false, eventIds: null }])
    await press('Mark all seen')
    await pass(8_000)
    expect(document.querySelector('.toast')).toBeNull()
  })

  it('offers to mark and to export only where there is an event', async () => {
    const mark = (): HTMLButtonElement | undefined => [...document.querySelectorAll('button')].find((button) => button.textContent?.trim() === 'Mark all seen')
    await page()
    expect(mark()?.disabled).toBe(false)
    rows = []
    await page()
    expect(mark()?.disabled).toBe(true)
    await press('More')
    await rest()
    expect([...document.querySelectorAll('[role="menuitem"]')].map((item) => item.getAttribute('aria-disabled'))).toEqual([null, 'true', 'true'])
  })

  it('tells how long a try took as a person says it', async () => {
    attempts = [{ at: 5, ms: 30_004, number: 1, result: 'Refused', detail: 'Answered 400.' }, { at: 6, ms: 84.4, number: 2, result: 'Delivered', detail: '' }]
    await page('E3')
    expect([...document.querySelectorAll('.tries li')].map((line) => [line.querySelector('.text')?.textContent, line.querySelector('.took')?.textContent])).toEqual([['Refused: Answered 400.', '30\u202fs'], ['Delivered', '84\u202fms']])
  })

  it('opens the delivery that went wrong, and offers to send only what can be sent', async () => {
    await page('E3')
    expect(text('#why h3')).toBe('Why Workshop mail did not get it')
    expect([...document.querySelectorAll('#why button')].map((button) => button.textContent?.trim())).toEqual(['Open destination', 'Why for the others'])
    document.querySelector<HTMLElement>('.delivery')?.click()
    await settled()
    expect([...document.querySelectorAll('#why button')].map((button) => button.textContent?.trim())).toEqual(['Send again', 'Open destination', 'Why for the others'])
  })

  it('where there is no room the event lies over the list, with a way back', async () => {
    wide = false
    await page()
    expect(document.querySelector('aside')).toBeNull()
    await key('j')
    expect(document.querySelector('aside')).toBeNull()
    await key('Enter')
    expect(text('aside h2')).toBe('Filament ran out')
    await press('Back')
    expect(document.querySelector('aside')).toBeNull()
    expect(chosen()).toBe('event-E3')
  })
})
