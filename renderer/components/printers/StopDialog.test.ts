// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import type { PrinterCard } from '../../../electron/bridge/views/printers.ts'
import { cardFor } from './card.support.ts'
import StopDialog from './StopDialog.vue'
import { open, press, settled } from './window.support.ts'

const card = cardFor({ name: 'Voron 2.4', link: 'up', device: 'ready', state: 'printing', job: 'printing', jobKey: 'voron/7', file: 'brackets.gcode', progress: 0.47 })
const words = (): string => (document.querySelector('[role="dialog"]')?.textContent ?? '').replace(/\s+/g, ' ')
const buttons = (): (string | undefined)[] => [...document.querySelectorAll('[role="dialog"] button')].map((button) => button.textContent?.trim())

function ask(outcome: { result: 'done' | 'refused'; detail: string } = { result: 'done', detail: 'Stopped.' }, given: PrinterCard = card) {
  const stopped: string[] = []
  const shown: boolean[] = []
  const { view } = open(StopDialog, {
    card: given, open: true, 'onUpdate:open': (now: boolean) => shown.push(now),
    stop: async () => {
      stopped.push('now')
      return outcome
    },
  })
  return { view, stopped, shown }
}

describe('"Stop this printer at once?"', () => {
  it('names printer, file and percent, says what is lost, and begins on the safe button', async () => {
    const { stopped } = ask()
    await settled()
    for (const part of ['Stop this printer at once?', 'Voron 2.4', 'brackets.gcode', '47 %', 'A print is lost', 'the firmware must be restarted']) expect(words()).toContain(part)
    expect(document.activeElement?.textContent?.trim()).toBe('Keep it running')
    expect(stopped).toEqual([])
  })

  it('stops, then closes', async () => {
    const { stopped, shown } = ask()
    await settled()
    await press('Stop now')
    expect([stopped, shown]).toEqual([['now'], [false]])
  })

  it('is there for an idle printer, too: its heaters may be on', async () => {
    ask(undefined, cardFor({ name: 'Voron 2.4', link: 'up', device: 'ready', state: 'idle', job: 'none', file: null, progress: null }))
    await settled()
    expect(buttons()).toEqual(['Keep it running', 'Stop now'])
  })

  it('stays open and says why when it was refused', async () => {
    const { shown } = ask({ result: 'refused', detail: 'Moonraker has no contact with Klipper.' })
    await settled()
    await press('Stop now')
    expect(words()).toContain('Moonraker has no contact with Klipper.')
    expect(shown).toEqual([])
  })

  it.each<[string, Partial<PrinterCard>, string]>([
    ['is down', { device: 'shutdown', state: 'error' }, 'It is stopped already. Restart its firmware before the next print.'],
    ['is switched off', { device: 'off', state: 'error' }, 'It is stopped already. Restart its firmware before the next print.'],
    ['is out of reach', { link: 'down', state: 'offline' }, 'Its server does not answer now, so nothing can be sent to it. Use the switch of the printer.'],
  ])('says so and offers only to close when the printer %s meanwhile', async (_how, now, sentence) => {
    const { view, shown, stopped } = ask()
    await settled()
    await view.setProps({ card: { ...card, ...now } })
    expect(words()).toContain(sentence)
    expect(buttons()).toEqual(['Close'])
    await press('Close')
    expect([stopped, shown]).toEqual([[], [false]])
  })
})
