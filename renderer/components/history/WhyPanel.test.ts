// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WhyAnswerView } from '../../../electron/bridge/views/history.ts'
import { asked, open, settled } from '../printers/window.support.ts'
import WhyPanel from './WhyPanel.vue'

const AT = new Date(2026, 0, 15, 14, 30).getTime()
const ANSWER: WhyAnswerView = {
  verdict: 'dropped', event: { id: 'E1', at: AT, title: 'Print done' }, sentences: ['“Print done” of “MK4” was seen at 14:30.', 'Of 2 destinations 1 got it, 1 was not told.'],
  destinations: [
    { destinationId: 'desk', label: 'Desk', kind: 'delivered', mark: 'ok', text: 'It was delivered to “Desk”, so look there.', trace: [] },
    { destinationId: 'fam', label: 'Family', kind: 'dropped', mark: 'no', text: '“Family” was not told. The profile “Night” is switched off. Switch the profile on.', trace: [{ mark: 'no', stage: 'Profile', text: 'The profile “Night” is switched off', at: AT }] },
  ],
  near: [{ eventId: 'E2', at: AT, type: 'job.cancelled', text: 'Print cancelled' }, { eventId: null, at: AT, type: 'job.paused', text: 'Paused: not told, because the pause was too short to matter' }],
}

let close = (): void => undefined
let told: [string, unknown[]][] = []
function panel(answer: () => WhyAnswerView, over: object = {}): void {
  told = []
  const { view } = open(WhyPanel, {
    printers: [{ id: 'mk4', name: 'MK4' }, { id: 'voron', name: 'Voron' }], destinations: [{ id: 'desk', label: 'Desk' }], printer: 'voron', back: false,
    onOpen: (...given: unknown[]) => told.push(['open', given]), onBack: (...given: unknown[]) => told.push(['back', given]), ...over,
  }, { 'history.why': answer })
  close = () => view.unmount()
}
beforeEach(() => vi.useFakeTimers({ now: AT, toFake: ['Date'] }))
afterEach(() => {
  close()
  vi.useRealTimers()
})

async function rest(): Promise<void> {
  for (let round = 0; round < 4; round++) await settled()
}
const found = <E extends HTMLElement>(selector: string): E => document.querySelector<E>(selector) ?? (() => { throw new Error(`no ${selector}`) })()
async function choose(index: number, value: string): Promise<void> {
  const field = [...document.querySelectorAll<HTMLInputElement | HTMLSelectElement>('form .control')][index]
  if (!field) throw new Error('no such field')
  field.value = value
  field.dispatchEvent(new Event(field.tagName === 'SELECT' ? 'change' : 'input', { bubbles: true }))
  await rest()
}
async function submit(): Promise<void> {
  found<HTMLFormElement>('form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
  await rest()
}
const questions = (): unknown[] => asked.filter(({ name }) => name === 'history.why').map(({ input }) => input)

describe('why did I not hear', () => {
  it('asks about the printer, the kind and the time that are chosen, and tells the answer with each destination', async () => {
    panel(() => ANSWER)
    await choose(2, '2026-01-15T14:12')
    await submit()
    expect(questions()).toEqual([{ printerId: 'voron', type: 'job.done', at: new Date(2026, 0, 15, 14, 12).getTime(), destinationId: null }])
    expect([...document.querySelectorAll('.answer p')].map((each) => each.textContent)).toEqual(ANSWER.sentences)
    expect([...document.querySelectorAll('.fate')].map((each) => each.textContent?.replace(/\s+/g, ' ').trim())).toEqual([
      'DeskIt was delivered to “Desk”, so look there.', 'Family“Family” was not told. The profile “Night” is switched off. Switch the profile on.Each stageProfileThe profile “Night” is switched off',
    ])
  })

  it('begins at now, and an answer goes when the question changes', async () => {
    panel(() => ANSWER)
    await submit()
    expect(questions()).toMatchObject([{ at: AT }])
    await choose(3, 'desk')
    expect(document.querySelector('.answer p')).toBeNull()
    await submit()
    expect(questions()[1]).toMatchObject({ destinationId: 'desk' })
  })

  it('of Printbell itself asks for no printer', async () => {
    panel(() => ANSWER)
    await choose(0, 'app.offline')
    await submit()
    expect(questions()).toMatchObject([{ printerId: '', type: 'app.offline' }])
  })

  it('opens the event, and what happened about then; what was swallowed is no event', async () => {
    panel(() => ANSWER)
    await submit()
    found('.event button').click()
    found('button.near').click()
    expect(told).toEqual([['open', ['E1']], ['open', ['E2']]])
    expect(document.querySelectorAll('.near')).toHaveLength(2)
    expect(document.querySelectorAll('button.near')).toHaveLength(1)
  })

  it('says what is missing, and what went wrong', async () => {
    panel(() => { throw new Error('The history is damaged.') })
    await choose(2, '')
    await submit()
    expect(found('#why-no-time').textContent).toBe('A day and a time are needed.')
    expect(questions()).toEqual([])
    await choose(2, '2026-01-15T14:12')
    await submit()
    expect(found('.answer').textContent?.trim()).toContain('The history is damaged.')
  })

  it('without a printer says so and asks nothing; Escape goes back', async () => {
    panel(() => ANSWER, { printers: [], printer: null })
    await submit()
    expect(questions()).toEqual([])
    expect(document.body.textContent).toContain('There is no printer yet, so nothing could be heard. Add one under Printers.')
    found('form').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
    expect(told).toEqual([['back', []]])
  })
})
