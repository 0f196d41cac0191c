import { describe, expect, it } from 'vitest'
import { displayOf } from './cards.ts'
import { causeOf } from './causes.ts'
import { factsOf, minutesAgo, NOW, printing, rememberedOf, runout, stateOf } from './view.support.ts'

function told(given: Parameters<typeof factsOf>[0]) {
  const facts = factsOf(given)
  return causeOf(facts, displayOf(facts))
}

describe('cause and cure', () => {
  it('say nothing of a printer that prints or idles', () => {
    expect(told({ state: printing() })).toBeNull()
    expect(told({})).toBeNull()
  })

  it('of an attention, the oldest first, and since when', () => {
    const door = { ...runout, key: 'door', kind: 'door' as const, since: minutesAgo(1) }
    expect(told({ state: printing({ attentions: [door, runout] }) })).toEqual({ text: 'Filament ran out. Load filament, then resume.', since: minutesAgo(4) })
    expect(told({ state: printing({ attentions: [door] }) })?.text).toBe('Door opened. Close the door, then resume.')
  })

  it('of a prompt in its own words, and where it can be answered', () => {
    const prompt = { ...runout, kind: 'user_input' as const, text: 'is the plate\nclean?' }
    expect(told({ state: printing({ attentions: [{ ...prompt, choices: ['Yes'] }] }) })?.text).toBe('Is the plate clean? Answer it here or at the printer.')
    expect(told({ state: printing({ attentions: [prompt] }) })?.text).toBe('Is the plate clean? Answer it at the printer.')
    expect(told({ state: printing({ attentions: [{ ...prompt, text: null }] }) })?.text).toBe('The printer waits for an answer. Answer it at the printer.')
  })

  it('of a pause by somebody else', () => {
    expect(told({ state: printing({ job: 'paused' }), pause: { since: minutesAgo(2), byUs: false, told: true } })).toEqual({ text: 'Paused elsewhere. Look at the printer, then resume.', since: minutesAgo(2) })
  })

  it('of a device error in its own words, with its time', () => {
    const trouble = rememberedOf({ type: 'device.error', at: minutesAgo(13), text: 'Heater bed not heating at expected rate' })
    expect(told({ state: stateOf({ device: 'error' }), trouble })).toEqual({ text: 'Heater bed not heating at expected rate. Look at the printer, then restart it.', since: minutesAgo(13) })
    expect(told({ state: stateOf({ device: 'shutdown' }), deviceSince: NOW })).toEqual({ text: 'The firmware stopped. Restart it when the cause is gone.', since: NOW })
    expect(told({ state: stateOf({ device: 'error', faults: [{ text: 'MCU lost', code: null }] }) })?.text).toBe('MCU lost. Look at the printer, then restart it.')
  })

  it('of a failed print by what is known of it', () => {
    const failed = (given: Parameters<typeof rememberedOf>[0]) => told({ last: rememberedOf({ type: 'job.failed', ...given }) })?.text
    expect(failed({ reason: 'server_restarted' })).toBe('The server restarted during the print. Check the printer, then print again.')
    expect(failed({ text: 'Spaghetti' })).toBe('Spaghetti. Look at the printer.')
    expect(failed({})).toBe('The print failed, the server gives no cause. Look at the printer.')
  })

  it('of a refused key and a lost link in the adapter\'s sentence, else in ours', () => {
    expect(told({ state: stateOf({ link: 'auth_failed' }), link: { link: 'auth_failed', since: minutesAgo(9), detail: 'OctoPrint refuses the key. Pair again.' } })).toEqual({ text: 'OctoPrint refuses the key. Pair again.', since: minutesAgo(9) })
    expect(told({ state: stateOf({ link: 'auth_failed' }) })?.text).toBe('The server refuses the key. It may have been deleted there. Pair again.')
    expect(told({ state: stateOf({ link: 'down' }), link: { link: 'down', since: minutesAgo(90), detail: null } })).toEqual({ text: 'Does not answer. It may be switched off.', since: minutesAgo(90) })
    expect(told({ state: stateOf({ device: 'off' }) })?.text).toBe('OctoPrint is not connected to the printer. Switch it on, then connect it there.')
    expect(told({ state: stateOf({ link: 'connecting', device: 'unknown' }) })?.text).toBe('Connecting to OctoPrint.')
  })

  it('cut what a server says at great length, and its control characters', () => {
    const text = told({ state: stateOf({ device: 'error', faults: [{ text: `\u001b${'x'.repeat(5_000)}`, code: null }] }) })?.text ?? ''
    expect(text.length).toBeLessThan(300)
    expect(text).toMatch(/^Xx+… Look/)
  })
})
