// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import type { PrinterCard } from '../../../electron/bridge/views/printers.ts'
import { cardFor } from './card.support.ts'
import Card from './PrinterCard.vue'
import { asked, open, press, push, settled } from './window.support.ts'

const NO = { pause: false, resume: false, cancel: false, answer: false, snapshot: false, acknowledge: false }
const printing = (given: Partial<PrinterCard> = {}): PrinterCard =>
  cardFor({ state: 'printing', job: 'printing', jobKey: 'mk4/7', file: 'lamp.gcode', progress: 0.47, remaining: 6_480, can: { ...NO, pause: true, cancel: true }, ...given })

describe('a card', () => {
  it('has one main button, which carries the print it stands for', async () => {
    open(Card, { card: printing() }, { 'printers.wish': () => ({ result: 'done', detail: 'Paused.' }) })
    await press('Pause')
    expect(asked).toEqual([{ name: 'printers.wish', input: { printerId: 'mk4', jobKey: 'mk4/7', action: { name: 'pause' }, confirmed: false } }])
    expect(document.body.textContent).not.toContain('Paused.')
  })

  it('says in place what was refused, and shows nothing as done that is not', async () => {
    const { view } = open(Card, { card: printing() }, { 'printers.wish': () => ({ result: 'forbidden', detail: 'The key may not pause.' }) })
    await press('Pause')
    expect(view.get('[role="status"]').text()).toBe('The key may not pause.')
    expect(view.text()).toContain('Pause')
  })

  it('says in place that the main process could not be asked', async () => {
    const { view } = open(Card, { card: printing() }, { 'printers.wish': () => Promise.reject(new Error('Printbell is ending.')) })
    await press('Pause')
    expect(view.get('[role="status"]').text()).toBe('Printbell is ending.')
  })

  it('sends one wish while another is under way', async () => {
    let answer: (value: { result: 'done'; detail: string }) => void = () => undefined
    open(Card, { card: printing() }, { 'printers.wish': () => new Promise((resolve) => { answer = resolve }) })
    await press('Pause')
    await press('Pause')
    expect(asked).toHaveLength(1)
    answer({ result: 'done', detail: 'Paused.' })
    await settled()
    await press('Pause')
    expect(asked).toHaveLength(2)
  })

  it('offers the answers of a prompt as buttons, in place of the main one', async () => {
    const attentions = [{ key: 'prompt', kind: 'user_input' as const, text: 'Which spool?', choices: ['Left', 'Right'], since: 0 }]
    open(Card, { card: printing({ state: 'needs', cause: 'Which spool? Answer it here.', attentions, can: { ...NO, answer: true, resume: true } }) }, { 'printers.wish': () => ({ result: 'done', detail: 'Answered.' }) })
    await expect(press('Resume')).rejects.toThrow('there is no button')
    await press('Right')
    expect(asked[0]?.input).toMatchObject({ action: { name: 'answer', choice: 1 } })
  })

  it('says what the answers are to where the cause is another one', () => {
    const change = { key: 'change', kind: 'filament_change' as const, text: null, choices: [], since: 0 }
    const prompt = { key: 'prompt', kind: 'user_input' as const, text: 'Filament changed?', choices: ['Resume'], since: 5 }
    const needs = (cause: string): PrinterCard => printing({ state: 'needs', cause, attentions: [change, prompt], can: { ...NO, answer: true } })
    expect(open(Card, { card: needs('Filament change asked for. Change the filament, then resume.') }).view.get('[role="group"]').text()).toBe('Filament changed?Resume')
    expect(open(Card, { card: needs('Filament changed? Answer it here or at the printer.') }).view.get('[role="group"]').text()).toBe('Resume')
  })

  it('tells no percentage and has no bar where the printer tells none', () => {
    const { view } = open(Card, { card: printing({ progress: null, remaining: null }) })
    expect(view.text()).toContain('No percentage from this printer')
    expect(view.find('[role="progressbar"]').exists()).toBe(false)
  })

  it('R68: shows that it, or only this print, is followed', () => {
    expect(open(Card, { card: printing({ following: 'print' }) }).view.find('[aria-label="This print is followed"]').exists()).toBe(true)
    expect(open(Card, { card: printing({ following: null }) }).view.find('[aria-label$="ollowed"]').exists()).toBe(false)
  })

  it('marks the end of a print as seen', async () => {
    const lastResult = { eventId: 'e', type: 'job.done' as const, at: Date.now() - 16 * 60_000, file: 'lamp.gcode', printTime: 18_720, seen: false }
    const { view } = open(Card, { card: cardFor({ job: 'done', lastResult, progress: 1 }) })
    expect(view.text()).toContain('Done 16 min ago')
    expect(view.text()).toContain('took 5\u202fh 12\u202fmin')
    await press('Mark seen')
    expect(asked).toEqual([{ name: 'printers.mark-result-seen', input: 'mk4' }])
  })

  it('leads where a refused key is renewed', async () => {
    const { went } = open(Card, { card: cardFor({ state: 'error', link: 'auth_failed', cause: 'OctoPrint refuses the key. Pair again.' }) })
    await press('Pair again')
    expect(await went).toBe('/printers/mk4/settings')
  })

  it('shows the live picture while it comes, and the last one when a picture is gone', async () => {
    const { view } = open(Card, { card: printing({ picture: { url: 'printbell-picture://event/01A', takenAt: Date.now() - 60_000 } }) })
    expect(view.get('img').attributes('src')).toBe('printbell-picture://event/01A')
    push('live.picture', { printerId: 'mk4', ok: true, url: 'printbell-picture://live/mk4?at=1', takenAt: Date.now() })
    await settled()
    expect(view.get('img').attributes('src')).toBe('printbell-picture://live/mk4?at=1')
    expect(view.text()).toContain('Live')
    await view.get('img').trigger('error')
    expect(view.get('img').attributes('src')).toBe('printbell-picture://event/01A')
    await view.get('img').trigger('error')
    expect(view.find('img').exists()).toBe(false)
    expect(view.find('[aria-label="No picture yet"]').exists()).toBe(true)
  })
})
