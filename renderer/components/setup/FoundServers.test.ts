// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import type { Discovery, Pairing } from '../../../electron/bridge/views/setup.ts'
import { useSetup } from '../../stores/setup.ts'
import { open, press, push, settled } from '../printers/window.support.ts'
import FoundServers from './FoundServers.vue'

const OCTOPI: Discovery['found'][number] = { key: 'octopi', kind: 'octoprint', kindName: 'OctoPrint', name: 'octopi', url: 'http://octopi.local', version: '1.11.2', printerIds: [], canPair: true }
const ASKING: Pairing = { pairingId: 'p1', step: 'asking', canOpen: false, text: 'Asking.', cause: null, endsAt: null, printerIds: [] }

async function shown(discover: () => Discovery): Promise<string[]> {
  open(FoundServers, {}, { 'setup.discover': discover, 'printers.list': () => [], 'setup.pair': () => ASKING })
  await useSetup().start()
  await settled()
  return buttons()
}
const buttons = (): string[] => [...document.querySelectorAll('button')].map((button) => (button.getAttribute('aria-label') ?? button.textContent ?? '').trim())

it('offers a key beside "Connect", and once only where connecting was refused', async () => {
  expect(await shown(() => ({ running: true, found: [OCTOPI] }))).toEqual(['Enter key for octopi', 'Connect octopi'])
  await press('Connect octopi')
  push('pairing.changed', { ...ASKING, step: 'failed', text: 'Refused.', cause: 'denied' })
  await settled()
  expect(buttons()).toEqual(['Try again', 'Enter key instead'])
})

it('has no heading over nothing where looking failed', async () => {
  await shown(() => { throw new Error('The network is off.') })
  expect(document.querySelector('h2')).toBeNull()
  await shown(() => ({ running: true, found: [] }))
  expect(document.querySelector('h2')?.textContent).toBe('Found in your network')
})
