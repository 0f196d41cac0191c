// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest'
import type { DeliveryView } from '../../../electron/bridge/views/history.ts'
import { open, press, settled } from '../printers/window.support.ts'
import DeliveryList from './DeliveryList.vue'

const AT = new Date(2026, 10, 24, 14, 50).getTime()
const delivery = (given: Partial<DeliveryView>): DeliveryView => ({ destinationId: 'desk', label: 'Desk', channel: 'desktop', outcome: 'delivered', detail: 'Shown', at: AT, attempts: [], trace: [{ mark: 'ok', stage: 'Decision', text: 'Goes to “Desk”', at: AT }], canSendAgain: true, ...given })
const HELD = delivery({
  destinationId: 'fam', label: 'Family', channel: 'telegram', outcome: 'cancelled', detail: 'It was over', profile: { id: 'night shift', name: 'Night' },
  trace: [{ mark: 'ok', stage: 'Subscribed', text: 'It is on', at: AT }, { mark: 'wait', stage: 'Timeslot', text: 'The timeslot is closed (profile “Night”): held until 15:00', at: AT }, { mark: 'no', stage: 'Still true', text: 'It was over before it could be told', at: AT + 600_000 }],
})
let close = (): void => undefined
function show(deliveries: DeliveryView[]): ReturnType<typeof open> {
  const shown = open(DeliveryList, { eventId: 'E1', deliveries, now: AT + 900_000, sending: null, said: null })
  close = () => shown.view.unmount()
  return shown
}
afterEach(() => close())
const all = (selector: string): string[] => [...document.querySelectorAll(selector)].map((one) => (one.textContent ?? '').replace(/\s+/g, ' ').trim())

describe('the trace of an event', () => {
  it('tells each later look in its order, with its time', async () => {
    show([HELD])
    await settled()
    expect(all('.trace li')).toEqual(['SubscribedIt is on', 'TimeslotThe timeslot is closed (profile “Night”): held until 15:00', 'Judged again, 15:00', 'Still trueIt was over before it could be told'])
  })

  it('leads to the profile that decided', async () => {
    const { went } = show([HELD])
    await press('Open rule')
    expect(await went).toBe('/rules/profiles/night%20shift')
  })

  it('is of the chosen destination, or of all of them one after the other', async () => {
    show([delivery({}), HELD])
    await settled()
    expect(all('.why h3')).toEqual(['Why Family did not get it'])
    await press('Why for the others')
    expect(all('.why h3')).toEqual(['Why Desk got it', 'Why Family did not get it'])
    await press('Only the chosen one')
    expect(all('.why h3')).toEqual(['Why Family did not get it'])
  })
})
