// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import type { PrinterCard } from '../../../electron/bridge/views/printers.ts'
import { cardFor } from './card.support.ts'
import CancelDialog from './CancelDialog.vue'
import { open, press, settled } from './window.support.ts'

const NO = { pause: false, resume: false, cancel: false, answer: false, snapshot: false, acknowledge: false }
const card = cardFor({ name: 'Voron 2.4', state: 'printing', job: 'printing', jobKey: 'voron/7', file: 'brackets.gcode', progress: 0.47, elapsed: 6_480, can: { ...NO, cancel: true } })
const words = (): string => (document.querySelector('[role="dialog"]')?.textContent ?? '').replace(/\s+/g, ' ')

function ask(outcome: { result: 'done' | 'refused'; detail: string } = { result: 'done', detail: 'Cancelled.' }) {
  const cancelled: (string | null)[] = []
  const shown: boolean[] = []
  const { view } = open(CancelDialog, {
    card, open: true, 'onUpdate:open': (now: boolean) => shown.push(now),
    cancel: async (jobKey: string | null) => {
      cancelled.push(jobKey)
      return outcome
    },
  })
  return { view, cancelled, shown }
}

describe('"Cancel this print?"', () => {
  it('names printer, file and percent, and begins on the safe button', async () => {
    ask()
    await settled()
    expect(words()).toContain('Cancel this print?')
    for (const part of ['Voron 2.4', 'brackets.gcode', '47 % after 1 h 48 min', 'cannot be resumed']) expect(words()).toContain(part)
    expect(document.activeElement?.textContent?.trim()).toBe('Keep printing')
  })

  it('cancels the print it asked about, then closes', async () => {
    const { cancelled, shown } = ask()
    await settled()
    await press('Cancel print')
    expect([cancelled, shown]).toEqual([['voron/7'], [false]])
  })

  it('stays open and says why when it was refused', async () => {
    const { shown } = ask({ result: 'refused', detail: 'OctoPrint refused to cancel.' })
    await settled()
    await press('Cancel print')
    expect(words()).toContain('OctoPrint refused to cancel.')
    expect(shown).toEqual([])
  })

  it.each<[string, Partial<PrinterCard>, string]>([
    ['is done', { state: 'idle', job: 'done', jobKey: null, lastResult: { eventId: 'e', type: 'job.done', at: 1, file: null, printTime: null, seen: false }, can: NO }, 'It is done, there is nothing to cancel.'],
    ['failed', { state: 'error', job: 'failed', jobKey: null, lastResult: { eventId: 'e', type: 'job.failed', at: 1, file: null, printTime: null, seen: false }, can: NO }, 'It failed, there is nothing to cancel.'],
    ['was followed by another', { jobKey: 'voron/8' }, 'It ended meanwhile, there is nothing to cancel.'],
  ])('says so and offers only to close when the print %s', async (_how, now, sentence) => {
    const { view, shown } = ask()
    await settled()
    await view.setProps({ card: { ...card, ...now } })
    expect(words()).toContain('This print is over')
    expect(words()).toContain(sentence)
    expect([...document.querySelectorAll('[role="dialog"] button')].map((button) => button.textContent?.trim())).toEqual(['Close'])
    await press('Close')
    expect(shown).toEqual([false])
  })
})
