// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CountedDay } from './counts.ts'
import type { NoiseView } from '../../../electron/bridge/views/reports.ts'
import type { RulesView } from '../../../electron/bridge/views/rules.ts'
import { asked, open, press, settled } from '../printers/window.support.ts'
import CountsReport from './CountsReport.vue'
import NoiseReport from './NoiseReport.vue'
import { eventsOf, kindsOf, severitiesIn } from './counts.ts'
import { share, switchOf } from './noise.ts'

const THIN = '\u202f'
const RULES: Pick<RulesView, 'profiles'> = { profiles: [{ id: 'night shift', name: 'Night', active: true, timeslot: 'always', outside: 'hold', criticalPasses: true, filters: [], destinations: [], byEvents: false }] }

/** What is scrolled to, as the browser would tell it. */
let sees: (() => void)[] = []
beforeEach(() => {
  sees = []
  vi.stubGlobal('IntersectionObserver', class {
    #told: (entries: { isIntersecting: boolean }[]) => void
    constructor(told: (entries: { isIntersecting: boolean }[]) => void) {
      this.#told = told
    }
    observe(): void {
      sees.push(() => this.#told([{ isIntersecting: true }]))
    }
    disconnect(): void {}
  })
})
let close = (): void => undefined
afterEach(() => {
  close()
  vi.unstubAllGlobals()
})
async function look(): Promise<void> {
  for (const see of sees) see()
  for (let round = 0; round < 6; round++) await settled()
}
const text = (selector: string): string[] => [...document.querySelectorAll(selector)].map((one) => (one.textContent ?? '').replace(/[^\S\u202f]+/g, ' ').trim())

describe('what ends a noise', () => {
  it.each([
    ['what is ticked is at its destination, at that kind', { type: 'job.progress', profileId: null }, 'my phone', { to: '/destinations/my%20phone?kind=job.progress', profile: null }],
    ['what a profile tells is in it', { type: 'job.progress', profileId: 'night shift' }, 'phone', { to: '/rules/profiles/night%20shift', profile: 'Night' }],
    ['a profile that is gone tells nothing any more', { type: 'job.progress', profileId: 'day' }, 'phone', null],
    ['a destination that is gone gets nothing any more', { type: 'job.progress', profileId: null }, null, null],
  ] as const)('%s', (_what, kind, destination, expected) => expect(switchOf(kind, destination, RULES)).toEqual(expected))

  it.each([[0.8, `80${THIN}%`], [0.004, `<${THIN}1${THIN}%`], [0, `0${THIN}%`], [1, `100${THIN}%`]])('%s is told as %s', (fraction, words) => expect(share(fraction)).toBe(words))
})

describe('the noise report', () => {
  const kind = (type: NoiseView['kinds'][number]['type'], messages: number, part: number, profileId: string | null = null): NoiseView['kinds'][number] => ({ type, messages, share: part, profileId })
  const NOISE: NoiseView = {
    days: 7, messages: 10, more: false, kinds: [kind('job.progress', 8, 0.8), kind('job.done', 2, 0.2)],
    destinations: [
      { id: 'phone', messages: 9, share: 0.9, kinds: [kind('job.progress', 6, 0.66, 'night shift'), kind('job.done', 1, 0.11), kind('job.paused', 1, 0.11), kind('job.failed', 1, 0.11)] },
      { id: 'old', messages: 1, share: 0.1, kinds: [kind('job.done', 1, 1)] },
    ],
  }
  function show(answer: () => NoiseView | string): ReturnType<typeof open> {
    const shown = open(NoiseReport, { rules: RULES, destinations: [{ id: 'phone', label: 'Phone', channel: 'ntfy' }] }, { 'rules.noise': () => {
      const told = answer()
      return typeof told === 'string' ? { result: 'failed', why: told } : { result: 'ready', noise: told }
    } })
    close = () => shown.view.unmount()
    return shown
  }

  it('asks once somebody scrolls to it, and says which kind makes how much of it', async () => {
    show(() => NOISE)
    await settled()
    expect(asked).toEqual([])
    await look()
    expect(asked).toEqual([{ name: 'rules.noise', input: { days: 7 } }])
    expect(text('p[role=status]')).toEqual([`Progress made 80${THIN}% of your 10 messages.`])
    expect(text('.destination h3')).toEqual(['Phone', 'old (removed)'])
    expect(text('.kind .name')).toEqual(['Progress', 'Print done', 'Paused', 'Print done'])
    expect([...document.querySelectorAll<HTMLElement>('.fill')].map(({ style }) => style.width)).toEqual(['66%', '11%', '11%', '100%'])
  })

  it('leads to what ends it, and does nothing by itself', async () => {
    const { went } = show(() => NOISE)
    await look()
    expect(text('.act')).toEqual(['Open “Night”', 'Choose what it hears', 'Choose what it hears'])
    await press('Choose what it hears: Print done, Phone')
    expect(await went).toBe('/destinations/phone?kind=job.done')
    expect(asked.map(({ name }) => name)).toEqual(['rules.noise'])
  })

  it('unfolds the rest of a destination, and asks anew for other days', async () => {
    show(() => NOISE)
    await look()
    await press('and 1 more kind')
    expect(text('.kind .name')).toContain('Print failed')
    await press('30 days')
    await look()
    expect(asked.at(-1)).toEqual({ name: 'rules.noise', input: { days: 30 } })
  })

  it('of days without a message says so', async () => {
    show(() => ({ ...NOISE, messages: 0, kinds: [], destinations: [] }))
    await look()
    expect(text('.inside')).toEqual(['No message was delivered in these days.'])
  })

  it('that can not be made says why, and is tried again', async () => {
    let damaged = true
    show(() => (damaged ? 'The history is damaged.' : NOISE))
    await look()
    expect(text('[role=alert]')).toEqual(['It could not be added up. The history is damaged.Retry'])
    damaged = false
    await press('Retry')
    await look()
    expect(text('[role=alert]')).toEqual([])
    expect(text('p[role=status]')).toHaveLength(1)
  })
})

const DAY: CountedDay = { day: '2026-01-15', kinds: [{ type: 'job.progress', severity: 'info', events: 4 }, { type: 'link.lost', severity: 'error', events: 2 }, { type: 'link.lost', severity: 'info', events: 3 }] }

describe('counts of a day', () => {
  it('add up by severity and by kind, the gravest standing for its kind', () => {
    expect([eventsOf(DAY), eventsOf(DAY, 'info'), eventsOf(DAY, 'critical')]).toEqual([9, 7, 0])
    expect(severitiesIn([DAY])).toEqual(['info', 'error'])
    expect(kindsOf(DAY)).toEqual([{ type: 'link.lost', severity: 'error', events: 5 }, { type: 'job.progress', severity: 'info', events: 4 }])
  })
})

describe('the counts', () => {
  const quiet = (day: string): CountedDay => ({ day, kinds: [] })
  function show(days: CountedDay[]): void {
    const shown = open(CountsReport, {}, { 'rules.counts': () => ({ result: 'ready', counts: { days, events: days.reduce((all, day) => all + eventsOf(day), 0) } }) })
    close = () => shown.view.unmount()
  }

  it('are a table too, the newest day first', async () => {
    show([quiet('2026-01-14'), DAY])
    await look()
    expect(asked).toEqual([{ name: 'rules.counts', input: { days: 30 } }])
    await press('Table')
    expect(text('thead th')).toEqual(['Day', 'Note', 'Error', 'All'])
    expect([...document.querySelectorAll('tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([['Thursday 15 January', '7', '2', '9'], ['Wednesday 14 January', '0', '0', '0']].map((row) => row.map((cell) => expect.stringContaining(cell) as string)))
  })

  it('tell the chosen day in words', async () => {
    show([quiet('2026-01-14'), DAY])
    await look()
    expect(text('.day .strong')[0]).toContain('9 events')
    expect(text('.kinds li')).toEqual(['5 Connection lost', '4 Progress'])
  })

  it('of days without an event say so, and draw nothing', async () => {
    show([quiet('2026-01-14'), quiet('2026-01-15')])
    await look()
    expect(text('.inside')).toEqual(['No event in these days. Each day gets its bar as soon as a printer does something.'])
    expect(document.querySelector('canvas')).toBeNull()
  })
})
